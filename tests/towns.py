"""The town of a test: the city loaded once in each process of the tests, and put back for each.

Loading it reads forty files and writes every row by its own room: most of what opening a town takes. Its
keys take a hundred fsyncs. A test that changes a row or a key changes its own copy.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bench.town import Town, open_loaded, open_town
from tests.stores import keep, put_back


@cache
def _kept() -> Path:
    """Give the folder in which the town's keys and rows lie once it was opened."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-test-town-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def town_in(var: Path) -> Town:
    """Open the town, as of its own Monday, in an empty folder and on an empty store."""
    rows, keys = _kept() / "rows", _kept() / "keys"
    if keys.exists():
        put_back(rows)
        shutil.copytree(keys, var / "keys")
        return open_loaded(var)
    opened = open_town(var)
    keep(rows)
    shutil.copytree(var / "keys", keys)
    return opened
