"""Who files: the owner, or a helper with the owner's authority and, it may be, the owner before them."""

from dataclasses import dataclass
from datetime import datetime

from tongban.cases.actions.events import Happening, tell
from tongban.cases.models import Filing
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import rows
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part
from tongban.ledger import api as ledger


@dataclass(frozen=True, slots=True)
class Filer:
    """Who files: the owner themselves, or staff at a counter or in a village with the owner's authority."""

    channel: str  # portal, rest, counter, village
    staff_id: int | None = None
    staff_name: str = ""
    authority: str = ""  # on what the helper's authority rests, in words; shown to the owner
    in_person: bool = False  # the owner stood before them and was identified by their document


@part
def come_in_person(filing: Filing, filer: Filer, now: datetime, at: Workplace) -> None:
    """Record that the owner has come to the helper who began the draft without them."""
    if filing.in_person or filing.filed_by_id != filer.staff_id:
        return
    filing.authority, filing.in_person = filer.authority, True
    rows.update(filing, "authority", "in_person")
    fields = {"filing_number": filing.number, "authority": filer.authority, "helper": str(filer.staff_id)}
    entry = ledger.record(
        "decisions", "authority.recorded", fields | {"method": "in_person"}, now=now, chance=at.chance
    )
    words = Text(
        f"由{filer.staff_name}当面核验身份（授权依据：{filer.authority}）",
        f"Identified in person by {filer.staff_name} (authority: {filer.authority})",
    )
    tell(
        filing.pk,
        [Happening("opened", words, "applicant", entry_id=entry.id, staff_id=filer.staff_id)],
        now=now,
    )


def opening_fields(filing: Filing, filer: Filer) -> dict[str, object]:
    """Give what the evidence says of a draft that is begun."""
    fields: dict[str, object] = {
        "filing_number": filing.number,
        "bundle": filing.bundle,
        "pack_version": filing.bundle_version,
        "pack_digest": filing.bundle_digest,
    }
    if filer.staff_id is not None:
        fields |= {"helper": str(filer.staff_id), "authority": filer.authority}
    return fields


def opened_words(bundle: items.Bundle, filer: Filer, entry_id: str) -> Happening:
    """Say on the timeline that a draft was begun, and by whom where it was a helper."""
    if filer.staff_id is None:
        words = Text(f"已告知并开始申报：{bundle.name.zh}", f"Notice read, filing begun: {bundle.name.en}")
    else:
        words = Text(
            f"由{filer.staff_name}代办申报：{bundle.name.zh}（授权依据：{filer.authority}）",
            f"{filer.staff_name} files for the applicant: {bundle.name.en} (authority: {filer.authority})",
        )
    return Happening("opened", words, "applicant", entry_id=entry_id, staff_id=filer.staff_id)


def authority_missing() -> Invalid:
    """Say that staff file for nobody without saying on what authority."""
    return Invalid(
        "cases.authority_missing",
        what=Text(
            "代办申报须记录本人的授权。", "Filing for somebody else needs the person's authority on record."
        ),
        todo=Text(
            "请填写授权方式，例如“本人在场，已核验证件，口头授权”。",
            'Say how it was given, e.g. "present in person, orally".',
        ),
    )
