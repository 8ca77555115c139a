"""What an office's key signs in a PDF and in an OFD, and what it refuses to."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.licences.conftest import MARKET, NOON, TAX
from tests.licences.fitting import fits
from tongban.kernel import der
from tongban.kernel.errors import Invalid, NotAllowed, TongbanError
from tongban.licences.signer.client import DirectSigners
from tongban.licences.signer.journal import lines_of
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.seals import Seal, Stamp, is_seal, read_seal

SEAL = Seal(issuer=MARKET, subject="1.2.156", evidence="b" * 64, document="c" * 64, certificate="d" * 64)
STAMP = Stamp(
    issuer=MARKET,
    subject="1.2.156",
    evidence="b" * 64,
    document="c" * 64,
    place="/Doc_0/Signs/Sign_0/Signature.xml",
    at=NOON.isoformat(),
    seal=b64encode(der.sequence(der.integer(1))).decode(),
)


@pytest.mark.parametrize("wish", [SEAL, STAMP])
def test_a_seal_is_signed_over_what_the_signer_writes_itself(
    signers: DirectSigners, keys: Path, wish: Seal | Stamp
) -> None:
    key, signature = load_key(keys / MARKET), signers.sign(MARKET, wish.text())
    assert fits(key.alg, key.spki, wish.signed(), bytes.fromhex(signature.value))
    assert not fits(key.alg, key.spki, wish.text().encode(), bytes.fromhex(signature.value))


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (replace(SEAL, issuer=TAX), NotAllowed),
        (replace(STAMP, issuer=TAX), NotAllowed),
        (replace(SEAL, evidence=""), Invalid),
        (replace(SEAL, document="c" * 63), Invalid),
        (replace(SEAL, document="c" * 65), Invalid),
        (replace(SEAL, certificate="D" * 64), Invalid),
        (replace(STAMP, evidence="b"), Invalid),
        (replace(STAMP, document="c" * 128), Invalid),
        (replace(STAMP, place="../key.pem"), Invalid),
        (replace(STAMP, at="2026-11-23T12:00:00"), Invalid),
        (replace(STAMP, at="noon"), Invalid),
        (replace(STAMP, seal=b64encode(der.octets(b"x")).decode()), Invalid),
        (replace(STAMP, seal=b64encode(der.sequence() + b"x").decode()), Invalid),
        (replace(STAMP, seal=b64encode(b"\x30\x85").decode()), Invalid),
        (replace(STAMP, seal="!"), Invalid),
    ],
)
def test_a_seal_that_breaks_a_rule_is_never_given(
    signers: DirectSigners, tmp_path: Path, wish: Seal | Stamp, error: type[Exception]
) -> None:
    with pytest.raises(error):
        signers.sign(MARKET, wish.text())
    assert lines_of(tmp_path / "signed" / MARKET) == []


@given(st.sampled_from([SEAL, STAMP]), st.text(max_size=30), st.integers(0, 400))
def test_no_text_but_a_seal_is_read_as_one(wish: Seal | Stamp, noise: str, place: int) -> None:
    changed = wish.text()[:place] + noise + wish.text()[place:]
    try:
        read = read_seal(changed)
    except TongbanError:
        return
    assert read.text() == changed
    assert is_seal(changed)


@given(st.lists(st.binary(max_size=300), max_size=3))
def test_what_is_written_in_der_is_read_as_it_was_written(parts: list[bytes]) -> None:
    written = der.sequence(*map(der.octets, parts))
    assert der.content(written) == b"".join(map(der.octets, parts))
    for spoilt in (written + b"x", written[:-1]):
        with pytest.raises(ValueError, match="DER"):
            der.content(spoilt)
