"""Documents that a person hands in: which are asked for now, and taking one in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tongban.cases.actions import once
from tongban.cases.actions.handing_in import earlier, take_in
from tongban.cases.queries.readers import Reader
from tongban.cases.queries.sight import Sight
from tongban.cases.rules.states import CaseState
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import deadlines
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict
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
    handed_in: bool

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
                handed_in=f"{item.key}.{material.id}" in sight.snapshot.materials,
            )


def hand_in(
    sight: Sight,
    material: str,
    chunks: Iterable[bytes],
    name: str,
    *,
    by: Reader,
    request: once.Request | None,
    largest_bytes: int,
    at: Workplace,
) -> papers.Material:
    """Take in a document that is asked for; what nobody asked for is refused before a byte is kept.

    Raises Invalid for one that is too large, empty or of no accepted kind, NotAllowed for a harmful one,
    Conflict for one that is not asked for now. A repeat under the same key gives what it gave before.
    """
    number = sight.snapshot.number
    if request is not None and (before := earlier(number, request)) is not None:
        return before
    if material not in {each.material for each in asked_materials(sight, at=at)}:
        raise _not_asked(material)
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
        request=request,
        at=at,
    )


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
