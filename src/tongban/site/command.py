"""The command `tongban`: reads the line, calls a room's door, says what came of it."""

import argparse
import os
import sys
from collections.abc import Sequence

import django
from django.db.utils import OperationalError, ProgrammingError

from tongban.kernel.errors import Conflict, TongbanError
from tongban.kernel.texts import Text
from tongban.site.voice import Voice, language_of, wants_colour

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.site.settings")
try:
    django.setup()  # the rooms' tables can be imported only after this
except TongbanError as trouble:
    raise SystemExit(
        Voice(language_of(os.environ), False, sys.stdout, sys.stderr).sentence(trouble)
    ) from None

from tongban.site.commands import COMMANDS

INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended


def parser() -> argparse.ArgumentParser:
    """Build the command line from the modules in site/commands."""
    top = argparse.ArgumentParser(prog="tongban", description="通办 Tongban")
    said = "answer in JSON 以 JSON 输出"
    top.add_argument("--json", action="store_true", default=False, help=said)
    spoken = argparse.ArgumentParser(add_help=False)
    # No default, so that --json before the verb is not undone by its absence after it.
    spoken.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=said)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for command in COMMANDS:
        command.register(verbs, spoken)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one clear sentence and an exit code, never a traceback."""
    asked = parser().parse_args(arguments)
    coloured = wants_colour(sys.stderr, os.environ)
    voice = Voice(language_of(os.environ), asked.json, sys.stdout, sys.stderr, coloured)
    try:
        return int(asked.run(asked, voice))
    except TongbanError as trouble:
        return voice.refusal(trouble)
    except (OperationalError, ProgrammingError) as trouble:
        return voice.refusal(_store_not_ready(trouble))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader (head, less) has gone
        return 0


def _store_not_ready(trouble: Exception) -> Conflict:
    said = str(trouble).strip().splitlines()[0]
    return Conflict(
        "store.not_ready",
        what=Text(f"数据库无法使用：{said}。", f"The store cannot be used: {said}."),
        todo=Text(
            "请确认 DATABASE_URL 正确且数据库在运行，然后执行 tongban city build。",
            "See that DATABASE_URL is right and the database runs, then run `tongban city build`.",
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
