"""What a rule answers: a value with its reason, and the trace that a person can follow."""

from dataclasses import dataclass, field
from typing import Final, Literal

from tongban.kernel.texts import Text

OutcomeName = Literal["met", "not_met", "unknown"]
LineResult = OutcomeName | Literal["value"]


@dataclass(frozen=True, slots=True)
class Line:
    """One clause in words; a line of the result "value" says what an amount came to."""

    depth: int
    text: Text
    result: LineResult


@dataclass(frozen=True, slots=True)
class Trace:
    """The rule clause by clause, the deeper ones under what they make up."""

    lines: tuple[Line, ...]

    def spoken(self, language: Literal["zh", "en"]) -> str:
        """Give the whole trace as indented lines."""
        return "\n".join("  " * line.depth + line.text.spoken(language) for line in self.lines)


NO_TRACE: Final = Trace(())


@dataclass(frozen=True, slots=True)
class Met:
    """The condition holds."""

    trace: Trace = NO_TRACE


@dataclass(frozen=True, slots=True)
class NotMet:
    """The condition does not hold: by which article, and why, in words for the person concerned."""

    article: Text
    because: Text
    remedy: Text | None = None
    trace: Trace = NO_TRACE


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot be determined.

    `missing` names exactly the elements, list fields (list.field), parameters and dates (:name) whose
    absence made it so; `undefined` says what was there and still gave no value (a division by zero, a
    sum beyond 64 bits, dates out of order, an element with nothing on record).
    """

    missing: tuple[str, ...]
    undefined: tuple[Text, ...] = ()
    trace: Trace = field(default=NO_TRACE)


Outcome = Met | NotMet | Unknown


def outcome_name(outcome: Outcome) -> OutcomeName:
    """Give the outcome's word in declarations and records."""
    if isinstance(outcome, Met):
        return "met"
    return "not_met" if isinstance(outcome, NotMet) else "unknown"
