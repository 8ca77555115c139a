"""`python -m tongban.ledger.witness`: one witness in the foreground, and nothing else of the house loaded."""

import argparse
import sys
from pathlib import Path

from tongban.kernel.clock import SystemClock
from tongban.kernel.errors import TongbanError
from tongban.ledger.witness import open_witness, serve_witness, witness_key


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tongban.ledger.witness", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the witness's own folder")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, required=True, help="port to listen on")
    asked = parser.parse_args()
    try:
        witness, key = open_witness(asked.folder), witness_key(asked.folder)
    except TongbanError as trouble:
        sys.stderr.write(f"{trouble.what.zh}{trouble.todo.zh} / {trouble}\n")
        return 1
    serve_witness(witness, key, SystemClock(), host=asked.host, port=asked.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
