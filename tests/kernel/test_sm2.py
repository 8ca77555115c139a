"""SM2 signs and verifies as the standard's example and as OpenSSL's own command do."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel import sm2

# GB/T 32918.5-2017, annex A.2: the signature of "message digest" on the recommended curve.
NUMBER = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
MESSAGE = b"message digest"
KEY = sm2.from_number(NUMBER)


def openssl(*asked: str, at: Path, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *asked], cwd=at, input=said, capture_output=True, check=False)


def test_the_example_of_the_standard_verifies_and_its_key_is_ours() -> None:
    assert KEY.spki.endswith(POINT)
    assert sm2.verify(KEY.spki, MESSAGE, SIGNATURE)
    assert not sm2.verify(KEY.spki, MESSAGE + b".", SIGNATURE)


def test_what_is_signed_here_openssl_verifies_and_the_other_way_round(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(KEY.pem(b"secret"))
    (tmp_path / "message").write_bytes(MESSAGE)
    signature = KEY.sign(MESSAGE)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    (tmp_path / "ours").write_bytes(encode_dss_signature(r, s))
    key = ["-passin", "pass:secret", "-sigopt", "distid:1234567812345678"]
    verified = openssl(
        "dgst", "-sm3", "-prverify", "key.pem", *key, "-signature", "ours", "message", at=tmp_path
    )
    assert b"Verified OK" in verified.stdout, verified.stderr
    signed = openssl("dgst", "-sm3", "-sign", "key.pem", *key, "-out", "theirs", "message", at=tmp_path)
    assert signed.returncode == 0, signed.stderr
    theirs = decode_dss_signature((tmp_path / "theirs").read_bytes())
    assert sm2.verify(KEY.spki, MESSAGE, b"".join(each.to_bytes(32) for each in theirs))


def test_a_key_comes_back_from_its_file_with_its_passphrase_alone() -> None:
    sealed = KEY.pem(b"secret")
    assert sm2.from_pem(sealed, b"secret").spki == KEY.spki
    assert sm2.from_pem(KEY.pem(None), None).spki == KEY.spki
    for pem, passphrase in ((sealed, b"other"), (sealed, None), (b"", b"secret"), (sealed[:-40], b"secret")):
        with pytest.raises(ValueError, match="OpenSSL does not read it"):
            sm2.from_pem(pem, passphrase)


@pytest.mark.parametrize("number", [0, sm2.ORDER - 1, sm2.ORDER, 2**256 - 1])
def test_a_number_outside_the_curve_is_no_key(number: int) -> None:
    with pytest.raises(ValueError, match="lies between"):
        sm2.from_number(number.to_bytes(32))


@given(message=st.binary(max_size=300), bit=st.integers(0, 511), number=st.integers(1, sm2.ORDER - 2))
def test_any_message_verifies_and_no_flipped_bit_does(message: bytes, bit: int, number: int) -> None:
    key = sm2.from_number(number.to_bytes(32))
    signature = key.sign(message)
    assert sm2.verify(key.spki, message, signature)
    broken = int.from_bytes(signature) ^ (1 << bit)
    assert not sm2.verify(key.spki, message, broken.to_bytes(64))
    assert not sm2.verify(key.spki, message + b"\0", signature)


@given(junk=st.binary(max_size=120))
def test_what_is_no_key_of_the_curve_is_refused_and_what_is_no_signature_fails(junk: bytes) -> None:
    with pytest.raises(ValueError, match="SM2"):
        sm2.verify(junk, MESSAGE, SIGNATURE)
    if junk != SIGNATURE:
        assert not sm2.verify(KEY.spki, MESSAGE, junk)
