"""In the 国密 profile a checkpoint bears an SM2 signature over its text and its SM3 digest, and needs it."""

import stat
import subprocess
from base64 import b64decode, b64encode
from dataclasses import replace
from pathlib import Path

import metamorphic_log
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import backend, reader, signing

from tests.ledger.recording import SIGNER, decide, logs
from tests.ledger.test_witnessed_log import Offices, offices
from tests.ledger.worked_example import NOON
from tongban.kernel import sm2
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import SeededChance
from tongban.ledger import api as ledger
from tongban.ledger.jobs import sequence
from tongban.ledger.keys import SM2_FILE, SM2_PUBLIC_FILE
from tongban.ledger.notes import SM2, Checkpoint, open_checkpoint, parse_vkey, sign_checkpoint, with_sm3
from tongban.site.command import main

__all__ = ["offices"]
SM2_KEY = sm2.new_key(SeededChance(b"the log's SM2 key"))
BOTH = replace(SIGNER, sm2_key=SM2_KEY)
KEY = BOTH.vkey("decisions")
CHECKPOINT = Checkpoint(KEY.name, 7, b"\7" * 32)
NOTE = sign_checkpoint(CHECKPOINT, BOTH, SM2_KEY)
LINE = NOTE.splitlines(keepends=True)[-1]
BLOB = b64decode(LINE.split(" ")[2])
TEXT = CHECKPOINT.text().encode()


def with_line(blob: bytes) -> str:
    return NOTE.replace(LINE, f"— {KEY.name} {b64encode(blob).decode()}\n")


def publish(signer: ledger.LogSigner = BOTH, *, again: bool = False) -> None:
    sequence(logs(), signer, NOON, holder="one", again=again)


def openssl(*asked: str, at: Path) -> bytes:
    done = subprocess.run(["openssl", *asked], cwd=at, capture_output=True, check=False)
    return done.stdout + done.stderr


def put_public(folder: Path) -> None:
    """Write the public key as a vkey gives it, in the form that OpenSSL reads."""
    assert KEY.sm2_key is not None
    spki = sm2.spki_of(parse_vkey(str(KEY.sm2_key), type=SM2).public_key)
    lines = f"-----BEGIN PUBLIC KEY-----\n{b64encode(spki).decode()}\n-----END PUBLIC KEY-----\n"
    (folder / "public.pem").write_text(lines, "ascii")


def test_a_checkpoint_opens_with_both_signatures_and_not_without_the_sm2_one() -> None:
    assert open_checkpoint(NOTE, KEY) == CHECKPOINT
    bare = NOTE.removesuffix(LINE)
    assert open_checkpoint(bare, KEY.alone) == open_checkpoint(NOTE, KEY.alone) == CHECKPOINT
    with pytest.raises(Invalid, match="lacks its SM2 signature") as refused:
        open_checkpoint(bare, KEY)
    assert refused.value.code == "ledger.sm2_missing"
    other = sign_checkpoint(CHECKPOINT, SIGNER, sm2.new_key(SeededChance(b"another")))
    with pytest.raises(Invalid, match="lacks its SM2 signature"):
        open_checkpoint(other, KEY)


@given(st.integers(0, 8 * len(BLOB) - 1))
def test_any_flipped_bit_of_the_line_is_refused_by_its_name(bit: int) -> None:
    spoilt = (int.from_bytes(BLOB) ^ (1 << (8 * len(BLOB) - 1 - bit))).to_bytes(len(BLOB))
    with pytest.raises(Invalid) as refused:
        open_checkpoint(with_line(spoilt), KEY)
    assert refused.value.code == ("ledger.sm2_missing" if bit < 32 else "ledger.sm2_wrong")


def test_a_line_of_another_length_or_of_nothing_is_refused() -> None:
    for blob in (BLOB[:-1], BLOB + b"\0", BLOB[:36], BLOB[:4] + bytes(96), BLOB[:5]):
        with pytest.raises(Invalid, match="SM3 digest, does not fit"):
            open_checkpoint(with_line(blob), KEY)


def test_a_line_over_another_checkpoint_is_refused() -> None:
    other = sign_checkpoint(replace(CHECKPOINT, size=8), BOTH, SM2_KEY).splitlines(keepends=True)[-1]
    with pytest.raises(Invalid, match="does not fit the checkpoint"):
        open_checkpoint(NOTE.replace(LINE, other), KEY)


def test_openssl_checks_digest_and_signature_and_refuses_another_text(tmp_path: Path) -> None:
    put_public(tmp_path)
    digest, signature = BLOB[4:36], BLOB[36:]
    (tmp_path / "text").write_bytes(TEXT)
    assert digest.hex().encode() in openssl("dgst", "-sm3", "text", at=tmp_path)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    (tmp_path / "signature").write_bytes(encode_dss_signature(r, s))
    said = b"tongban checkpoint sm2 1\nsm3 " + b64encode(digest) + b"\n" + TEXT  # as docs/ledger.md says it
    asked = ["dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", "public.pem"]
    for message, answer in ((said, b"Verified OK"), (said.replace(b"\n7\n", b"\n8\n"), b"failure")):
        (tmp_path / "message").write_bytes(message)
        assert answer in openssl(*asked, "-signature", "signature", "message", at=tmp_path)


def test_a_line_that_openssl_signed_is_taken(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(SM2_KEY.pem(None))
    (tmp_path / "message").write_bytes(with_sm3(TEXT))
    asked = ["-sigopt", "distid:1234567812345678", "-sign", "key.pem", "-out", "signature", "message"]
    assert openssl("dgst", "-sm3", *asked, at=tmp_path) == b""
    r, s = decode_dss_signature((tmp_path / "signature").read_bytes())
    assert open_checkpoint(with_line(BLOB[:36] + r.to_bytes(32) + s.to_bytes(32)), KEY) == CHECKPOINT


def test_the_public_key_is_written_as_it_is_read_and_no_other_way() -> None:
    assert KEY.sm2_key is not None
    text = str(KEY.sm2_key)
    assert parse_vkey(text, type=SM2) == KEY.sm2_key
    name, hint, encoded = text.split("+", 2)
    blob = b64decode(encoded)
    for wrong in (blob[:-1], blob + b"\0", b"\1" + blob[1:], blob.replace(b"sm2 1", b"sm2 2")):
        with pytest.raises(Invalid, match="Not an SM2 vkey"):
            parse_vkey(f"{name}+{hint}+{b64encode(wrong).decode()}", type=SM2)
    with pytest.raises(Invalid, match="Not an Ed25519 vkey"):
        parse_vkey(text)
    off = replace(KEY.sm2_key, public_key=b"\4" + bytes(63) + b"\1")
    with pytest.raises(Invalid, match="does not fit"):
        open_checkpoint(with_line(off.key_id + BLOB[4:]), replace(KEY, sm2_key=off))


def test_a_published_log_is_sound_and_says_which_signature_it_lacks(
    database: None, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = ledger.keys_folder()
    ledger.make_log_key(keys, "990100")
    ledger.make_sm2_log_key(keys, SeededChance(b"log"))
    signer = ledger.load_log_key(keys, "990100")
    decide("1", "2", "3")
    publish(signer)
    assert main(["ledger", "verify"]) == 0
    path = logs() / "decisions/checkpoint"
    note = path.read_text("utf-8")
    lines = note.splitlines(keepends=True)
    assert len(lines) == 6
    path.write_text("".join(lines[:-1]), "utf-8")
    assert main(["ledger", "verify"]) == 1
    assert "lacks its SM2 signature" in capsys.readouterr().out
    path.write_text(note[:-8] + ("A" if note[-8] != "A" else "B") + note[-7:], "utf-8")
    assert main(["ledger", "verify", "--lang", "zh"]) == 1
    assert "SM2 签名或 SM3 摘要无效" in capsys.readouterr().out
    path.write_text(note, "utf-8")


def test_a_node_that_turns_to_the_profile_signs_what_it_has_published_when_it_starts(database: None) -> None:
    decide("1", "2")
    publish(SIGNER)
    assert not ledger.verify(logs() / "decisions", KEY).sound
    decide("3")
    publish(BOTH)  # the sequencer goes on from what bears one signature
    assert ledger.verify(logs() / "decisions", KEY).sound
    decide("4")
    publish(SIGNER)
    publish(BOTH)
    assert not ledger.verify(logs() / "decisions", KEY).sound
    publish(BOTH, again=True)
    found = ledger.verify(logs() / "decisions", KEY)
    assert (found.sound, found.size) == (True, 4)


def test_other_programs_and_witnesses_read_the_log_as_before(offices: Offices) -> None:
    decide(*(str(at) for at in range(30)))
    sequence(logs(), BOTH, NOON, holder="one", witnesses=offices.policy(3))
    note = (logs() / "decisions/checkpoint").read_text("utf-8")
    assert open_checkpoint(note, KEY).size == 30
    assert note.count("\n— ") == 5
    assert metamorphic_log.checkpoint_verify(note, [str(KEY)]).size == 30
    read = reader.TilesReader(backend.make_backend(str(logs() / "decisions")))
    checkpoint = read.get_checkpoint()
    checkpoint.verify(signing.Vkey.from_string(str(KEY)))
    assert (checkpoint.size, read.calculate_root_hash()) == (30, checkpoint.root_hash)


def test_a_monitor_that_knows_the_sm2_key_wants_its_signature(
    database: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide("1")
    publish(SIGNER)
    assert KEY.sm2_key is not None
    asked = ["monitor", "follow", str(logs() / "decisions"), "--vkey", str(KEY.alone), "--once"]
    asked += ["--folder", str(tmp_path / "copy"), "--lang", "en"]
    assert main(asked) == 0
    assert main([*asked, "--sm2", str(KEY.sm2_key)]) == 1
    assert "lacks its SM2 signature" in capsys.readouterr().err
    decide("2")
    publish(BOTH)
    assert main([*asked, "--sm2", str(KEY.sm2_key)]) == 0


def test_the_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    ledger.make_log_key(tmp_path, "990100")
    plain = ledger.public_log_key(tmp_path)
    assert plain is not None
    assert plain.vkey("decisions").sm2_key is None
    for _ in range(2):
        ledger.make_sm2_log_key(tmp_path, SeededChance(b"once"))
        made = ledger.load_log_key(tmp_path, "990100")
        public = ledger.public_log_key(tmp_path)
        assert made.sm2_key is not None
        assert made.sm2_key.point == sm2.new_key(SeededChance(b"once")).point
        assert public is not None
        assert public.vkey("decisions") == made.vkey("decisions")
        (tmp_path / SM2_PUBLIC_FILE).unlink()  # as a run that was killed leaves it
        ledger.make_sm2_log_key(tmp_path, SeededChance(b"twice"))
    assert stat.S_IMODE((tmp_path / SM2_FILE).stat().st_mode) == 0o600
    assert b"ENCRYPTED" in (tmp_path / SM2_FILE).read_bytes()
    (tmp_path / SM2_FILE).write_bytes(b"nothing")
    with pytest.raises(Invalid, match=r"ledger-sm2\.pem does not open as an SM2 key"):
        ledger.load_log_key(tmp_path, "990100")
