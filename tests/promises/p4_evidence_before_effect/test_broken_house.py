"""What the house does about itself, its city, packs, staff, recovery: not without evidence either."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from bench.town import Town, open_town
from tests.ledger.test_forgetting import DAYS, KEPT
from tests.ledger.test_pruning import DUE, files, prune, shares
from tests.ledger.test_recovery import LATER, lost_day, recover
from tests.promises.p4_evidence_before_effect.refusing import without_evidence
from tests.promises.p4_evidence_before_effect.world import store, written
from tongban.catalogue.models import ElementEntry, GrantEntry
from tongban.items.models import PackVersion
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.ledger import queries
from tongban.ledger.models import Entry, RecoveredEntry
from tongban.ledger.openings import opening_keys
from tongban.registry import api as registry
from tongban.registry.models import Organisation, Staff

BUILDING = {
    "registry.loaded": (Organisation, Staff),
    "catalogue.loaded": (ElementEntry, GrantEntry),
    "pack.published": (PackVersion,),
}
CONSUMERS = ("consumer.key_registered", "consumer.key_replaced", "consumer.key_withdrawn")
STAFF = ("staff.credentials_revoked", "staff.credentials_set", "staff.roles_set", "staff.signed_in")
RECOVERY = ("ledger.recovered", "ledger.completed")
RETENTION = ("ledger.forgotten", "ledger.pruned")
HOUSE = (*BUILDING, *STAFF, *CONSUMERS, *RECOVERY, *RETENTION)

LOGIN = "market.yundong.chen"
SEED = b"the seed of these tests"
CHANCE = SystemChance()


@pytest.mark.parametrize("kind", BUILDING)
def test_a_city_is_not_opened_without_evidence_of_what_it_was_opened_with(database: None, kind: str) -> None:
    with without_evidence(kind):
        open_town(Path(settings.VAR))
    assert [model.__name__ for model in BUILDING[kind] if model._default_manager.exists()] == []
    opened = open_town(Path(settings.VAR))
    opened.close()
    assert all(model._default_manager.exists() for model in BUILDING[kind])
    assert written(kind) == (PackVersion.objects.count() if kind == "pack.published" else 1)


@pytest.fixture
def key(town: Town) -> registry.SecondFactorKey:
    path = town.workplace.node.var / "second-factor.key"
    return registry.make_second_factor_key(path, CHANCE)


def staff_acts(town: Town, key: registry.SecondFactorKey) -> dict[str, Callable[[], object]]:
    """Give what is done to staff and by them, by the entry that it needs."""
    [account] = registry.demonstration_accounts(SEED, [LOGIN])
    [security] = registry.staff_of("bureau.990100", registry.Role.SECURITY_ADMIN, on=town.now.date())[:1]
    return {
        "staff.credentials_revoked": lambda: registry.revoke_credentials(
            LOGIN, by=security, because="离岗", now=town.now, chance=CHANCE
        ),
        "staff.credentials_set": lambda: registry.set_credentials(
            LOGIN,
            account.password,
            account.totp_secret,
            by=None,
            key=key,
            because="上岗",
            now=town.now,
            chance=CHANCE,
        ),
        "staff.roles_set": lambda: registry.set_roles(
            LOGIN,
            [(registry.Role.COUNTER, "990121")],
            by=security,
            because="上岗",
            now=town.now,
            chance=CHANCE,
        ),
        "staff.signed_in": lambda: registry.sign_in(
            LOGIN, account.password, account.code(town.now), now=town.now, key=key, chance=CHANCE
        ),
    }


@pytest.mark.parametrize("kind", STAFF)
def test_no_account_no_role_and_no_visit_without_evidence(
    town: Town, key: registry.SecondFactorKey, kind: str
) -> None:
    acts = staff_acts(town, key)
    if kind in {"staff.credentials_revoked", "staff.signed_in"}:
        acts["staff.credentials_set"]()
    before = store()
    with without_evidence(kind):
        acts[kind]()
    assert store() == before
    acts[kind]()
    assert store() != before
    assert written(kind) == 1


def consumer_acts(town: Town, old: str) -> dict[str, Callable[[], object]]:
    """Give what is done to a consumer's key, by the entry that it needs."""
    [by] = registry.staff_of("bureau.990100", registry.Role.SECURITY_ADMIN, on=town.now.date())[:1]
    register = partial(registry.register_consumer_key, "market.990121", a_public_key())
    replace = partial(registry.replace_consumer_key, old, a_public_key(), until=town.now + timedelta(days=1))
    withdraw = partial(registry.withdraw_consumer_key, old)
    return {
        kind: partial(act, by=by, because="接入", now=town.now, chance=CHANCE)
        for kind, act in zip(CONSUMERS, (register, replace, withdraw), strict=True)
    }


def a_public_key() -> bytes:
    public = Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("kind", CONSUMERS)
def test_no_key_of_a_consumer_begins_or_ends_without_evidence(town: Town, kind: str) -> None:
    consumer_acts(town, "")["consumer.key_registered"]()
    [old] = registry.consumer_keys()
    acts, before, told = consumer_acts(town, old.key_id), store(), written(kind)
    with without_evidence(kind):
        acts[kind]()
    assert store() == before
    acts[kind]()
    assert store() != before
    assert written(kind) == told + 1


def test_a_lost_day_is_not_rebuilt_without_evidence_that_it_was(database: None) -> None:
    _, lost = lost_day()
    before = store()
    with without_evidence("ledger.recovered"):
        recover()
    assert store() == before
    assert ledger.is_read_only(), "the database is still older than its log"
    assert len(recover()) == len(lost)
    assert written("ledger.recovered") == 2, "one for each log"


def test_nobody_completes_a_recovered_entry_without_evidence(database: None) -> None:
    _, [first, *_] = lost_day()
    recover()

    def complete() -> None:
        ledger.complete_recovered(first.id, staff_id="7", note="已核对纸质档案", now=LATER, chance=CHANCE)

    with without_evidence("ledger.completed"):
        complete()
    assert not RecoveredEntry.objects.exclude(completed_at=None).exists()
    complete()
    assert RecoveredEntry.objects.exclude(completed_at=None).count() == 1
    assert written("ledger.completed") == 1


def test_nothing_is_forgotten_without_evidence_that_it_was(database: None) -> None:
    shares(1)
    periods = opening_keys().periods()
    queries._writable_since.clear()

    def forget() -> None:
        ledger.forget_due(KEPT, DUE, DAYS, chance=CHANCE)

    with without_evidence("ledger.forgotten"):
        forget()
    assert opening_keys().periods() == periods != []
    forget()
    assert opening_keys().periods() == []
    assert written("ledger.forgotten") == len(periods)


def test_nothing_is_pruned_without_evidence_that_it_was(database: None) -> None:
    shares(300)
    there, rows = files(), Entry.objects.count()
    with without_evidence("ledger.pruned"):
        prune()
    assert (files(), Entry.objects.count()) == (there, rows)
    assert prune() == [("shares-2026", 256)]
    assert there - files() != set()
    assert written("ledger.pruned") == 1
