"""The log's key: made once, kept from others, and never replaced in silence."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.ledger.keys import KEY_FILE, load_log_key, make_log_key, public_log_key
from tongban.ledger.notes import parse_vkey


@pytest.mark.parametrize("passphrase", [None, b"a passphrase"])
def test_a_key_is_made_once_and_read_again(tmp_path: Path, passphrase: bytes | None) -> None:
    keys = tmp_path / "keys"
    made = make_log_key(keys, "990100", passphrase=passphrase)
    found = load_log_key(keys, "990100", passphrase=passphrase)
    found.vkey("decisions").check(b"message", made.sign(b"message"))
    with pytest.raises(Conflict):
        make_log_key(keys, "990100")
    assert load_log_key(keys, "990100", passphrase=passphrase).public_key == made.public_key


def test_the_private_file_is_for_the_owner_alone_and_the_key_is_in_no_words(tmp_path: Path) -> None:
    made = make_log_key(tmp_path / "keys", "990100", passphrase=b"secret")
    path = tmp_path / "keys" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"ENCRYPTED" in path.read_bytes()
    assert "private" not in repr(made).lower()


def test_the_public_file_is_enough_to_verify(tmp_path: Path) -> None:
    made = make_log_key(tmp_path, "990100")
    public = public_log_key(tmp_path)
    assert public is not None
    assert public.vkey("decisions") == made.vkey("decisions") == parse_vkey(str(made.vkey("decisions")))
    assert made.vkey("decisions").name == "tongban/990100/decisions"


def test_what_is_no_key_is_said_plainly(tmp_path: Path) -> None:
    assert public_log_key(tmp_path) is None
    with pytest.raises(NotFound, match=r"no ledger\.pem"):
        load_log_key(tmp_path, "990100")
    make_log_key(tmp_path / "locked", "990100", passphrase=b"right")
    for wrong in (b"wrong", None):
        with pytest.raises(Invalid):
            load_log_key(tmp_path / "locked", "990100", passphrase=wrong)
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / KEY_FILE).write_bytes(other)
    with pytest.raises(Invalid):
        load_log_key(tmp_path, "990100")
