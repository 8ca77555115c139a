"""The shapes in which programs are told of licences."""

from datetime import date

from pydantic import BaseModel

from tongban.rest.told import NextPage, Spoken


class LicenceTold(BaseModel):
    """A licence; its file, which anybody can verify, is at `file`."""

    identifier: str
    type: str
    name: Spoken
    issuer: str
    issuer_name: Spoken
    holder_code: str
    holder_name: str
    case_number: str
    status: str
    issue_date: date
    validate_start: date
    validate_end: date | None
    file: str


class LicenceList(BaseModel):
    """One page of licences."""

    licences: list[LicenceTold]
    next: NextPage
