"""What became of a licence, as programs are told."""

from datetime import datetime

from pydantic import BaseModel

from tongban.licences import api as licences
from tongban.rest.telling import spoken
from tongban.rest.told import Spoken


class StatusChangeTold(BaseModel):
    """One change of a licence's status, with its reasons and legal basis."""

    number: int
    at: datetime
    operation: str
    previous_status: str
    status: str
    reasons: Spoken | None
    basis: str
    signed: bool


class LicenceStory(BaseModel):
    """What became of a licence: its versions, the first one first, and every change of status."""

    versions: list[str]
    changes: list[StatusChangeTold]


def licence_story(identifier: str) -> LicenceStory:
    """Give the versions of a licence and what was done to this one."""
    return LicenceStory(
        versions=[each.identifier for each in licences.versions(identifier)],
        changes=[
            StatusChangeTold(
                number=each.number,
                at=each.at,
                operation=each.operation.value,
                previous_status=each.previous_status.value,
                status=each.status.value,
                reasons=None if each.reasons is None else spoken(each.reasons),
                basis=each.basis,
                signed=each.signed,
            )
            for each in licences.history(identifier)
        ],
    )
