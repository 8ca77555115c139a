"""The writes of this room: evidence of shares, durable before any answer may leave, and used nonces."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Max

from tongban.catalogue import api as catalogue
from tongban.exchange.answers import FetchedValue, spoken
from tongban.exchange.models import Nonce
from tongban.exchange.rules import Allowed, ShareRequest
from tongban.kernel.canonical import digest
from tongban.kernel.errors import Conflict, InvalidValue
from tongban.kernel.ids import Chance
from tongban.kernel.rows import moment, write
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.kernel.values import case_number
from tongban.ledger import api as ledger

NOTED_EVERY = timedelta(minutes=10)  # freshness is read in days: a write with every share buys nothing
NONCES_KEPT = timedelta(minutes=10)  # several times the window in which a signature counts

# One statement, so that of two requests at once one inserts and the other does not.
CLAIM = """
    INSERT INTO exchange_nonce (key_id, nonce, created)
    SELECT %s, %s, %s WHERE NOT EXISTS (SELECT 1 FROM exchange_nonce WHERE created > %s)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Released:
    """An answer that may leave once this is on record."""

    request: ShareRequest
    allowed: Allowed
    values: Mapping[str, FetchedValue]
    as_of: datetime
    dated: bool = False  # the source itself gave that date; else it is the moment of asking


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
    """The node's own ledger, log *shares*.

    `noted` is what this process noted last of each resource for its freshness: a busy resource is noted
    every few minutes, and whenever its source gives a newer date.
    """

    chance: Chance
    noted: dict[str, catalogue.Seen] = field(default_factory=dict, compare=False, repr=False)

    def record(self, entries: Sequence[Entry], now: datetime) -> list[str]:
        if not entries:
            return []
        seen = {
            code: one for code, one in seen_in(entries, now).items() if _is_news(self.noted.get(code), one)
        }
        names = record_shares(entries, seen, now=now, chance=self.chance)
        self.noted.update(seen)
        return names


@whole
def record_shares(
    entries: Sequence[Entry], seen: Mapping[str, catalogue.Seen], *, now: datetime, chance: Chance
) -> list[str]:
    """Put a batch of shares on record in one transaction; when it returns, all of them are durable.

    Decree 809 Art. 29: use is recorded and kept three years at least. Values are not kept here: their
    digest proves what was answered. `seen` is what is to be noted of the freshness of their resources.
    """
    if seen:
        catalogue.note_seen(seen)
    return [_record(entry, now, chance) for entry in entries]


def seen_in(entries: Iterable[Entry], now: datetime) -> dict[str, catalogue.Seen]:
    """Give what a batch of shares saw of each resource: that it answered, and the newest date it gave."""
    seen: dict[str, catalogue.Seen] = {}
    for entry in entries:
        if isinstance(entry, Released):
            code, dated = entry.request.resource, entry.as_of if entry.dated else None
            before = seen.get(code)
            if before is not None and before.dated_at is not None:
                dated = max(before.dated_at, dated or before.dated_at)
            seen[code] = catalogue.Seen(now, dated)
    return seen


def _is_news(noted: catalogue.Seen | None, seen: catalogue.Seen) -> bool:
    if noted is None or seen.answered_at - noted.answered_at >= NOTED_EVERY:
        return True
    return seen.dated_at is not None and (noted.dated_at is None or seen.dated_at > noted.dated_at)


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


@whole
def claim_nonce(key_id: str, nonce: str, *, created: datetime) -> None:
    """Take a nonce for the request that was signed with it; once for the node, whichever process asks.

    When it returns, the claim survives a crash. Raises Conflict where it was claimed before, and where that
    can no longer be known: signed so long before the newest that what was claimed then is forgotten, which
    happens when this machine's clock was set back.
    """
    at = moment(created)
    if write(CLAIM, key_id, nonce, at, moment(created + NONCES_KEPT)):
        return
    if Nonce.objects.filter(key_id=key_id, nonce=nonce).exists():
        raise Conflict(
            "gateway.replayed",
            what=Text("该签名已使用过。", "This signature was used before."),
            todo=Text("请换用新的 nonce 重新签名。", "Sign the request again, with a new nonce."),
        )
    raise Conflict(
        "gateway.clock_set_back",
        what=Text(
            "本节点的时钟曾被调回，暂不能受理。", "This node's clock was set back; it takes nothing now."
        ),
        todo=Text("请稍后重试，并告知节点管理员。", "Try again later, and tell whoever runs the node."),
    )


@whole
def forget_nonces(now: datetime) -> int:
    """Forget nonces that no signature may count with any more; tell how many.

    The newest stays whatever its age: by it a clock that was set back is noticed.
    """
    newest = Nonce.objects.aggregate(newest=Max("created"))["newest"]
    if newest is None:
        return 0
    gone, _ = Nonce.objects.filter(created__lt=min(now, newest) - NONCES_KEPT).delete()
    return gone
