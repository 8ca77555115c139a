"""A store of the benchmark's own: the embedded one, on this machine's disk, with everything on."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
from django.core.management import call_command


def open_store() -> Path:
    """Make a node's folder that goes when the benchmark ends, and its tables; give the folder."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-bench-", dir=_roomy()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.pop("DATABASE_URL", None)
    os.environ["TONGBAN_VAR"] = str(folder)
    os.environ["TONGBAN_SECRET_KEY"] = "opens-nothing-" + "x" * 50
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.site.settings"
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    return folder


def _roomy() -> Path:
    """Take the checkout's own disk: a temporary folder may lie in memory, where fsync costs nothing."""
    build = Path(__file__).resolve().parents[1] / "build"
    build.mkdir(exist_ok=True)
    return build
