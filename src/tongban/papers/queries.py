"""Every read of papers. A notice is shown only when its office has sealed it."""

import json
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.kernel.errors import NotFound
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.rows import Prepared
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.papers.letters import letters_of, remedies_against
from tongban.papers.models import MaterialRow, NoticeRow
from tongban.papers.rules import Collection, Necessity, NoticeKind
from tongban.papers.scanning import ScanVerdict
from tongban.papers.storing import stored_path
from tongban.registry import api as registry

MOST_LISTED = 500  # of one filing: more are not taken in, so that nothing of a list is left out in silence
OLDEST_FIRST = (Key("given_at", datetime), Key("pk", int))
KEPT = Prepared(
    lambda filing: MaterialRow.objects.filter(filing=filing, destroyed_at__isnull=True), stand_in="\ue000"
)


@dataclass(frozen=True, slots=True)
class Material:
    """One material of a filing; `material` says which required document of which item it is."""

    id: int
    filing: str
    material: str
    necessity: Necessity
    collection: Collection
    sha256: str
    size_bytes: int
    media_type: str
    name: str
    scan: ScanVerdict
    confirmed: bool
    handed_in_by: str
    received_at: datetime
    retain_until: date
    destroyed_at: datetime | None

    @property
    def on_paper(self) -> bool:
        """Whether it was taken at a counter and there is no file of it here."""
        return self.collection is Collection.PAPER


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it is shown, printed and sent."""

    number: str
    kind: NoticeKind
    title: Text
    case_number: str
    office: str
    office_name: Text
    addressee: str
    item: Text | None
    date: date
    body: tuple[Text, ...]
    reasons: tuple[Text, ...]
    remedies: tuple[Text, ...]
    articles: tuple[Text, ...]
    due: datetime | None
    provisional: bool
    staff: str
    content: Mapping[str, Any]
    given_at: datetime
    sealed_at: datetime | None
    kid: str

    @property
    def sealed(self) -> bool:
        """Whether the office's seal is on it: before that it is not shown."""
        return self.sealed_at is not None


def materials_of(filing: str) -> frozenset[str]:
    """Name the required documents of a filing that are handed in and kept: `item.material` each."""
    return frozenset(row.material for row in KEPT.all(filing))


def materials(filing: str) -> tuple[Material, ...]:
    """Give every material of a filing, destroyed ones too (their line stays when they go)."""
    rows = MaterialRow.objects.filter(filing=filing).order_by("id")[:MOST_LISTED]
    return tuple(as_material(row) for row in rows)


def material_file(material_id: int, *, filing: str, uploads: Path) -> tuple[Material, Path]:
    """Give a kept material of this filing and where its file lies; raises NotFound for any other.

    Whoever opens it has the right to the filing already; the filing is asked for so that a material's
    number alone opens nothing.
    """
    row = MaterialRow.objects.filter(
        pk=material_id, filing=filing, destroyed_at__isnull=True, collection__in=("2", "3")
    ).first()
    if row is None:
        raise NotFound(
            "papers.no_material",
            what=Text(
                "没有该材料，或其已按期限销毁。",
                "There is no such material, or it was destroyed in its time.",
            ),
            todo=Text("请返回材料清单核对。", "Look at the list of materials."),
        )
    return as_material(row), stored_path(uploads, filing, row.sha256)


def notice(number: str, *, of: Several[str] | None = None) -> Notice:
    """Give a sealed notice, `of` one of these cases; raises NotFound, in the same words, for any other."""
    row = sealed_row(number)
    if of is not None and row.case_number not in of:
        raise _no_notice(number)
    return as_notice(row)


def notices_of(case_numbers: Iterable[str], *, after: str = "", most: int = A_PAGE) -> Page[Notice]:
    """List the sealed notices of some cases, oldest first: one query for all of them."""
    rows = NoticeRow.objects.filter(case_number__in=list(case_numbers), sealed_at__isnull=False)
    return page_of(rows, OLDEST_FIRST, after=after, most=most).of(as_notice)


def has_notice(case_number: str) -> bool:
    """Say whether a case was given any notice, sealed by now or not."""
    return NoticeRow.objects.filter(case_number=case_number).exists()


def remedies_of(office: str, *, own: tuple[Text, ...] = ()) -> tuple[Text, ...]:
    """Give what a person may do against a decision in this office's name, with the body that hears it.

    `own` is what the item declares in place of the city's words. Raises Invalid where the city has not
    said who hears it.
    """
    if own:
        return own
    nature = registry.organisation(office).nature
    return remedies_against(letters_of(Path(settings.CITY)), office, nature=nature)


def rows_to_seal(case_numbers: Sequence[str] | None, limit: int) -> list[NoticeRow]:
    """Give notices that are given and not yet sealed, oldest first, of some cases or of all."""
    rows = NoticeRow.objects.filter(sealed_at__isnull=True)
    if case_numbers is not None:
        rows = rows.filter(case_number__in=list(case_numbers))
    return list(rows.order_by("given_at", "id")[:limit])


def sealed_row(number: str) -> NoticeRow:
    """Give the row of a sealed notice."""
    row = NoticeRow.objects.filter(number=number, sealed_at__isnull=False).first()
    if row is None:
        raise _no_notice(number)
    return row


def _no_notice(number: str) -> NotFound:
    return NotFound(
        "papers.no_notice",
        what=Text(f"没有编号为 {number} 的文书。", f"There is no notice {number}."),
        todo=Text("请从文书列表打开。", "Open it from the list of notices."),
    )


def as_material(row: MaterialRow) -> Material:
    """Give a row in the shape that leaves the room."""
    return Material(
        id=row.pk,
        filing=row.filing_id,
        material=row.material,
        necessity=Necessity(row.necessity),
        collection=Collection(row.collection),
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        media_type=row.media_type,
        name=row.name,
        scan=ScanVerdict(row.scan),
        confirmed=row.confirmed,
        handed_in_by=row.handed_in_by,
        received_at=row.received_at,
        retain_until=row.retain_until,
        destroyed_at=row.destroyed_at,
    )


def affected_notices(key: licences.PublicKey) -> tuple[licences.Affected, ...]:
    """Give the notices for which a revoked key vouches no longer, until they are sealed again, by time."""
    found = NoticeRow.objects.filter(kid=key.kid).order_by("given_at", "number")
    return tuple(
        licences.Affected(row.number, json.loads(row.content)["addressee"], row.given_at)
        for row in found.iterator()
        if licences.counts_for_nothing(key, row.given_at)
    )


def as_notice(row: NoticeRow, content: Mapping[str, Any] | None = None) -> Notice:
    """Give a row in the shape that leaves the room; `content` where the caller has it read already."""
    content = json.loads(row.content) if content is None else content
    return Notice(
        number=row.number,
        kind=NoticeKind(row.kind),
        title=Text(**content["title"]),
        case_number=row.case_number,
        office=row.office,
        office_name=Text(**content["office_name"]),
        addressee=content["addressee"],
        item=Text(**content["item"]) if content["item"] else None,
        date=date.fromisoformat(content["date"]),
        body=_texts(content["body"]),
        reasons=_texts(content["reasons"]),
        remedies=_texts(content["remedies"]),
        articles=_texts(content["articles"]),
        due=datetime.fromisoformat(content["due"]) if content["due"] else None,
        provisional=content["provisional"],
        staff=row.staff,
        content=content,
        given_at=row.given_at,
        sealed_at=row.sealed_at,
        kid=row.kid,
    )


def _texts(shapes: Iterable[Mapping[str, str]]) -> tuple[Text, ...]:
    return tuple(Text(**shape) for shape in shapes)
