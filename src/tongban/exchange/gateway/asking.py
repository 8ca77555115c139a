"""What a consumer asks in the body of its request, and as what it is judged and put on record."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongban.exchange.rules import ShareRequest
from tongban.registry import api as registry

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=100)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{2,59}$")]
# No control character: no key of a register has one, and a store refuses some.
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]

# By which element a key names somebody who may be a subject here.
IDENTITIES: Final[Mapping[str, str]] = {
    "person.resident_id": registry.RESIDENT_ID,
    "entity.credit_code": registry.CREDIT_CODE,
    "company.credit_code": registry.CREDIT_CODE,
}


class Asked(BaseModel):
    """The body: for which purpose and in which case, which elements, by which key. Nothing else is taken."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    purpose: Number
    case: Number
    elements: Annotated[list[Name], Field(min_length=1, max_length=64)]
    key: Annotated[dict[Name, Line], Field(min_length=1, max_length=8)]


def share_request(asked: Asked, resource: str, consumer: str) -> ShareRequest:
    """Give the request as it is judged: the consumer is whoever signed, never whom the body names."""
    return ShareRequest(
        consumer=consumer,
        purpose=asked.purpose,
        case_or_filing=asked.case,
        resource=resource,
        elements=tuple(asked.elements),
        key=asked.key,
        subject_of_record=_subject(asked),
    )


def _subject(asked: Asked) -> str:
    """Name whose data these are: by the registry where it knows them, otherwise by the consumer's case."""
    identities = [(kind, asked.key[name].upper()) for name, kind in IDENTITIES.items() if name in asked.key]
    known = registry.subject_ids(identities)
    return next((str(known[each]) for each in identities if each in known), f"{asked.case}/subject")
