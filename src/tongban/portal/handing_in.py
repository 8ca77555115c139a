"""The fields by which documents are handed in, and taking in what was sent by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from tongban.cases import api as cases
from tongban.portal.forms import names
from tongban.portal.own import OwnForm


@dataclass(frozen=True, slots=True)
class Slot:
    """The field of one document that is asked for."""

    name: str
    id: str
    confirms: str  # the field by which it is confirmed; empty where nothing is to be signed
    asked: cases.AskedMaterial


def slots_of(sight: cases.Sight, *, at: cases.Workplace) -> tuple[Slot, ...]:
    """Give the documents asked for now, each with its field."""
    return tuple(_slot(asked) for asked in cases.asked_materials(sight, at=at))


def _slot(asked: cases.AskedMaterial) -> Slot:
    name = names.paper(asked.item, asked.id)
    confirms = names.paper_confirmed(asked.item, asked.id) if asked.signature == "ordinary" else ""
    return Slot(name, names.anchor(name), confirms, asked)


def take_in(
    files: "Mapping[str, UploadedFile[Any]]",
    ticked: Mapping[str, str],
    own: OwnForm,
    reader: cases.Reader,
    *,
    at: cases.Workplace,
) -> int:
    """Take in the documents that were asked for and sent; gives how many. Others are not looked at.

    Raises Invalid for one that is too large, empty, of no accepted kind or not confirmed where it is to be,
    NotAllowed for a harmful one; what came before it stays.
    """
    taken = 0
    for slot in slots_of(own.sight, at=at):
        file = files.get(slot.name)
        if file is not None:
            cases.hand_in(
                own.sight,
                slot.asked.material,
                file.chunks(),
                file.name or "",
                by=reader,
                confirmed=bool(slot.confirms and ticked.get(slot.confirms)),
                request=None,
                largest_bytes=settings.UPLOAD_LIMIT_BYTES,
                at=at,
            )
            taken += 1
    return taken
