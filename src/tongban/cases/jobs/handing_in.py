"""Documents that a person hands in: which are asked for now, taking one in, and taking one on paper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from tongban.cases.actions import once
from tongban.cases.actions.handing_in import earlier, take_in
from tongban.cases.actions.officers.papers import record_paper
from tongban.cases.jobs.advance import judge_case
from tongban.cases.queries.readers import Reader
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState
from tongban.cases.rules.verdicts import Way
from tongban.cases.snapshot import CaseView
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import deadlines
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, Invalid
from tongban.kernel.signatures import SignatureForm
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.registry import api as registry

NECESSARY = "1"
RETENTION = "materials.retention"  # the jurisdiction's policy: how long handed-in documents are kept


@dataclass(frozen=True, slots=True)
class AskedMaterial:
    """One document that is asked for; `material` names it within its filing (`item.material`)."""

    item: str
    id: str
    label: Text
    issuer: Text | None
    basis: Text
    signature: SignatureForm
    handed_in: bool
    counter: Text | None  # where it is brought; only of what is not electronic

    @property
    def material(self) -> str:
        """Name the document within the filing."""
        return f"{self.item}.{self.id}"


def asked_materials(sight: Sight, *, at: Workplace) -> tuple[AskedMaterial, ...]:
    """Give the documents asked for now: in a draft the necessary ones, in a correction all that may help."""
    waiting = {case.item for case in sight.snapshot.cases if case.state is CaseState.CORRECTION}
    return tuple(
        asked
        for key in sight.plan.items
        if not sight.snapshot.cases or key in waiting
        for asked in _of_item(sight, sight.bundle.item(key), at, corrects=key in waiting)
    )


def _of_item(sight: Sight, item: items.Item, at: Workplace, *, corrects: bool) -> Iterator[AskedMaterial]:
    day = civil_date(at.clock.now())
    dates = {"filing_date": day, "acceptance_date": day, "decision_date": day}
    parties, values = sight.snapshot.answers.parties, sight.gathered.values
    wanted = items.required_materials(sight.bundle, item, sight.plan, parties, values, dates)
    for material in item.materials:
        if material.id in wanted and (corrects or material.necessity == NECESSARY):
            yield AskedMaterial(
                item=item.key,
                id=material.id,
                label=material.name,
                issuer=material.issuer,
                basis=items.spoken_basis(sight.bundle.laws, material.basis),
                signature=material.signature,
                handed_in=f"{item.key}.{material.id}" in sight.snapshot.materials,
                counter=_counter(sight, item) if material.signature == "not_electronic" else None,
            )


def _counter(sight: Sight, item: items.Item) -> Text:
    """Say which counter takes a paper: that of the office whose case it is, or is going to be."""
    case = next((case for case in sight.snapshot.cases if case.item == item.key), None)
    office = sight.offices[item.key].office if case is None else registry.organisation(case.office)
    return office.counter


def hand_in(
    sight: Sight,
    material: str,
    chunks: Iterable[bytes],
    name: str,
    *,
    by: Reader,
    confirmed: bool,
    request: once.Request | None,
    largest_bytes: int,
    at: Workplace,
) -> papers.Material:
    """Take in a document that is asked for; what nobody asked for is refused before a byte is kept.

    `confirmed` says that whoever has signed in confirms it as their own: an ordinary signature. Raises
    Invalid without that where it is asked for, and for a file that is too large, empty or of no accepted
    kind, NotAllowed for a harmful one, Conflict for what is not asked for now or is taken on paper alone. A
    repeat under the same key gives what it gave before.
    """
    number = sight.snapshot.number
    if request is not None and (before := earlier(number, request)) is not None:
        return before
    asked = next((each for each in asked_materials(sight, at=at) if each.material == material), None)
    if asked is None:
        raise _not_asked(material)
    if asked.counter is not None:
        raise _on_paper(asked.label, asked.counter)
    if asked.signature == "ordinary" and not confirmed:
        raise _not_confirmed(asked.label)
    now, uploads = at.clock.now(), at.node.var / "uploads"
    stored = papers.store_upload(
        chunks,
        name,
        filing=number,
        uploads=uploads,
        now=now,
        chance=at.chance,
        scanner=at.scanner,
        largest_bytes=largest_bytes,
    )
    return take_in(
        stored,
        material,
        uploads=uploads,
        retain_until=_kept_until(sight, now, at),
        handed_in_by=sight.bundle.owner if isinstance(by, registry.Subject) else f"staff:{by.id}",
        confirmed=asked.signature == "ordinary",
        request=request,
        at=at,
    )


def take_paper(
    sight: Sight, case_number: str, material: str, *, staff: registry.Staff, at: Workplace
) -> None:
    """Take a paper at the counter for a case of the officer's office that waits for it.

    When it was the last thing wanting, the case goes on by itself: whoever came to the counter need not go
    online after it. Raises NotFound for a case of another office, Conflict for what is not taken so.
    """
    case = next((each for each in sight.snapshot.cases if each.number == case_number), None)
    if case is None:
        raise officers.no_such_case(case_number)
    asked = next((each for each in asked_materials(sight, at=at) if each.material == material), None)
    if asked is None or asked.item != case.item or asked.counter is None:
        raise _not_asked(material)
    record_paper(
        sight,
        case_number,
        next(each for each in sight.bundle.item(case.item).materials if each.id == asked.id),
        staff=staff,
        retain_until=_kept_until(sight, at.clock.now(), at),
        completes=_is_complete(sight, case, material, at),
        at=at,
    )


def _is_complete(sight: Sight, case: CaseView, material: str, at: Workplace) -> bool:
    """Say whether nothing more would be asked of the applicant once this document is there."""
    there = replace(sight.snapshot, materials=sight.snapshot.materials | {material})
    verdict, _ = judge_case(replace(sight.of_case(case.item), snapshot=there), case, at=at)
    return verdict.way in {Way.YES, Way.PERSON}


def _kept_until(sight: Sight, now: datetime, at: Workplace) -> date:
    kept = at.policies.period(RETENTION, sight.snapshot.division, {"event_date": civil_date(now)})
    return civil_date(deadlines.add(now, kept.amount, kept.unit, at.calendar).at)


def _not_asked(material: str) -> Conflict:
    return Conflict(
        "cases.material_not_asked",
        what=Text(
            f"本申报目前不需要材料 {material}。",
            f"The document {material} is not asked for in this filing now.",
        ),
        todo=Text(
            "请查看材料清单，只上传所要求的材料。", "Look at the list of materials; hand in what is asked."
        ),
    )


def _on_paper(label: Text, counter: Text) -> Conflict:
    return Conflict(
        "cases.material_on_paper",
        what=Text(
            f"“{label.zh}”依法不采用电子形式，网上不收取。",
            f"{label.en}: by law this is not electronic and is not taken online.",
        ),
        todo=Text(f"请将纸质原件交到{counter.zh}。", f"Bring the paper itself to {counter.en}."),
    )


def _not_confirmed(label: Text) -> Invalid:
    return Invalid(
        "cases.material_not_confirmed",
        what=Text(
            f"“{label.zh}”需要本人确认，尚未确认。", f"{label.en}: this is to be confirmed and was not."
        ),
        todo=Text(
            "请勾选确认后再提交该文件。",
            "Tick that you confirm it (a program sends confirmed: true) and hand it in again.",
        ),
    )
