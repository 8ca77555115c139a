"""What a form of an officer is: its words, its fields, and what is called in the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tongban.cases import api as cases
from tongban.kernel.texts import Text
from tongban.registry import api as registry

Kind = Literal["long", "line", "number", "choice", "select", "lines"]
Options = Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    label: Text
    why: Text
    kind: Kind = "long"
    optional: bool = False
    most: int = 2000
    options: Callable[["Deed"], Options] = lambda _: {}


@dataclass(frozen=True, slots=True)
class Deed:
    """Everything an act is done with: by whom, on which case as it was seen, about which part of it."""

    staff: registry.Staff
    case: cases.OfficerCase
    prepared: cases.Prepared
    part: str  # the act's id or the pledge's word, where the form is about one
    at: cases.Workplace


def nothing_more(_: Mapping[str, str]) -> None:
    """Most forms are right when each of their fields is."""


@dataclass(frozen=True, slots=True)
class Form:
    """One thing that an officer may do, told before it is done and confirmed by a second step."""

    power: cases.Power | None
    title: Text
    lead: Text
    done: Text
    do: Callable[[Deed, Mapping[str, str]], None]
    fields: tuple[Field, ...] = ()
    grave: bool = False  # it goes against the applicant: remedies are shown, the button is red
    check: Callable[[Mapping[str, str]], None] = (
        nothing_more  # raises Invalid where fields do not fit together
    )
