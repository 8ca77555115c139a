"""`python -m tongban.licences.signer OFFICE…`: the signers of one node, in the foreground."""

import argparse
import os
import signal
import sys
from pathlib import Path

from tongban.kernel.errors import TongbanError
from tongban.licences.signer.nursery import Nursery, die_with_parent


def main() -> int:
    """Run the signers until SIGTERM or SIGINT; say `ready` on standard output when all can sign."""
    parser = argparse.ArgumentParser(prog="python -m tongban.licences.signer", description=__doc__)
    parser.add_argument("offices", nargs="+", metavar="OFFICE", help="organisation slugs, e.g. market.990121")
    parser.add_argument("--keys", type=Path, required=True, help="folder with one folder of keys per office")
    parser.add_argument("--run", type=Path, required=True, help="folder for the sockets")
    parser.add_argument("--journals", type=Path, required=True, help="folder for what was signed")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this parent process ends")
    asked = parser.parse_args()
    if asked.with_parent is not None:
        die_with_parent(asked.with_parent, signal.SIGTERM)
    try:
        nursery = Nursery(
            asked.offices, keys_folder=asked.keys, run_folder=asked.run, journals=asked.journals
        )
    except TongbanError as trouble:
        sys.stderr.write(f"{trouble.what.zh}{trouble.todo.zh} / {trouble}\n")
        return 1
    return nursery.run(_say_ready)


def _say_ready() -> None:
    """Say the one word on standard output and let go of it: nobody reads there any longer."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
