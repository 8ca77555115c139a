"""What a share gives back: a value and a status for every element asked, never a bare absence. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tongban.catalogue.api import Element, Value
from tongban.exchange.mapping import conforms, wrong
from tongban.exchange.rules import Allowed
from tongban.exchange.verbs import Looked, Nothing, Reading, Record
from tongban.kernel.texts import Text

BY_SOURCE = "source_refused"
Status = Literal["known", "none_on_record", "not_applicable", "unknown", "late", "withheld"]


@dataclass(frozen=True, slots=True)
class FetchedValue:
    """One element's value and its status; `raw` is what the source wrote, kept for the record.

    The value of none_on_record is the element's `none_value`; of every other status but known, None.
    """

    value: Value | None
    status: Status
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class ShareAnswer:
    """The answer to one request: a value for every element asked.

    `share` names the evidence: of what was released, or of the refusal; None where the source did not
    answer, for then nothing was shared. `reason` says why something is late, withheld or unknown;
    `refusal` is the stable code of why all of it was withheld, and empty otherwise.
    """

    resource: str
    values: Mapping[str, FetchedValue]
    share: str | None
    as_of: datetime | None
    fetched_at: datetime
    reason: Text | None = None
    refusal: str = ""

    @property
    def by_source(self) -> bool:
        """Say whether the source itself withheld it: another grant would change nothing."""
        return self.refusal == BY_SOURCE

    @property
    def is_late(self) -> bool:
        """Say whether asking again later can bring what is missing."""
        return any(value.status == "late" for value in self.values.values())


def interpret(
    looked: Looked, allowed: Allowed, elements: Mapping[str, Element]
) -> tuple[dict[str, FetchedValue], Text | None]:
    """Give each allowed element its value and status from what the source said.

    No record in a list of those concerned is an answer, with the element's `none_value`; no record in
    a register of everybody has the same status and no value, for nothing is known of that person: who
    is missing from the population register is not thereby alive.
    Raises SourceWrong where the source gives a value that is not of the element's type, or is a copy that
    does not say how old it is: the moment of asking is the age of an original alone.
    """
    if allowed.resource.copy_of is not None and looked.as_of is None:
        raise wrong(
            allowed.resource.connector,
            f"{allowed.resource.code} 是副本，没有给出数据日期",
            f"{allowed.resource.code} is a copy and gave no date of its data",
        )
    if isinstance(looked, Record):
        name = allowed.resource.connector
        return {
            code: _read(name, elements[code], looked.readings.get(code)) for code in allowed.elements
        }, None
    if isinstance(looked, Nothing):
        if allowed.resource.coverage == "affected":
            return {code: _none(elements[code]) for code in allowed.elements}, None
        reason = Text(
            f"{allowed.resource.name.zh}中查无此记录。", f"{allowed.resource.name.en} holds no such record."
        )
        return {code: FetchedValue(None, elements[code].when_none) for code in allowed.elements}, reason
    return all_are("unknown", allowed.elements), looked.reason


def all_are(status: Status, elements: tuple[str, ...]) -> dict[str, FetchedValue]:
    """Give every element the same status and no value."""
    return {code: FetchedValue(None, status) for code in elements}


def spoken(values: Mapping[str, FetchedValue]) -> dict[str, object]:
    """Give the values in JSON's types, for the digest that evidence keeps of them."""
    return {code: {"status": one.status, "value": _plain(one.value)} for code, one in values.items()}


def _read(source: str, element: Element, reading: Reading | None) -> FetchedValue:
    if reading is None:
        raise wrong(source, f"没有给出 {element.code}", f"it gave nothing for {element.code}")
    if not conforms(element, reading.value):
        raise wrong(source, f"{element.code} 的值类型不符", f"the value of {element.code} has another type")
    if reading.value is None:
        return _none(element, reading.raw)
    return FetchedValue(reading.value, "known", reading.raw)


def _none(element: Element, raw: str | None = None) -> FetchedValue:
    value = element.none_value if element.when_none == "none_on_record" else None
    return FetchedValue(value, element.when_none, raw)


def _plain(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
