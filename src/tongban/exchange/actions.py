"""The one write of this room: the evidence of shares, durable before any answer may leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tongban.exchange.answers import FetchedValue, spoken
from tongban.exchange.rules import Allowed, ShareRequest
from tongban.kernel.canonical import digest
from tongban.kernel.errors import InvalidValue
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.kernel.values import case_number
from tongban.ledger import api as ledger


@dataclass(frozen=True, slots=True)
class Released:
    """An answer that may leave once this is on record."""

    request: ShareRequest
    allowed: Allowed
    values: Mapping[str, FetchedValue]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Withheld:
    """A request that was denied here or refused by its source."""

    request: ShareRequest
    code: str
    reason: Text


Entry = Released | Withheld


class Journal(Protocol):
    """Where shares are put on record; it gives one name per entry, all durable, or raises."""

    def record(self, entries: Sequence[Entry], now: datetime) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class LedgerJournal:
    """The node's own ledger, log *shares*."""

    chance: Chance

    def record(self, entries: Sequence[Entry], now: datetime) -> list[str]:
        return record_shares(entries, now=now, chance=self.chance) if entries else []


@whole
def record_shares(entries: Sequence[Entry], *, now: datetime, chance: Chance) -> list[str]:
    """Put a batch of shares on record in one transaction; when it returns, all of them are durable.

    Decree 809 Art. 29: use is recorded and kept three years at least. Values are not kept here: their
    digest proves what was answered.
    """
    return [_record(entry, now, chance) for entry in entries]


def _record(entry: Entry, now: datetime, chance: Chance) -> str:
    request = entry.request
    fields: dict[str, object] = {
        "consumer": request.consumer,
        "purpose": request.purpose,
        "resource": request.resource,
        "subject": request.subject_of_record,
        "key_digest": digest(dict(request.key)),
        **_filing(request.case_or_filing),
    }
    if isinstance(entry, Withheld):
        fields |= {
            "elements": list(request.elements),
            "reason_code": entry.code,
            "because": entry.reason.as_dict(),
        }
        return ledger.record("shares", "share.refused", fields, now=now, chance=chance).id
    resource, grant = entry.allowed.resource, entry.allowed.grant
    fields |= {
        "provider": resource.organisation,
        "connector": resource.connector,
        "grant": grant.code,
        "legal_basis": grant.basis.marked.zh,
        "elements": list(entry.allowed.elements),
        "statuses": {code: value.status for code, value in entry.values.items()},
        "answer_digest": digest(spoken(entry.values)),
        "as_of": entry.as_of.isoformat(),
    }
    reference = ledger.record(
        "shares",
        "share.released",
        fields,
        office=resource.organisation,
        show_office=resource.shows_office,
        now=now,
        chance=chance,
    )
    return reference.id


def _filing(number: str) -> dict[str, str]:
    try:
        case_number.parse(number)
    except InvalidValue:
        return {"filing_number": number}
    return {"case_number": number}
