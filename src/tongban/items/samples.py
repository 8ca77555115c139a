"""Samples of a pack: who files what, what the outside world does meanwhile, and what must come of it.

samples/<name>.json. A sample is run from outside by a runner that drives a real node; what can be known
without one (answers in order, values typed, statements after it) is tried here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from tongban.items.answers import parse_answer
from tongban.items.bundle import Bundle
from tongban.items.bundle.ground import declared
from tongban.items.declarations import File
from tongban.items.planned import Answers, Party, Ref, Value
from tongban.items.values import canonical
from tongban.kernel.declarations import Declared, TextField, read
from tongban.kernel.errors import InvalidValue, NotFound
from tongban.kernel.texts import Text

Status = Literal[
    "draft", "confirming", "running", "with_person", "correction", "approved", "partly", "refused"
]
CaseState = Literal[
    "none",
    "waiting",
    "received",
    "correction",
    "accepted",
    "acting",
    "issuing",
    "granted",
    "refused",
    "not_accepted",
    "withdrawn",
    "revoked",
]
FactStatus = Literal["known", "none_on_record", "not_applicable", "late", "withheld", "contested", "unknown"]
RELATIVE = re.compile(r"\+([0-9]{1,3}) days?")
REF = re.compile(r"([a-z][a-z0-9_]*)(?:\.([0-9]{1,3}))?")


@declared
class Person:
    """A synthetic person of the demonstration city."""

    number: str
    """Resident ID."""
    name: str
    """Name."""


@declared
class Outside:
    """What one of the other organisations' systems is set to do (its control interface)."""

    system: str
    """Its name: police, court, tax, …"""
    mode: Literal["normal", "slow", "failing", "wrong", "down", "drop_reply"]
    """How it behaves."""
    times: int | None = None
    """After so many affected requests it is normal again."""
    operation: str | None = None
    """Only this operation is affected."""


@declared
class Contest:
    """Somebody says that a fetched fact about them is wrong."""

    by: str
    """The participant who says so."""
    fact: str
    """Name of the value: place.usage."""
    said: str
    """In their words."""


@declared
class Decides:
    """An officer of the case's office decides it by name, at the workbench."""

    item: str
    """The item whose case is decided."""
    grant: bool
    """Granted in full, or refused."""
    reasons: str
    """In the officer's words; they are printed in the notice."""


@declared
class Expected:
    """What must be seen after a phase; what is left out is not looked at."""

    status: Status
    """What the filing is called on its page."""
    stopped_by: tuple[str, ...] = ()
    """Checks that stopped the submission."""
    alternatives: int = 0
    """At least so many free alternatives are offered."""
    cases: dict[str, CaseState] = Field(default_factory=dict)
    """Item → state of its case; an item without a case is "none"."""
    makers: dict[str, Literal["rule", "person"]] = Field(default_factory=dict)
    """Item → who decided: rule or person."""
    facts: dict[str, FactStatus] = Field(default_factory=dict)
    """Name of a value → status of the fact."""
    notices: tuple[str, ...] | None = None
    """Kinds of notice that were given, all of them in their order; not looked at when left out."""
    corrections: int | None = None
    """How many facts were contested and are being corrected."""
    offered: tuple[str, ...] | None = None
    """Pledges that are offered, exactly these; not looked at when left out."""
    pledged: tuple[str, ...] = ()
    """Pledges that were signed."""
    fetched_about: dict[str, int] = Field(default_factory=dict)
    """Participant → how many facts about them were fetched, as they see it when they sign in themselves."""
    asked: int | None = None
    """At most so many values were typed or chosen."""
    registrations: dict[str, int] = Field(default_factory=dict)
    """System → registrations counted in that system itself."""
    licences: int | None = None
    """So many results were signed and verify."""


@declared
class Phase:
    """Something happens, then something is expected; the first phase begins with the submission."""

    what: TextField
    """What this phase shows."""
    outside: tuple[Outside, ...] = ()
    """What the other systems do from now on."""
    answers: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
    """Answers that are changed or added."""
    confirms: tuple[str, ...] = ()
    """Participants who sign in and confirm for themselves now."""
    contests: tuple[Contest, ...] = ()
    """Facts that somebody says are wrong."""
    decides: tuple[Decides, ...] = ()
    """Cases that an officer decides now."""
    expect: Expected
    """What must be seen then."""


class SampleFile(File):
    """samples/<name>.json."""

    name: TextField
    """What the sample is called."""
    signed_in: Person
    """Who files."""
    division: str
    """The county chosen."""
    participants: dict[str, tuple[Person | str, ...]]
    """Role → who fills it: a person, or the participant who fills this role too ("applicant")."""
    answers: dict[str, dict[str, JsonValue]]
    """Participant → question → answer. A date may be "+7 days", counted from the filing day."""
    outside: tuple[Outside, ...] = ()
    """What the other systems do from the start."""
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    """What happens, in order."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What a runner saw after one phase, in the same words as what was expected."""

    status: str
    stopped_by: tuple[str, ...] = ()
    alternatives: int = 0
    cases: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    corrections: int = 0
    offered: tuple[str, ...] = ()
    pledged: tuple[str, ...] = ()
    fetched_about: Mapping[str, int] = field(default_factory=dict)
    asked: int = 0
    registrations: Mapping[str, int] = field(default_factory=dict)
    licences: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample by its file's name."""

    key: str
    declared: Declared[SampleFile]

    @property
    def file(self) -> SampleFile:
        return self.declared.value

    def parties(self) -> tuple[Party, ...]:
        """Give who takes part, the applicant first."""
        me = self.file.signed_in
        found = [Party(Ref("applicant"), None, me.number, me.name)]
        for role, filling in self.file.participants.items():
            for position, each in enumerate(filling):
                ref = Ref(role, position)
                if isinstance(each, Person):
                    found.append(Party(ref, None, each.number, each.name))
                else:
                    found.append(Party(ref, read_ref(each)))
        return tuple(found)

    def answers(self, bundle: Bundle, on: date, phase: int = 0) -> Answers:
        """Give the answers as they stand in a phase, in their questions' types.

        Raises InvalidDeclaration, at its line, for an answer to no question and for a malformed one.
        """
        parties = self.parties()
        values: dict[tuple[Ref, str], Value] = {}
        for place, who, id, raw in self._written(phase):
            try:
                value = parse_answer(bundle.question(id), _dated(raw, on))
                values[canonical(read_ref(who), parties), id] = value
            except (NotFound, InvalidValue) as refusal:
                at = (*place, who, id)
                raise self.declared.error(
                    at, what=refusal.what, todo=refusal.todo, code=refusal.code
                ) from refusal
        return Answers(parties, values)

    def line_of(self, ref: Ref, question: str) -> int:
        """Give the line of an answer as the sample begins, or of all of its answers where it has none."""
        parties = self.parties()
        for place, who, id, _ in self._written(phase=0):
            if id == question and canonical(read_ref(who), parties) == ref:
                return self.declared.line(*place, who, id)
        return self.declared.line("answers")

    def _written(self, phase: int) -> Iterator[tuple[tuple[str | int, ...], str, str, JsonValue]]:
        """Give what is answered up to a phase: where it stands, by whom, which question, what."""
        phases = enumerate(self.file.phases[: phase + 1])
        answered: list[tuple[tuple[str | int, ...], Mapping[str, dict[str, JsonValue]]]] = [
            (("answers",), self.file.answers),
            *((("phases", number, "answers"), each.answers) for number, each in phases),
        ]
        for place, answers in answered:
            for who, given in answers.items():
                for id, raw in given.items():
                    yield place, who, id, raw


def read_ref(text: str) -> Ref:
    """Read a participant as samples and forms write it: "shareholder" or "shareholder.1"."""
    shape = REF.fullmatch(text)
    if shape is None:
        raise NotFound(
            "items.no_such_participant",
            what=Text(f"“{text}”不是当事人的写法。", f"{text!r} does not name a participant."),
            todo=Text("请写角色，或角色.序号（从0起）。", "Write the role, or role.position from 0."),
        )
    return Ref(shape[1], int(shape[2] or 0))


def _dated(raw: object, on: date) -> object:
    relative = RELATIVE.fullmatch(raw) if isinstance(raw, str) else None
    return raw if relative is None else (on + timedelta(days=int(relative[1]))).isoformat()


def load_samples(folder: Path) -> tuple[Sample, ...]:
    """Read a pack's samples by name; raises at file and line of the first that is malformed."""
    paths = sorted((folder / "samples").glob("*.json"))
    return tuple(Sample(path.stem, read(path, SampleFile)) for path in paths)


def load_sample(path: Path) -> Sample:
    """Read one sample."""
    return Sample(path.stem, read(path, SampleFile))


def differences(expected: Expected, seen: Observed) -> tuple[Text, ...]:
    """Say where what was seen is not what was expected."""
    found = [
        (name, getattr(expected, name), getattr(seen, name))
        for name in ("status", "stopped_by", "pledged")
        if getattr(expected, name) != getattr(seen, name)
    ]
    for name in ("cases", "makers", "facts", "registrations", "fetched_about"):
        wanted, saw = getattr(expected, name), getattr(seen, name)
        found += [
            (f"{name}.{key}", each, saw.get(key)) for key, each in wanted.items() if saw.get(key) != each
        ]
    for name in ("corrections", "licences", "offered", "notices"):
        wanted = getattr(expected, name)
        if wanted is not None and wanted != getattr(seen, name):
            found.append((name, wanted, getattr(seen, name)))
    if seen.alternatives < expected.alternatives:
        found.append(("alternatives", expected.alternatives, seen.alternatives))
    if expected.asked is not None and seen.asked > expected.asked:
        found.append(("asked", expected.asked, seen.asked))
    return tuple(
        Text(f"{name}：应为{wanted}，实际为{saw}。", f"{name}: expected {wanted}, saw {saw}.")
        for name, wanted, saw in found
    )
