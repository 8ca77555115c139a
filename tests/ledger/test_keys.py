"""The log's key: made once, kept from others, and never replaced in silence."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tongban.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.kernel.ids import SeededChance
from tongban.ledger.keys import (
    KEY_FILE,
    PASSPHRASE_FILE,
    SM2_FILE,
    load_log_key,
    make_log_key,
    make_sm2_log_key,
    public_log_key,
)
from tongban.ledger.notes import parse_vkey


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    made = make_log_key(keys, "990100")
    found = load_log_key(keys, "990100")
    found.vkey("decisions").check(b"message", made.sign(b"message"))
    with pytest.raises(Conflict):
        make_log_key(keys, "990100")
    assert load_log_key(keys, "990100").public_key == made.public_key


def test_the_private_files_are_for_the_owner_alone_and_the_key_is_in_no_words(tmp_path: Path) -> None:
    made = make_log_key(tmp_path / "keys", "990100")
    path = tmp_path / "keys" / KEY_FILE
    for each in (path, path.with_name(PASSPHRASE_FILE)):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"ENCRYPTED" in path.read_bytes()
    assert "private" not in repr(made).lower()


@pytest.mark.parametrize("name", [KEY_FILE, SM2_FILE, PASSPHRASE_FILE])
def test_a_key_that_others_may_read_is_not_opened(tmp_path: Path, name: str) -> None:
    make_log_key(tmp_path, "990100")
    make_sm2_log_key(tmp_path, SeededChance(b"log"))
    (tmp_path / name).chmod(0o640)
    with pytest.raises(NotAllowed, match="chmod 600"):
        load_log_key(tmp_path, "990100")


def test_a_key_from_before_there_was_a_passphrase_opens_beside_one_that_has_it(tmp_path: Path) -> None:
    made = make_log_key(tmp_path, "990100")
    private = serialization.load_pem_private_key(
        (tmp_path / KEY_FILE).read_bytes(), (tmp_path / PASSPHRASE_FILE).read_bytes().strip()
    )
    (tmp_path / KEY_FILE).write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (tmp_path / PASSPHRASE_FILE).unlink()
    make_sm2_log_key(tmp_path, SeededChance(b"log"))
    found = load_log_key(tmp_path, "990100")
    assert found.public_key == made.public_key
    assert found.sm2_key is not None


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
    make_log_key(tmp_path / "locked", "990100")
    (tmp_path / "locked" / PASSPHRASE_FILE).write_text("wrong\n")
    with pytest.raises(Invalid):
        load_log_key(tmp_path / "locked", "990100")
    (tmp_path / "locked" / PASSPHRASE_FILE).unlink()
    with pytest.raises(Invalid):
        load_log_key(tmp_path / "locked", "990100")
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / KEY_FILE).write_bytes(other)
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(Invalid):
        load_log_key(tmp_path, "990100")
