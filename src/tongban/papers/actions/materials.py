"""Materials: taken in for a filing, destroyed when their time is over."""

from datetime import date, datetime
from pathlib import Path

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, part, whole
from tongban.ledger import api as ledger
from tongban.papers.models import FolderRow, MaterialRow
from tongban.papers.queries import MOST_LISTED, Material, as_material
from tongban.papers.rules import Collection, Necessity
from tongban.papers.scanning import ScanVerdict
from tongban.papers.storing import StoredUpload, remove_stored, stored_path


@part
def take_up(
    stored: StoredUpload,
    material: str,
    *,
    uploads: Path,
    retain_until: date,
    handed_in_by: str = "",
    confirmed: bool = False,
    now: datetime,
    chance: Chance,
) -> Material:
    """Make a stored file a material of its filing, with evidence; the same file again is the same material.

    `material` names the required document (`item.material`). Raises Conflict when the file is gone
    from the disk meanwhile, as after a destruction at the same moment: it is uploaded again then; and when
    the filing has as many materials as its list shows.
    """
    folder = _locked_folder(stored.filing)
    found = MaterialRow.objects.filter(
        filing=folder, material=material, sha256=stored.sha256, destroyed_at__isnull=True
    ).first()
    if found is not None:
        return as_material(found)
    if MaterialRow.objects.filter(filing=folder).count() >= MOST_LISTED:
        raise _too_many()
    if not stored_path(uploads, stored.filing, stored.sha256).is_file():
        raise Conflict(
            "papers.file_gone",
            what=Text("该文件已不在磁盘上。", "The file is no longer on the disk."),
            todo=Text("请重新上传。", "Upload it again."),
        )
    return _received(
        MaterialRow(
            filing=folder,
            material=material,
            necessity=Necessity.NECESSARY.value,
            collection=Collection.UPLOADED.value,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            media_type=stored.kind.media_type,
            name=stored.name,
            scan=stored.scan.value,
            confirmed=confirmed,
            handed_in_by=handed_in_by,
            received_at=now,
            retain_until=retain_until,
        ),
        now=now,
        chance=chance,
    )


upload = whole(take_up)


@part
def take_paper(
    filing: str,
    material: str,
    *,
    name: str,
    case_number: str,
    office: str,
    staff: int,
    retain_until: date,
    now: datetime,
    chance: Chance,
) -> Material:
    """Record that a named person took a paper at the counter, with evidence; the same twice is one material.

    There is no file: the paper lies with the office, and no schedule of this node destroys it.
    """
    folder = _locked_folder(filing)
    found = MaterialRow.objects.filter(
        filing=folder, material=material, collection=Collection.PAPER.value
    ).first()
    if found is not None:
        return as_material(found)
    entry = ledger.record(
        "decisions",
        "material.taken_on_paper",
        {"material": material, "case_number": case_number, "staff": str(staff)},
        office=office,
        now=now,
        chance=chance,
    )
    row = MaterialRow.objects.create(
        filing=folder,
        material=material,
        necessity=Necessity.NECESSARY.value,
        collection=Collection.PAPER.value,
        size_bytes=0,
        name=name,
        scan=ScanVerdict.NOT_SCANNED.value,
        handed_in_by=f"staff:{staff}",
        received_at=now,
        received_entry=entry.id,
        retain_until=retain_until,
    )
    return as_material(row)


def _too_many() -> Conflict:
    return Conflict(
        "papers.too_many",
        what=Text(
            f"一次申报最多提交{MOST_LISTED}份材料。", f"A filing takes {MOST_LISTED} documents at most."
        ),
        todo=Text("请合并材料，或联系承办人员。", "Put them together, or ask the office."),
    )


@part
def set_retention(filing: str, retain_until: date) -> None:
    """Set until when a filing's materials are kept: sooner when a draft expires, later while a court asks."""
    MaterialRow.objects.filter(filing=filing, destroyed_at__isnull=True).update(retain_until=retain_until)


@whole
def mark_due_as_destroyed(now: datetime, *, chance: Chance, limit: int) -> int:
    """Record the destruction of materials whose time is over; their files go right after the commit.

    The evidence comes before the effect (promise 4): a power cut in between leaves a file that is
    still to be removed, never a removal that nobody recorded.
    """
    due = (
        MaterialRow.objects.select_for_update()
        .filter(destroyed_at__isnull=True, retain_until__lt=civil_date(now))
        .exclude(collection=Collection.PAPER.value)
    )
    rows = list(due.order_by("retain_until", "id")[:limit])
    for row in rows:
        entry = ledger.record(
            "decisions",
            "material.destroyed",
            {
                "material": row.material,
                "material_digest": row.sha256,
                "filing_number": row.filing_id,
                "retain_until": row.retain_until.isoformat(),
            },
            now=now,
            chance=chance,
        )
        row.destroyed_at, row.destroyed_entry = now, entry.id
        row.save(update_fields=["destroyed_at", "destroyed_entry"])
    return len(rows)


def remove_destroyed(uploads: Path, now: datetime, *, limit: int) -> int:
    """Take the files of destroyed materials off the disk, each under its filing's lock."""
    outside_any_transaction("looking for files to remove")
    waiting = MaterialRow.objects.filter(destroyed_at__isnull=False, removed_at__isnull=True)
    ids = list(waiting.order_by("destroyed_at", "id").values_list("pk", flat=True)[:limit])
    for material_id in ids:
        _remove_one(material_id, uploads, now)
    return len(ids)


@whole
def _remove_one(material_id: int, uploads: Path, now: datetime) -> None:
    """Remove one file, unless the filing holds the same file as another material that is kept.

    The lock keeps an upload of the same file from being taken up in between; removing what is already
    gone is no error, so that a crash before the commit only repeats this.
    """
    row = MaterialRow.objects.get(pk=material_id)
    _locked_folder(row.filing_id)
    kept = MaterialRow.objects.filter(filing=row.filing_id, sha256=row.sha256, destroyed_at__isnull=True)
    if not kept.exists():
        remove_stored(uploads, row.filing_id, row.sha256)
    MaterialRow.objects.filter(pk=material_id).update(removed_at=now)


@part
def _received(row: MaterialRow, *, now: datetime, chance: Chance) -> Material:
    entry = ledger.record(
        "decisions",
        "material.received",
        {
            "material": row.material,
            "material_digest": row.sha256,
            "filing_number": row.filing_id,
            "media_type": row.media_type,
            "size_bytes": row.size_bytes,
            "retain_until": row.retain_until.isoformat(),
            "scan": row.scan,
            **({"confirmed": "yes"} if row.confirmed else {}),
            **({"participant": row.handed_in_by} if row.handed_in_by else {}),
        },
        now=now,
        chance=chance,
    )
    row.received_entry = entry.id
    row.save(force_insert=True)
    return as_material(row)


def _locked_folder(filing: str) -> FolderRow:
    """Give the filing's folder, locked: what is taken up and what is removed wait for each other."""
    FolderRow.objects.get_or_create(filing=filing)
    return FolderRow.objects.select_for_update().get(filing=filing)
