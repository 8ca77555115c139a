"""Documents that a person hands in: which are asked for now, and taking them in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel import deadlines
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.portal.forms import names
from tongban.portal.own import OwnForm
from tongban.registry import api as registry

NECESSARY = "1"
RETENTION = "materials.retention"  # the jurisdiction's policy: how long handed-in documents are kept


@dataclass(frozen=True, slots=True)
class Slot:
    """One document that is asked for."""

    name: str
    id: str
    material: str
    label: Text
    issuer: Text | None
    basis: Text
    handed_in: bool


def slots_of(sight: cases.Sight, *, at: cases.Workplace) -> tuple[Slot, ...]:
    """Give the documents asked for now: in a draft the necessary ones, in a correction all that may help."""
    waiting = {case.item for case in sight.snapshot.cases if case.state is cases.CaseState.CORRECTION}
    return tuple(
        slot
        for key in sight.plan.items
        if not sight.snapshot.cases or key in waiting
        for slot in _of_item(sight, sight.bundle.item(key), at, corrects=key in waiting)
    )


def _of_item(sight: cases.Sight, item: items.Item, at: cases.Workplace, *, corrects: bool) -> Iterator[Slot]:
    day = civil_date(at.clock.now())
    dates = {"filing_date": day, "acceptance_date": day, "decision_date": day}
    parties, values = sight.snapshot.answers.parties, sight.gathered.values
    wanted = items.required_materials(sight.bundle, item, sight.plan, parties, values, dates)
    for material in item.materials:
        if material.id in wanted and (corrects or material.necessity == NECESSARY):
            name = names.paper(item.key, material.id)
            yield Slot(
                name=name,
                id=names.anchor(name),
                material=f"{item.key}.{material.id}",
                label=material.name,
                issuer=material.issuer,
                basis=items.spoken_basis(sight.bundle.laws, material.basis),
                handed_in=f"{item.key}.{material.id}" in sight.snapshot.materials,
            )


def take_in(
    files: "Mapping[str, UploadedFile[Any]]", own: OwnForm, reader: cases.Reader, *, at: cases.Workplace
) -> int:
    """Take in the documents that were asked for and sent; gives how many. Others are not looked at.

    Raises Invalid for one that is too large, empty or of no accepted kind; what came before it stays.
    """
    slots = {slot.name: slot for slot in slots_of(own.sight, at=at)}
    taken = 0
    for name, slot in slots.items():
        file = files.get(name)
        if file is not None:
            _take(file, slot, own, reader, at)
            taken += 1
    return taken


def _take(
    file: "UploadedFile[Any]", slot: Slot, own: OwnForm, reader: cases.Reader, at: cases.Workplace
) -> papers.Material:
    now, uploads = at.clock.now(), at.node.var / "uploads"
    snapshot = own.sight.snapshot
    kept = at.policies.period(RETENTION, snapshot.division, civil_date(now))
    until = deadlines.add(now, kept.amount, kept.unit, at.calendar).at
    stored = papers.store_upload(
        file.chunks(),
        file.name or "",
        filing=snapshot.number,
        uploads=uploads,
        now=now,
        chance=at.chance,
        largest_bytes=settings.UPLOAD_LIMIT_BYTES,
    )
    whose = own.sight.bundle.owner if isinstance(reader, registry.Subject) else f"staff:{reader.id}"
    return papers.upload(
        stored,
        slot.material,
        uploads=uploads,
        retain_until=civil_date(until),
        handed_in_by=whose,
        now=now,
        chance=at.chance,
    )
