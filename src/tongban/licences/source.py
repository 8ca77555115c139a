"""The node's own licences as a data source: a room that answers like any other organisation's system."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tongban.catalogue.api import Element, Value
from tongban.exchange import api as exchange
from tongban.kernel.errors import SourceWrong
from tongban.kernel.texts import Text
from tongban.licences.declared import LicenceType
from tongban.licences.models import LicenceRow
from tongban.licences.queries import licence_types
from tongban.licences.rules import Status


class LicenceSource:
    """Answers from the licences in force, by the holder's number; what a type answers is declared with it.

    A resource is the one that a licence type names; an element is the one that a field of the type names.
    """

    name = "licences"
    idempotency: exchange.Idempotency = "none"
    inline = True  # it reads this node's own database, in the caller's thread

    def lookup(self, ask: exchange.Ask) -> exchange.Looked:
        """Give what the holder's licence in force says; Nothing when there is none."""
        kind = _type_of(ask.resource)
        row = (
            _in_force(kind)
            .filter(holder_code=ask.key[kind.key_element or ""])
            .order_by("-signed_at", "-id")
            .first()
        )
        if row is None:
            return exchange.Nothing()
        return exchange.Record(_readings(kind, row.content, ask.elements), as_of=row.signed_at)

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[exchange.Row]]:
        """Read every licence in force, in batches of at most `rows`, in the order of their making."""
        kind, last = _type_of(resource), 0
        while batch := list(_in_force(kind).filter(pk__gt=last).order_by("pk")[:rows]):
            last = batch[-1].pk
            yield [
                {name: reading.value for name, reading in _readings(kind, row.content, elements).items()}
                for row in batch
            ]

    def act(self, request: exchange.ActRequest, *, timeout_s: float) -> exchange.ActOutcome:  # noqa: ARG002  the protocol hands it over
        """Refuse: a licence comes from a decision, never from another's request."""
        return exchange.Refused(_NO_ACTS)

    def find_act(self, key: str, *, timeout_s: float) -> exchange.FoundAct:  # noqa: ARG002  the protocol hands it over
        """Say that nothing can have been done here."""
        return exchange.Absent()


_NO_ACTS = Text(
    "证照只能由审批决定产生，不接受登记请求。", "A licence comes from a decision; nothing is registered here."
)


def _type_of(resource: str) -> LicenceType:
    for kind in licence_types():
        if kind.resource == resource:
            return kind
    raise SourceWrong(
        "licences.no_resource",
        what=Text(f"没有证照类型提供“{resource}”。", f"No licence type offers {resource}."),
        todo=Text("请核对 licence-types.yaml 中的 resource。", "Check `resource` in licence-types.yaml."),
    )


def _in_force(kind: LicenceType) -> Any:
    return LicenceRow.objects.filter(type_code=kind.code, signed_at__isnull=False, status=Status.VALID.value)


def _readings(kind: LicenceType, content: str, elements: Sequence[Element]) -> Mapping[str, exchange.Reading]:
    """Give a reading for every element asked; one that the licence does not carry is read as no value."""
    written: dict[str, Any] = json.loads(content)["extend_info"]
    fields = {field.element: field for field in kind.fields if field.element}
    found: dict[str, exchange.Reading] = {}
    for element in elements:
        field = fields.get(element.code)
        raw = written.get(field.code) if field else None
        found[element.code] = exchange.Reading(_value(element, raw), None if raw is None else str(raw))
    return found


def _value(element: Element, raw: Any) -> Value | None:
    if raw is None:
        return None
    if element.kind == "date":
        return date.fromisoformat(raw)
    if element.kind == "list":
        return tuple(raw)
    value: Value = raw
    return value
