"""The files of a pack: what an author writes, in YAML, and what is refused with file and line.

pack.yaml         the bundle: participants, notice, questions, confirmations, derived values
items/<key>.yaml  one item each
laws.yaml         the statutes that everything cites
parameters.yaml   dated numbers
rows.yaml         the case tables of the checks
samples/*.json    who files what, and what must come of it
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tongban.items.bundle import (
    Assurance,
    Confirmation,
    DatedParameter,
    Derived,
    Item,
    Law,
    Notice,
    Participant,
    Period,
    Question,
)
from tongban.kernel.declarations import TextField
from tongban.rules import api as rules

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,59}$")]


class File(BaseModel):
    """A file of the pack: unknown keys are errors, nothing in it changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PackFile(File):
    """pack.yaml: the bundle and its one form."""

    code: Word
    """The pack's word, equal to its folder's name."""
    version: Annotated[int, Field(ge=1)]
    """Raised by one for every published change."""
    name: TextField
    """What the person reads: the matter as they would say it."""
    about: TextField
    """What the person gets, in one or two sentences."""
    owner: str
    """The role whose matter the filing is."""
    place: str = ""
    """The role whose division decides which offices are concerned; absent where the filer's choice does."""
    one_open_draft: bool = True
    """Whether a person may have only one draft of it open at a time."""
    draft_expires: Period
    """How long an untouched draft is kept."""
    joint_licensing: bool = False
    """Several licences decided jointly (Administrative Licensing Law art. 42): the joint cap applies."""
    assurance: Assurance | None = None
    """How surely who files and who confirms must be identified; absent where any sign-in will do."""
    participants: tuple[Participant, ...]
    """Who takes part."""
    notice: Notice
    """What people are told before anything is fetched."""
    questions: tuple[Question, ...] = ()
    """What only the person can say."""
    confirmations: tuple[Confirmation, ...] = ()
    """What is confirmed by ticking or signing."""
    derived: tuple[Derived, ...] = ()
    """What follows from other values."""
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    """Item keys in the order of the timeline; each has its file items/<key>.yaml."""


class ItemFile(File):
    """items/<key>.yaml: one item."""

    item: Item
    """The item."""


class LawsFile(File):
    """laws.yaml: the statutes that the pack cites."""

    laws: dict[Word, Law]
    """Short key → law."""


class RowsFile(File):
    """rows.yaml: the case tables of the pack's checks, one row for each fact that may be missing."""

    rows: dict[str, tuple[rules.CaseRow, ...]]
    """Check code → its rows: facts, dates, and what must come of them."""


class ParametersFile(File):
    """parameters.yaml: dated numbers."""

    parameters: tuple[DatedParameter, ...]
    """Each with its unit, the date it is taken at and its values."""
