"""The town of a test: the city built anew each time, its keys made once in each process of the tests.

Making them takes a hundred fsyncs, a third of the time; a test that changes a key changes its own copy.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bench.town import Town, open_town


@cache
def _keys() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tongban-test-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "keys"


def town_in(var: Path) -> Town:
    """Open the town, as of its own Monday, in an empty folder and on an empty store."""
    if _keys().exists():
        shutil.copytree(_keys(), var / "keys")
        return open_town(var)
    opened = open_town(var)
    shutil.copytree(var / "keys", _keys())
    return opened
