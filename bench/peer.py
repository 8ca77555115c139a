"""A peer of the ledger: pymerkle's SQLite tree, in a process and an environment of its own.

pymerkle is GPL-3.0: nothing here imports it, and it is installed into build/peer for this alone.
"""

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tools.apart import BUILD, python_apart

LOCK = Path(__file__).with_name("peer.txt")
ENTRY_BYTES = 136  # of a leaf, as the ledger's own
# SQLite's own default syncs the disk at each commit; one entry a commit, or all of them in one.
APPENDING = """
import json, os, sys, time
from pymerkle import SqliteTree

def appended(name, append, entries):
    with SqliteTree(os.path.join(sys.argv[1], name)) as tree:
        start = time.perf_counter()
        append(tree, entries)
        tree.get_root()
        return len(entries) / (time.perf_counter() - start)

def one_by_one(tree, entries):
    for entry in entries:
        tree.append_entry(entry)

def in_bulk(tree, entries):
    tree.append_entries(entries)

entries = [b"%0*d" % (int(sys.argv[2]), at) for at in range(10_000)]
singly = appended("one", one_by_one, entries[:300])
print(json.dumps({"singly": singly, "bulk": appended("many", in_bulk, entries)}))
"""


@cache
def _python() -> Path | None:
    try:
        return python_apart("peer", LOCK)
    except subprocess.CalledProcessError:
        return None


def peer() -> dict[str, float] | None:
    """Give the entries a second that the peer appends `singly` and in `bulk`, None where it cannot be had."""
    python = _python()
    if python is None:
        return None
    folder = tempfile.mkdtemp(prefix="peer-", dir=BUILD)  # the same disk as the ledger's
    try:
        told = subprocess.run(
            [python, "-W", "ignore", "-c", APPENDING, folder, str(ENTRY_BYTES)],
            check=True,
            capture_output=True,
        )
    finally:
        shutil.rmtree(folder)
    figures: dict[str, float] = json.loads(told.stdout)
    return figures
