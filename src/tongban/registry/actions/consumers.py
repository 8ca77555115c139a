"""Keys of consumers: registered, replaced while both count, withdrawn at once. Nothing has to be stopped.

Whoever checks a signature asks `consumer_key` for that one request, so that what is committed here holds
for the next one on every process.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, InvalidValue, NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.registry import models, queries, rules
from tongban.registry.consumer_keys import read_consumer_key
from tongban.registry.values import ConsumerKey, Staff, in_force

MOST_OVERLAP = timedelta(days=90)


@whole
def register_consumer_key(
    organisation: str, pem: bytes, *, by: Staff, because: str, now: datetime, chance: Chance
) -> ConsumerKey:
    """Register the public key of an organisation's system; it counts from this moment on.

    Raises NotAllowed unless `by` is the security administrator, NotFound for an organisation that does
    not stand today, InvalidValue for a key of another kind or without a cause, Conflict for a key that
    was registered before: nobody's key ever becomes another's, or counts again.
    """
    rules.require_key_administrator(by)
    rules.require_cause(because)
    made = _new_row(organisation, pem, now)
    _evidence("consumer.key_registered", made, {"because": because}, by, now, chance)
    return queries.consumer_key_value(made)


@whole
def replace_consumer_key(
    key_id: str, pem: bytes, *, until: datetime, by: Staff, because: str, now: datetime, chance: Chance
) -> ConsumerKey:
    """Register a new key of the same organisation; the one that it replaces counts until the given moment.

    Until then both count, so that the consumer changes over without a pause. Raises as registering does,
    NotFound for a key that does not count now, and InvalidValue for a moment past or more than 90 days ahead.
    """
    rules.require_key_administrator(by)
    rules.require_cause(because)
    if not now <= until <= now + MOST_OVERLAP:
        raise InvalidValue(
            "consumer.overlap",
            what=Text("原公钥的停用时间不可用。", "The old key cannot end at that moment."),
            todo=Text("请写从现在起90天内的时间。", "Give a moment from now to 90 days ahead."),
        )
    old = _standing_row(key_id, now)
    made = _new_row(old.organisation_id, pem, now)
    old.until = until if old.until is None else min(until, old.until)
    old.save(update_fields=["until"])
    said = {"previous_key": key_id, "until": old.until.isoformat(), "because": because}
    _evidence("consumer.key_replaced", made, said, by, now, chance)
    return queries.consumer_key_value(made)


@whole
def withdraw_consumer_key(
    key_id: str, *, by: Staff, because: str, now: datetime, chance: Chance
) -> ConsumerKey:
    """Withdraw a key: from the commit on, what it signs counts on no process."""
    rules.require_key_administrator(by)
    rules.require_cause(because)
    row = _standing_row(key_id, now)
    row.until = now
    row.save(update_fields=["until"])
    _evidence("consumer.key_withdrawn", row, {"because": because}, by, now, chance)
    return queries.consumer_key_value(row)


@part
def _new_row(organisation: str, pem: bytes, now: datetime) -> models.ConsumerKey:
    holder = queries.organisation(organisation)
    if not in_force(holder.since, holder.until, civil_date(now)):
        raise NotFound(
            "consumer.organisation",
            what=Text(f"{organisation} 已不存在。", f"{organisation} does not exist today."),
            todo=Text("请核对机构代码。", "Check the name of the organisation."),
        )
    read = read_consumer_key(pem)
    row, made = models.ConsumerKey.objects.get_or_create(
        key_id=read.key_id,
        defaults={
            "organisation_id": organisation,
            "algorithm": read.algorithm,
            "public_key": read.public_key,
            "since": now,
        },
    )
    if not made:
        raise Conflict(
            "consumer.key_known",
            what=Text(f"公钥 {read.key_id} 已登记过。", f"The key {read.key_id} was registered before."),
            todo=Text(
                "请生成新的密钥对，再提交其公钥。", "Make a new pair of keys and hand in its public one."
            ),
        )
    return row


@part
def _standing_row(key_id: str, now: datetime) -> models.ConsumerKey:
    row = models.ConsumerKey.objects.select_for_update().filter(key_id=key_id).first()
    if row is None or not queries.consumer_key_value(row).stands(now):
        raise NotFound(
            "consumer.key",
            what=Text(f"没有有效的公钥 {key_id}。", f"No key {key_id} counts now."),
            todo=Text("请用 tongban consumer list 核对。", "Look at `tongban consumer list`."),
        )
    return row


@part
def _evidence(
    kind: str, row: models.ConsumerKey, extra: Mapping[str, object], by: Staff, now: datetime, chance: Chance
) -> None:
    fields = {"key_id": row.key_id, "consumer": row.organisation_id, "staff": str(by.id), **extra}
    ledger.record("decisions", kind, fields, now=now, chance=chance)
