"""The node's own settings, in a folder of their own that goes when the tests end.

DATABASE_URL chooses the store, as for any node. On SQLite the test database is a true file: WAL and
FULL mean nothing in memory.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="tongban-test-"))  # one for each test process
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["TONGBAN_VAR"] = str(_folder)
os.environ["TONGBAN_SECRET_KEY"] = "opens-nothing-" + "x" * 50

from tongban.site.settings import *  # noqa: E402
from tongban.site.settings import DATABASES, VAR  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": "test_tongban", "TEMPLATE": "template0"}
