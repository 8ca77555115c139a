"""Every write of the ledger: an entry with its act, places in the log, and recovery's completion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import AlreadyDone, Invalid, NotFound, StaleLease
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, part, whole
from tongban.ledger import tree
from tongban.ledger.keys import LogSigner
from tongban.ledger.models import Log, RecoveredEntry
from tongban.ledger.notes import Checkpoint
from tongban.ledger.openings import opening_keys
from tongban.ledger.queries import leaf_hashes, read_only, require_writable
from tongban.ledger.rules import PROMISE_DEADLINE_S, Promise, hour, make_promise, seal_entry
from tongban.ledger.sealing import period_of

# One statement gives places and tells what it gave: no second read that could see other rows.
PLACE = """
    UPDATE ledger_entry SET seq = placed.place
    FROM (
        SELECT id AS name, %s + row_number() OVER (ORDER BY id) - 1 AS place
        FROM ledger_entry WHERE log = %s AND seq IS NULL ORDER BY id LIMIT %s
    ) AS placed
    WHERE ledger_entry.id = placed.name
    RETURNING seq, leaf_hash
"""


INSERT = """
    INSERT INTO ledger_entry (id, log, kind, leaf, leaf_hash, opening) VALUES (%s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class EntryRef:
    """An entry's name and the hash of its leaf."""

    id: str
    leaf_hash: bytes


@part
def record(
    log: str,
    kind: str,
    fields: Mapping[str, object],
    *,
    office: str | None = None,
    show_office: bool = False,
    now: datetime,
    chance: Chance,
) -> EntryRef:
    """Write one entry beside the act it proves: one INSERT, in the act's own transaction (promise 4).

    `log` is "decisions" or "shares"; `fields` are JSON values that kinds.py declares for the kind.
    Raises Invalid for an unknown kind or field, NodeReadOnly while the database is older than the log.
    """
    require_writable(now)
    sealed = seal_entry(kind, fields, office=office, show_office=show_office, now=now, chance=chance)
    period = period_of({"kind": kind, "hour": hour(now)})
    stored = sealed.opening.decode()
    if period:
        stored = opening_keys().seal(sealed.opening, sealed.leaf, period, chance)
    row: list[str | bytes] = [sealed.id, shard(log, now), kind, sealed.leaf, sealed.leaf_hash, stored]
    with connection.cursor() as cursor:  # every act pays for this one: the model would take twice as long
        cursor.execute(INSERT, row)
    return EntryRef(sealed.id, sealed.leaf_hash)


def shard(log: str, now: datetime) -> str:
    """Give the log that an entry goes to: decisions, or this civil year's shares."""
    if log == "decisions":
        return log
    if log == "shares":
        return f"shares-{civil_date(now).year}"
    raise Invalid(
        "ledger.log_unknown",
        what=Text(f"没有名为“{log}”的日志。", f"There is no log named {log!r}."),
        todo=Text("请写 decisions 或 shares。", "Write decisions or shares."),
    )


def promise(
    entry_ids: Sequence[str], signer: LogSigner, now: datetime, *, deadline_s: int = PROMISE_DEADLINE_S
) -> Promise:
    """Sign that these committed entries of one log will be published by the deadline."""
    outside_any_transaction("a promise: it is given for what is committed")
    log, hashes = leaf_hashes(entry_ids)
    return make_promise(signer.origin(log), hashes, signer, now, deadline_s)


@dataclass(frozen=True, slots=True)
class Placed:
    """A log's head in the database after places were given; `added` of them just now."""

    size: int
    root: bytes
    published_size: int
    added: int


@whole
def take_lease(log: str, holder: str, now: datetime, lease_s: int) -> bool:
    """Take the sequencing of a log for some seconds, or prolong one's own; False while another has it."""
    Log.objects.get_or_create(name=log, defaults={"root": tree.EMPTY_ROOT})
    free = Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_holder=holder)
    until = now + timedelta(seconds=lease_s)
    return Log.objects.filter(free, name=log).update(lease_holder=holder, lease_until=until) == 1


@whole
def give_places(log: str, published: Checkpoint | None, *, limit: int) -> Placed:
    """Give the next places of a log to at most `limit` waiting entries, and move its head over them.

    Takes rows WHERE seq IS NULL, never id > last: PostgreSQL commits in another order than it
    numbers. The head moves by compare-and-swap on (size, root); StaleLease when it moved meanwhile,
    NodeReadOnly when the published log is ahead of this database.
    """
    row = Log.objects.select_for_update().get(name=log)
    size, root, kept = row.size, bytes(row.root), bytes(row.hashes)
    width = tree.HASH_BYTES
    before = tree.Range(size, tuple(kept[at : at + width] for at in range(0, len(kept), width)))
    ahead = published and (published.size > size or (published.size == size and published.root != root))
    if ahead or not before.is_whole() or before.root() != root:
        raise read_only(log)
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [size, log, limit])
        given = sorted((seq, bytes(hashed)) for seq, hashed in cursor.fetchall())
    if not given:
        return Placed(size, root, row.published_size, 0)
    after = tree.append(before, (hashed for _, hashed in given))
    moved = Log.objects.filter(name=log, size=size, root=root).update(
        size=after.size, root=after.root(), hashes=b"".join(after.hashes)
    )
    if moved != 1 or given[-1][0] != after.size - 1:
        raise StaleLease(
            "ledger.head_moved",
            what=Text("日志头已被其他进程更新。", "Another process moved the log's head."),
            todo=Text("本次结果作废，稍后自动重试。", "This run is thrown away; the next one goes on."),
        )
    return Placed(after.size, after.root(), row.published_size, len(given))


@whole
def conclude(log: str, holder: str, published_size: int) -> None:
    """Remember that the checkpoint of this size is on the disk, and end one's own lease."""
    Log.objects.filter(name=log, published_size__lt=published_size).update(published_size=published_size)
    Log.objects.filter(name=log, lease_holder=holder).update(lease_holder="", lease_until=None)


@whole
def complete_recovered(entry_id: str, *, staff_id: str, note: str, now: datetime, chance: Chance) -> EntryRef:
    """Have a named person say what a recovered entry stands for; that is an entry itself."""
    done = RecoveredEntry.objects.filter(pk=entry_id, completed_at=None).update(
        completed_at=now, completed_by=staff_id, completed_note=note
    )
    if not done:
        if RecoveredEntry.objects.filter(pk=entry_id).exists():
            raise AlreadyDone(
                "ledger.completed_before",
                what=Text("该恢复条目已由他人补全。", "That recovered entry was completed before."),
                todo=Text("请查看已有说明。", "Read what was noted then."),
            )
        raise NotFound(
            "ledger.not_recovered",
            what=Text("没有该恢复条目。", "There is no such recovered entry."),
            todo=Text("请核对存证编号。", "Check the entry's name."),
        )
    fields = {"recovered": entry_id, "staff": staff_id, "note": note}
    return record("decisions", "ledger.completed", fields, now=now, chance=chance)
