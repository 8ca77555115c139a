"""Keys of consumers: whose they are, since when and until when, and who may say so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.openings import fields_of
from tests.registry.conftest import NOW
from tongban.kernel.errors import Conflict, InvalidValue, NotAllowed, NotFound
from tongban.kernel.ids import Chance
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.registry.consumer_keys import read_consumer_key

MARKET, NING = "market.990121", "security.yunxi.ning"
LATER = NOW + timedelta(days=7)
Register = Callable[..., registry.ConsumerKey]


def pem(private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def register(yunxi: None, chance: Chance) -> Register:
    """Register a key as the security administrator does."""

    def registered(key: bytes, organisation: str = MARKET, by: str = NING, because: str = "接入") -> object:
        return registry.register_consumer_key(
            organisation, key, by=registry.staff(by), because=because, now=NOW, chance=chance
        )

    return registered  # type: ignore[return-value]  # what it gives is what the door gives


@pytest.mark.parametrize(
    ("private", "algorithm"),
    [
        (Ed25519PrivateKey.generate(), "ed25519"),
        (ec.generate_private_key(ec.SECP256R1()), "ecdsa-p256-sha256"),
    ],
)
def test_a_registered_key_counts_from_then_on_and_is_on_record(
    register: Register, private: Ed25519PrivateKey, algorithm: str
) -> None:
    made = register(pem(private))
    assert (made.organisation, made.algorithm) == (MARKET, algorithm)
    assert registry.consumer_key(made.key_id) == made
    assert (made.stands(NOW), made.stands(NOW - timedelta(seconds=1))) == (True, False)
    (said,) = fields_of(kind="consumer.key_registered").values()
    assert (said["key_id"], said["consumer"], said["because"]) == (made.key_id, MARKET, "接入")
    ledger.check_ledger()


def test_the_id_of_a_key_is_made_of_the_key_alone() -> None:
    one, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    assert read_consumer_key(pem(one)).key_id == read_consumer_key(pem(one)).key_id
    assert read_consumer_key(pem(one)).key_id != read_consumer_key(pem(other)).key_id


@pytest.mark.parametrize(
    "handed_in",
    [
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(65537, 2048)),
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"",
        pem(Ed25519PrivateKey.generate()) + b" " * 5000,
    ],
)
def test_a_key_of_another_kind_is_refused(handed_in: bytes) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_consumer_key(handed_in)
    assert refused.value.code == "consumer.key_kind"


def test_a_private_key_is_refused_with_the_advice_to_make_another() -> None:
    secret = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(InvalidValue) as refused:
        read_consumer_key(secret)
    assert refused.value.code == "consumer.private_key"


def test_a_replaced_key_counts_beside_the_new_one_until_its_moment(
    register: Register, chance: Chance
) -> None:
    old = register(pem(Ed25519PrivateKey.generate()))
    new = registry.replace_consumer_key(
        old.key_id,
        pem(Ed25519PrivateKey.generate()),
        until=LATER,
        by=registry.staff(NING),
        because="到期更换",
        now=NOW,
        chance=chance,
    )
    ended = registry.consumer_key(old.key_id)
    assert ended is not None
    before, after = LATER - timedelta(seconds=1), LATER
    assert [(key.stands(before), key.stands(after)) for key in (ended, new)] == [(True, False), (True, True)]
    assert new.organisation == MARKET
    (said,) = fields_of(kind="consumer.key_replaced").values()
    assert (said["key_id"], said["previous_key"]) == (new.key_id, old.key_id)


@pytest.mark.parametrize("until", [NOW - timedelta(seconds=1), NOW + timedelta(days=91)])
def test_a_replaced_key_ends_within_a_season(register: Register, chance: Chance, until: object) -> None:
    old = register(pem(Ed25519PrivateKey.generate()))
    with pytest.raises(InvalidValue):
        registry.replace_consumer_key(
            old.key_id,
            pem(Ed25519PrivateKey.generate()),
            until=until,  # type: ignore[arg-type]  # parametrize knows no types
            by=registry.staff(NING),
            because="更换",
            now=NOW,
            chance=chance,
        )
    assert registry.consumer_keys() == (old,)


def test_a_withdrawn_key_counts_no_more_and_never_again(register: Register, chance: Chance) -> None:
    handed_in = pem(Ed25519PrivateKey.generate())
    made = register(handed_in)
    registry.withdraw_consumer_key(
        made.key_id, by=registry.staff(NING), because="泄露", now=LATER, chance=chance
    )
    found = registry.consumer_key(made.key_id)
    assert found is not None
    assert not found.stands(LATER)
    with pytest.raises(Conflict):
        register(handed_in)
    with pytest.raises(NotFound):
        registry.withdraw_consumer_key(
            made.key_id, by=registry.staff(NING), because="再停", now=LATER, chance=chance
        )
    assert len(fields_of(kind="consumer.key_withdrawn")) == 1


def test_one_key_is_never_two_organisations(register: Register) -> None:
    handed_in = pem(Ed25519PrivateKey.generate())
    register(handed_in)
    with pytest.raises(Conflict):
        register(handed_in, "market.990122")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"by": "market.yundong.chen"}, NotAllowed),
        ({"because": " "}, InvalidValue),
        ({"organisation": "no.body"}, NotFound),
    ],
)
def test_nobody_else_registers_a_key_nor_without_a_cause_nor_for_nobody(
    register: Register, change: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        register(pem(Ed25519PrivateKey.generate()), **change)
    assert registry.consumer_keys() == ()
    assert fields_of(kind="consumer.key_registered") == {}
