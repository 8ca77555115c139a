"""The verifier's own check of SM2 says what OpenSSL says, and each algorithm takes its own keys alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.test_sm2 import KEY, MESSAGE, SIGNATURE
from tongban.kernel import sm2 as openssl
from tongban.kernel.ids import SeededChance
from tongban.licences.signer.algorithms import ALGORITHMS, SM2, make_key
from tongban_verify import sm2
from tongban_verify.algorithms import algorithm_of, verifier

KEYS = {alg: make_key(alg, SeededChance(b"algorithms")) for alg in ALGORITHMS}


def test_the_example_of_the_standard_verifies() -> None:
    public = sm2.read_public(KEY.spki)
    assert sm2.verify(public, MESSAGE, SIGNATURE)
    assert not sm2.verify(public, b"message digesT", SIGNATURE)


@settings(max_examples=30)
@given(message=st.binary(max_size=200), number=st.integers(1, openssl.ORDER - 2), bit=st.integers(0, 511))
def test_openssl_and_the_verifier_agree(message: bytes, number: int, bit: int) -> None:
    key = openssl.from_number(number.to_bytes(32))
    public, signature = sm2.read_public(key.spki), key.sign(message)
    broken = (int.from_bytes(signature) ^ (1 << bit)).to_bytes(64)
    assert sm2.verify(public, message, signature)
    assert sm2.verify(public, message, broken) is openssl.verify(key.spki, message, broken) is False


@pytest.mark.parametrize("r", [0, 1, sm2.N - 1, sm2.N, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, sm2.N - 1, sm2.N, 2**256 - 1])
def test_numbers_at_the_edges_are_no_signature_and_break_nothing(r: int, s: int) -> None:
    edge = r.to_bytes(32) + s.to_bytes(32)
    assert (
        sm2.verify(sm2.read_public(KEY.spki), MESSAGE, edge)
        is openssl.verify(KEY.spki, MESSAGE, edge)
        is False
    )


def test_the_generator_itself_may_be_somebodys_key() -> None:
    # The private number is 1: then both steps of the check walk over the same point.
    key = openssl.from_number((1).to_bytes(32))
    assert sm2.verify(sm2.read_public(key.spki), MESSAGE, key.sign(MESSAGE))


@given(at=st.integers(0, 8 * len(KEY.spki) - 1))
def test_no_flipped_bit_of_a_key_is_a_key_of_the_curve(at: int) -> None:
    broken = (int.from_bytes(KEY.spki) ^ (1 << at)).to_bytes(len(KEY.spki))
    with pytest.raises(ValueError, match="SM2"):
        sm2.read_public(broken)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_takes_its_own_keys_and_signatures_alone(alg: str) -> None:
    key = KEYS[alg]
    signature = key.sign(MESSAGE)
    assert algorithm_of(key.spki) == alg
    fits = verifier(alg, key.spki)
    assert fits(MESSAGE, signature)
    assert not fits(MESSAGE + b".", signature)
    for other in (b"", signature[:-1], signature + b"\0", bytes(64), signature[32:] + signature[:32]):
        assert not fits(MESSAGE, other)
    for another in set(ALGORITHMS) - {alg}:
        with pytest.raises(ValueError, match=r"not a|unknown kind"):
            verifier(another, key.spki)


@pytest.mark.parametrize("alg", ["none", "", "HS256", None, 1, ["Ed25519"]])
def test_a_key_of_no_known_algorithm_is_refused(alg: object) -> None:
    with pytest.raises(ValueError, match="unknown algorithm"):
        verifier(alg, KEYS[SM2].spki)


def test_a_key_written_in_another_form_has_no_second_id() -> None:
    spki = KEYS["Ed25519"].spki
    padded = b"\x30\x81\x2a" + spki[2:]  # the same in BER: a length in two bytes where one will do
    with pytest.raises(ValueError, match=r"."):
        verifier("Ed25519", padded)
