"""The shapes of what is answered. Every sentence is there in both languages, for a machine cannot guess."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from tongban.kernel.marks import Mark
from tongban.kernel.signatures import SignatureForm


class Spoken(BaseModel):
    """One sentence, in both languages."""

    zh: str
    en: str


NextPage = Annotated[str | None, Field(description="`after` of the next page; null on the last")]


class BasisTold(BaseModel):
    """One article that something rests on; `mark` is found, recalled (to be verified) or gap (local)."""

    law: str
    article: str
    mark: Mark
    text: Spoken


class LineTold(BaseModel):
    """One line of the timeline; `maker` is applicant, rule, person, law, source or platform."""

    at: datetime
    words: Spoken
    kind: str
    maker: str
    item: str
    status_code: int | None
    seconds: Annotated[float | None, Field(description="how long it took; null where it is a moment")]
    evidence: str | None


class Timeline(BaseModel):
    """One page of what happened, the first first."""

    lines: list[LineTold]
    next: NextPage


class PledgeTold(BaseModel):
    """A pledge: signed, kept, rectifying, rectified, revoked; `check_by` stands once the case is decided."""

    pledge: str
    case_number: str
    promised: list[Spoken]
    state: str
    check_by: datetime | None
    rectify_by: datetime | None
    due_provisional: bool


class CaseTold(BaseModel):
    """One case of a filing."""

    number: str
    item: str
    name: Spoken
    office: str
    office_name: Spoken
    state: str
    words: Spoken
    maker: str
    reasons: list[Spoken]
    received_at: datetime | None
    decided_at: datetime | None
    due_at: datetime | None
    complete_by: datetime | None
    due_provisional: bool
    wanting: list[Spoken]
    licence: str
    seconds: float | None
    rated: bool
    review: Annotated[str, Field(description="of a request for reasons: none, open or answered")]
    review_due_at: Annotated[
        datetime | None,
        Field(description="by when the office named in office_name explains; null unless open"),
    ]
    review_due_provisional: bool
    review_answer: str


class FilingCard(BaseModel):
    """A filing on a list."""

    number: str
    name: Spoken
    status: str
    words: Spoken
    opened_at: datetime
    submitted_at: datetime | None


class FilingTold(FilingCard):
    """A filing as its reader may see it; only its owner sees cases, timeline and who is awaited.

    A participant sees the pledges that they signed, the owner all. `timeline_next` is `after` of the next
    page of the timeline.
    """

    bundle: str
    stage: str
    is_owner: bool
    ended_at: datetime | None
    human_asked: bool
    awaited: list[str]
    cases: list[CaseTold]
    pledges: list[PledgeTold]
    afterwards: Annotated[
        list[Spoken], Field(description="what each choice leaves to be done elsewhere once it is granted")
    ]
    timeline: list[LineTold]
    timeline_next: NextPage


class FilingList(BaseModel):
    """One page of filings."""

    filings: list[FilingCard]
    next: NextPage


class Opened(BaseModel):
    """The draft that a request opened, or found."""

    number: str
    is_new: bool


class Saved(BaseModel):
    """The draft's revision after its answers were stored."""

    revision: int


class ProblemTold(BaseModel):
    """Something to be corrected before submission."""

    participant: str
    question: str
    what: Spoken
    todo: Spoken


class StopTold(BaseModel):
    """A check that is put right on the spot; each alternative is a set of answers that would pass."""

    check: str
    item: str
    because: Spoken
    alternatives: list[dict[str, dict[str, Any]]]


class Checked(BaseModel):
    """What checking a draft found."""

    number: str
    is_clean: bool
    problems: list[ProblemTold]
    stops: list[StopTold]


class Submitted(Checked):
    """What submitting came to: the filing when it was clean, otherwise what to correct."""

    filing: FilingTold | None


class PlanTold(BaseModel):
    """How every value is obtained; `fetched` counts those that sources have given so far."""

    plan: dict[str, Any]
    fetched: int


class FactTold(BaseModel):
    """One fetched fact about the reader: from whom, as of when, and how sure."""

    id: int
    participant: str
    element: str
    value: str | int | bool | list[str] | None
    status: str
    source: str
    source_name: Spoken
    as_of: datetime | None
    fetched_at: datetime
    contested: bool


class FactList(BaseModel):
    """One page of what was fetched, in the order in which it came."""

    facts: list[FactTold]
    next: NextPage


class Supplied(BaseModel):
    """How many cases were waiting for what was handed in."""

    cases: int


class HitTold(BaseModel):
    """One entry of a register: the value to answer with, and its words."""

    value: str
    words: str


class Hits(BaseModel):
    """What a search found, the shortest first; `reason` says why there is nothing."""

    entries: list[HitTold]
    more: Annotated[bool, Field(description="there are more than are given: use more words")]
    reason: Spoken | None


class AskedMaterial(BaseModel):
    """A document that is asked for now; it is handed in at `upload`, or brought on paper to `counter`."""

    material: str
    name: Spoken
    issuer: Spoken | None
    basis: Spoken
    signature: SignatureForm
    handed_in: bool
    upload: Annotated[str | None, Field(description="null where only the counter takes it")]
    counter: Annotated[Spoken | None, Field(description="null where it is handed in here")]


class MaterialTold(BaseModel):
    """A document that was handed in; its line stays when the file is destroyed in its time.

    One that is `on_paper` lies at the counter that took it: there is no file of it here.
    """

    id: int
    material: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    scan: Literal["clean", "harmful", "not_scanned"]
    confirmed: bool
    on_paper: bool
    received_at: datetime
    retain_until: date
    destroyed_at: datetime | None


class Materials(BaseModel):
    """What is asked for now, and what was handed in."""

    asked: list[AskedMaterial]
    handed_in: list[MaterialTold]


class OfficeNotice(BaseModel):
    """A notice that an office has given and sealed; its file, which anybody can verify, is at `file`."""

    number: str
    kind: str
    title: Spoken
    case_number: str
    office: str
    office_name: Spoken
    date: date
    body: list[Spoken]
    reasons: list[Spoken]
    remedies: list[Spoken]
    articles: list[Spoken]
    due: datetime | None
    provisional: bool
    given_at: datetime
    sealed_at: datetime | None
    file: str


class NoticeList(BaseModel):
    """One page of notices, the oldest first."""

    notices: list[OfficeNotice]
    next: NextPage


class DisputeTold(BaseModel):
    """The open request for verification."""

    contest: int
