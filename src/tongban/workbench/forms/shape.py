"""What a form of an officer is: its words, its fields, and what is called in the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from tongban.cases import api as cases
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.registry import api as registry
from tongban.workbench import reading

Kind = Literal["long", "line", "number", "choice", "select", "lines", "day"]
MOST_DAYS = 180
Options = Mapping[str, Text]


Doing = TypeVar("Doing")  # what an act is done with: a Deed on a case, or one on a licence


@dataclass(frozen=True)
class Field(Generic[Doing]):
    """One field of a form."""

    name: str
    label: Text
    why: Text
    kind: Kind = "long"
    optional: bool = False
    most: int = 2000
    options: Callable[[Doing], Options] = lambda _: {}
    begins: Callable[[Doing], str] = lambda _: ""  # what stands in it before anything is written


@dataclass(frozen=True, slots=True)
class Deed:
    """Everything an act is done with: by whom, on which case as it was seen, about which part of it."""

    staff: registry.Staff
    case: cases.OfficerCase
    prepared: cases.Prepared
    part: str  # the act's id or the pledge's word, where the form is about one
    at: cases.Workplace


@dataclass(frozen=True, slots=True)
class OnLicence:
    """Everything an act on a licence is done with: by whom, on which one as it was seen, of which type."""

    staff: registry.Staff
    shown: cases.OfficerLicence
    kind: licences.LicenceType
    at: cases.Workplace


def nothing_more(_: Mapping[str, str]) -> None:
    """Most forms are right when each of their fields is."""


@dataclass(frozen=True)
class Form(Generic[Doing]):
    """One thing that an officer may do, told before it is done and confirmed by a second step."""

    power: cases.Power | cases.LicencePower | None
    title: Text
    lead: Text
    done: Text
    do: Callable[[Doing, Mapping[str, str]], None]
    fields: tuple[Field[Doing], ...] = ()
    grave: bool = False  # it goes against the applicant: remedies are shown, the button is red
    check: Callable[[Mapping[str, str]], None] = (
        nothing_more  # raises Invalid where fields do not fit together
    )


@dataclass(frozen=True, slots=True)
class Shown(Generic[Doing]):
    """One field as the page shows it: its options, what was written, and what that means."""

    field: Field[Doing]
    options: Options
    written: str

    @property
    def meaning(self) -> Text:
        """Give what was written in words."""
        return self.options.get(self.written) or Text(self.written or "—", self.written or "—")


def shown(fields: Sequence[Field[Doing]], asked: Doing, written: Mapping[str, str]) -> list[Shown[Doing]]:
    """Give the fields as a page shows them."""
    return [
        Shown(field, field.options(asked), written.get(field.name, field.begins(asked))) for field in fields
    ]


def read(
    fields: Sequence[Field[Doing]], form: Form[Doing], asked: Doing, sent: Mapping[str, str]
) -> dict[str, str]:
    """Read what was sent, each field in its own type; raises Invalid with what to write instead."""
    found = {field.name: _read_one(field, asked, sent) for field in fields}
    form.check(found)
    return found


def _read_one(field: Field[Doing], asked: Doing, sent: Mapping[str, str]) -> str:
    if field.optional and not sent.get(field.name, "").strip():
        return ""
    if field.kind in {"choice", "select"}:
        return reading.one_of(sent, field.name, field.label, field.options(asked))
    if field.kind == "number":
        return str(reading.number(sent, field.name, field.label, least=1, most=MOST_DAYS))
    if field.kind == "day":
        return reading.day(sent, field.name, field.label).isoformat()
    return reading.text(sent, field.name, field.label, most=field.most)
