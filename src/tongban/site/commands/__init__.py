"""What `tongban` can do, a module a verb."""

import argparse
from typing import Protocol

from tongban.site.commands import (
    account,
    catalogue,
    city,
    connector,
    consumer,
    demonstration,
    file,
    gateway,
    init,
    key,
    ledger,
    licence,
    monitor,
    pack,
    serve,
    witness,
)


class Command(Protocol):
    """A module that adds its verb to the command line."""

    def register(
        self, verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
    ) -> None:
        """Add the verb; each leaf sets `run(arguments, voice) -> exit code`."""


COMMANDS: tuple[Command, ...] = (
    init,
    city,
    serve,
    pack,
    file,
    licence,
    key,
    ledger,
    witness,
    monitor,
    catalogue,
    connector,
    consumer,
    gateway,
    demonstration,
    account,
)
