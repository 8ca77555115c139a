"""Work of papers that waits: retention, and files that no row knows."""

from datetime import datetime, timedelta
from pathlib import Path

from tongban.kernel.ids import Chance
from tongban.papers.actions.materials import mark_due_as_destroyed, remove_destroyed
from tongban.papers.models import MaterialRow
from tongban.papers.storing import QUARANTINE, remove_stored

PATIENCE = timedelta(days=1)  # an upload whose row has not come by then will not come


def keep_retention(uploads: Path, now: datetime, *, chance: Chance, limit: int = 200) -> tuple[int, int]:
    """Destroy what is past its time, evidence first; give how many were recorded and how many removed."""
    recorded = mark_due_as_destroyed(now, chance=chance, limit=limit)
    return recorded, remove_destroyed(uploads, now, limit=limit)


def sweep(uploads: Path, now: datetime, *, limit: int = 1000) -> int:
    """Remove files that were stored and never became a material: uploads that broke off, or were refused.

    Only files older than a day go, for a younger one may still be waiting for its row.
    """
    removed = 0
    for folder in sorted(uploads.iterdir()) if uploads.is_dir() else ():
        for file in sorted(folder.iterdir()):
            if removed == limit:
                return removed
            if _is_abandoned(folder.name, file, now):
                _remove(uploads, folder.name, file)
                removed += 1
    return removed


def _is_abandoned(filing: str, file: Path, now: datetime) -> bool:
    age = timedelta(seconds=now.timestamp() - file.stat().st_mtime)
    if age < PATIENCE:
        return False
    known = MaterialRow.objects.filter(filing=filing, sha256=file.name, removed_at__isnull=True)
    return filing == QUARANTINE or not known.exists()


def _remove(uploads: Path, filing: str, file: Path) -> None:
    if filing == QUARANTINE:
        file.unlink(missing_ok=True)
    else:
        remove_stored(uploads, filing, file.name)
