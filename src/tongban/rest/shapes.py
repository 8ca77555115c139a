"""The shapes of what is sent here: strict, bounded, and nothing that is not named."""

from typing import Annotated, Literal

from ninja import Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongban.kernel.pages import MOST_ON_A_PAGE

MOST_ROLES = 20
MOST_OF_A_ROLE = 50
MOST_ANSWERS = 100  # about one participant

# No control character: a store refuses some of them, and no answer needs one.
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")
]
Remark = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Place = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}(\.[0-9]{1,3})?$")]
Written = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Whole = Annotated[int, Field(ge=-(10**15), le=10**15)]
Given = Written | bool | Whole | Annotated[list[Line], Field(max_length=100)] | None
Division = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3}){0,2}$")]

BundleCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,79}$")]
FilingNumber = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,40}$")]
CaseNumber = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,60}$")]
FactNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]
MaterialName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,59}\.[a-z][a-z0-9_-]{0,59}$")]
NoticeNumber = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]{1,120}$")]
LicenceName = Annotated[str, Path(pattern=r"^[0-9A-Za-z.]{1,90}$")]
After = Annotated[str, Query(max_length=200, description="the `next` of the page before 上一页所给的 next")]
Most = Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE, description="lines on a page 每页条数")]
InDivision = Annotated[str | None, Query(pattern=r"^[0-9]{6}([0-9]{3}){0,2}$")]


class Sent(BaseModel):
    """Anything that is sent: no lax conversions, no unknown names."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Somebody(Sent):
    """A person named by the filer: they will be asked to sign in and confirm for themselves."""

    number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,40}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    identity_type: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] = "111"


Filling = Somebody | Place
Participants = Annotated[
    dict[Word, Annotated[list[Filling], Field(min_length=1, max_length=MOST_OF_A_ROLE)]],
    Field(max_length=MOST_ROLES),
]
Answers = Annotated[
    dict[Place, Annotated[dict[Word, Given], Field(max_length=MOST_ANSWERS)]],
    Field(max_length=MOST_ROLES * MOST_OF_A_ROLE),
]


class Content(Sent):
    """Who takes part and what is answered, by participant and question."""

    participants: Participants = Field(default_factory=dict)
    answers: Answers = Field(default_factory=dict)


class NewFiling(Content):
    """A filing to be opened; with `submit` it is answered and submitted at once."""

    bundle: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,79}$")]
    division: Division
    notice_read: Literal[True]
    language: Literal["zh", "en"] = "zh"
    submit: bool = False


class Confirmation(Sent):
    """Whether a participant agrees to take part and to what concerns them."""

    agrees: bool


class Dispute(Sent):
    """Which fetched fact is wrong, and what would be right."""

    fact: Annotated[int, Field(ge=1, le=2**63 - 1)]
    said: Words


class Rating(Sent):
    """How satisfied one was with an ended case: 1 very satisfied … 5 very dissatisfied."""

    code: Annotated[int, Field(ge=1, le=5)]
    said: Remark = ""


class Doubt(Sent):
    """What a person should explain of a decision that a rule made; it may be left empty."""

    said: Remark = ""


class Search(Sent):
    """Which answer is looked for, by words that its entry in the register has."""

    participant: Place
    question: Word
    words: Line
