"""What an office's key signs, what it refuses, and what its journal keeps."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.licences.conftest import MARKET, NOON, TAX
from tests.licences.fitting import fits, signed_by
from tongban.kernel.clock import SetClock
from tongban.kernel.errors import Conflict, DurabilityLost, Invalid, NotAllowed, NotFound, SourceDown
from tongban.kernel.ids import SeededChance, SystemChance
from tongban.licences.keys import make_office_key, public_keys
from tongban.licences.signer.algorithms import ALGORITHMS, DETERMINISTIC, SM2, make_key, read_key
from tongban.licences.signer.client import DirectSigners, Signers
from tongban.licences.signer.journal import Journal, lines_of
from tongban.licences.signer.keyfiles import key_id, load_key
from tongban.licences.signer.nursery import listen
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.serving import SigningService
from tongban.licences.signer.statements import Statement, read_statement, signed_bytes
from tongban.licences.signer.wire import framed, short_path, take_frame

STATEMENT = Statement(
    kind="licence",
    issuer=MARKET,
    subject="11100000MB0143028R001.11990121MB00000000.00000000000000000001.001.0",
    digest="a" * 64,
    evidence="b" * 64,
    at=NOON.isoformat(),
)


def test_a_statement_is_signed_by_the_office_key_over_its_own_context(
    signers: DirectSigners, keys: Path
) -> None:
    signature = signers.sign(MARKET, STATEMENT.text())
    key = load_key(keys / MARKET)
    value, said = bytes.fromhex(signature.value), STATEMENT.text().encode()
    assert signature.kid == public_keys(keys, MARKET)[0].kid
    assert signature.alg == public_keys(keys, MARKET)[0].alg == key.alg
    assert fits(key.alg, key.spki, b"tongban office statement v1\n" + said, value)
    assert not fits(key.alg, key.spki, said, value)


def test_signing_the_same_statement_again_gives_a_signature_as_good(
    signers: DirectSigners, keys: Path
) -> None:
    key = load_key(keys / MARKET)
    first, again = (signers.sign(MARKET, STATEMENT.text()) for _ in range(2))
    assert first == again or key.alg not in DETERMINISTIC
    assert all(signed_by(key, STATEMENT.text(), each) for each in (first, again))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"issuer": TAX}, NotAllowed),
        ({"kind": "trust"}, NotAllowed),
        ({"evidence": ""}, Invalid),
        ({"evidence": "B" * 64}, Invalid),
        ({"digest": "abc"}, Invalid),
        ({"at": "2026-11-23"}, Invalid),
        ({"subject": ""}, Invalid),
        ({"subject": "x" * 201}, Invalid),
        ({"issuer": "market"}, Invalid),
    ],
)
def test_a_statement_that_breaks_a_rule_is_never_signed(
    signers: DirectSigners, tmp_path: Path, change: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        signers.sign(MARKET, replace(STATEMENT, **change).text())
    assert lines_of(tmp_path / "signed" / MARKET) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        STATEMENT.text() + " ",
        STATEMENT.text().replace('"v":1', '"v":2'),
        STATEMENT.text().replace('"v":1', '"v":1,"extra":"x"'),
        STATEMENT.text().replace('{"at"', '{"kind":"notice","at"'),
        STATEMENT.text().replace('"licence"', "1"),
        STATEMENT.text().replace(",", ", "),
    ],
)
def test_only_the_canonical_form_is_read(text: str) -> None:
    with pytest.raises(Invalid):
        read_statement(text)


@given(st.text(max_size=60), st.integers(min_value=0, max_value=400))
def test_no_text_but_a_statement_is_read_as_one(noise: str, place: int) -> None:
    text = STATEMENT.text()
    changed = text[:place] + noise + text[place:]
    try:
        read = read_statement(changed)
    except (Invalid, NotAllowed):
        return
    assert read.text() == changed


def test_one_bad_statement_in_a_batch_stops_the_whole_batch(signers: DirectSigners, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        signers.sign_all(MARKET, [STATEMENT.text(), replace(STATEMENT, issuer=TAX).text()])
    assert lines_of(tmp_path / "signed" / MARKET) == []


def test_an_office_without_a_key_here_is_named(signers: DirectSigners) -> None:
    with pytest.raises(NotFound, match=r"social\.990100"):
        signers.sign("social.990100", STATEMENT.text())


def test_the_journal_has_a_chained_line_for_every_signature(signers: DirectSigners, tmp_path: Path) -> None:
    for number in range(5):
        signers.sign(MARKET, replace(STATEMENT, subject=f"subject {number}").text())
    lines = lines_of(tmp_path / "signed" / MARKET)
    assert [line["subject"] for line in lines] == [f"subject {number}" for number in range(5)]


def test_a_changed_journal_line_breaks_the_chain(signers: DirectSigners, tmp_path: Path) -> None:
    for number in range(3):
        signers.sign(MARKET, replace(STATEMENT, subject=f"subject {number}").text())
    segment = next((tmp_path / "signed" / MARKET).glob("*.jsonl"))
    segment.write_bytes(segment.read_bytes().replace(b"subject 1", b"subject 9"))
    with pytest.raises(ValueError, match="does not follow"):
        lines_of(tmp_path / "signed" / MARKET)


def test_a_new_start_continues_the_chain_behind_a_torn_line(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    first = Journal(folder)
    first.append([{"subject": "one"}])
    first.close()
    with first.path.open("ab") as torn:
        torn.write(b'{"n": 2, "subj')
    second = Journal(folder)
    second.append([{"subject": "two"}, {"subject": "three"}])
    second.close()
    assert [line["subject"] for line in lines_of(folder)] == ["one", "two", "three"]


def test_two_signers_of_one_office_never_run_side_by_side(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with pytest.raises(Conflict):
        Journal(tmp_path / "journal")
    journal.close()
    Journal(tmp_path / "journal").close()


def test_without_its_journal_the_signer_gives_no_signature_ever_again(keys: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    signer = OfficeSigner(MARKET, load_key(keys / MARKET), journal, SetClock(NOON))
    # A device whose every write fails with "no space left" takes the place of the journal's file.
    full, healthy = os.open("/dev/full", os.O_WRONLY), os.dup(journal._file)
    os.dup2(full, journal._file)
    with pytest.raises(DurabilityLost):
        signer.sign([STATEMENT.text()])
    os.dup2(healthy, journal._file)
    with pytest.raises(DurabilityLost):
        signer.sign([STATEMENT.text()])
    signer.close()
    os.close(full)
    os.close(healthy)
    assert lines_of(tmp_path / "journal") == []


@pytest.mark.parametrize("name", ["key.pem", "passphrase"])
def test_a_key_that_others_may_read_is_not_opened(keys: Path, name: str) -> None:
    (keys / MARKET / name).chmod(0o640)
    with pytest.raises(NotAllowed, match="chmod 600"):
        load_key(keys / MARKET)


def test_a_key_folder_that_others_may_write_is_not_opened(keys: Path) -> None:
    (keys / MARKET).chmod(0o777)
    with pytest.raises(NotAllowed, match="chmod 700"):
        load_key(keys / MARKET)


def test_a_key_behind_a_link_is_not_opened(keys: Path) -> None:
    (keys / MARKET / "key.pem").rename(keys / "elsewhere.pem")
    (keys / MARKET / "key.pem").symlink_to(keys / "elsewhere.pem")
    with pytest.raises(Invalid):
        load_key(keys / MARKET)


def test_a_wrong_passphrase_and_a_missing_key_are_said_plainly(keys: Path) -> None:
    (keys / MARKET / "passphrase").write_text("something else")
    with pytest.raises(Invalid, match="passphrase"):
        load_key(keys / MARKET)
    (keys / MARKET / "key.pem").unlink()
    with pytest.raises(NotFound):
        load_key(keys / MARKET)


def test_the_key_file_does_not_show_the_key(keys: Path) -> None:
    pem = (keys / MARKET / "key.pem").read_bytes()
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    with pytest.raises(ValueError, match=r"password|does not read it"):
        read_key(pem, b"a guess")


def test_a_key_of_sm2_is_encrypted_by_sm4_and_one_under_aes_is_read_too(tmp_path: Path) -> None:
    def openssl(*asked: str) -> bytes:
        return subprocess.run(["openssl", *asked], cwd=tmp_path, capture_output=True, check=True).stdout

    sealed = make_key(SM2, SystemChance()).pem(b"secret")
    (tmp_path / "key.pem").write_bytes(sealed)
    assert b"sm4-cbc" in openssl("asn1parse", "-in", "key.pem")
    public = ("-pubout", "-outform", "DER", "-passin", "pass:secret")
    assert openssl("pkey", "-in", "key.pem", *public) == read_key(sealed, b"secret").spki
    openssl("genpkey", "-algorithm", "SM2", "-aes-256-cbc", "-pass", "pass:secret", "-out", "theirs.pem")
    theirs = read_key((tmp_path / "theirs.pem").read_bytes(), b"secret")
    assert (theirs.alg, theirs.spki) == (SM2, openssl("pkey", "-in", "theirs.pem", *public))
    for pem in (sealed, (tmp_path / "theirs.pem").read_bytes()):
        with pytest.raises(ValueError, match=r"."):
            read_key(pem, b"another")


def test_making_a_key_twice_keeps_the_first(keys: Path) -> None:
    before = public_keys(keys, MARKET)
    again = make_office_key(MARKET, keys, now=NOON, chance=SeededChance(b"other"), alg=before[0].alg)
    assert public_keys(keys, MARKET) == before == (again,)


def test_a_city_that_changes_its_profile_gets_a_key_of_the_new_algorithm(keys: Path) -> None:
    (old,) = public_keys(keys, MARKET)
    other = next(each for each in ALGORITHMS if each != old.alg)
    new = make_office_key(MARKET, keys, now=NOON.replace(year=2027), chance=SeededChance(b"other"), alg=other)
    assert (new.alg, load_key(keys / MARKET).alg) == (other, other)
    assert [key.kid for key in public_keys(keys, MARKET)] == [old.kid, new.kid]


def test_a_renewed_key_ends_the_old_one_and_opens_with_the_same_passphrase(keys: Path) -> None:
    old = public_keys(keys, MARKET)[0]
    later = NOON.replace(year=2027)
    new = make_office_key(MARKET, keys, now=later, chance=SeededChance(b"other"), renew=True)
    ended, current = public_keys(keys, MARKET)
    assert (ended.kid, ended.valid_to) == (old.kid, later.isoformat())
    assert current == new
    assert key_id(load_key(keys / MARKET).spki) == new.kid


def test_a_key_past_its_life_is_replaced_without_being_asked(keys: Path) -> None:
    old = public_keys(keys, MARKET)[0]
    new = make_office_key(MARKET, keys, now=NOON.replace(year=2040), chance=SeededChance(b"other"))
    assert new.kid != old.kid


class Served:
    """One signer behind its socket, its rounds turned by a thread of the test."""

    def __init__(self, keys: Path, tmp_path: Path, uids: frozenset[int]) -> None:
        self.run_folder = tmp_path / "run"
        self.run_folder.mkdir()
        self.journal = tmp_path / "served"
        signer = OfficeSigner(MARKET, load_key(keys / MARKET), Journal(self.journal), SetClock(NOON))
        self.service = SigningService(
            signer, listen(self.run_folder, MARKET), uids, open_key=partial(load_key, keys / MARKET)
        )
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while not self.ended.is_set():
            self.service.round(timeout_s=0.02)

    def end(self) -> None:
        self.ended.set()
        self.thread.join()
        self.service.close()


@pytest.fixture
def served(keys: Path, tmp_path: Path) -> Iterator[Served]:
    served = Served(keys, tmp_path, frozenset({os.getuid()}))
    yield served
    served.end()


def test_the_socket_gives_a_signature_as_the_direct_call_does(served: Served, keys: Path) -> None:
    over = Signers(served.run_folder).sign(MARKET, STATEMENT.text())
    assert signed_by(load_key(keys / MARKET), STATEMENT.text(), over)


def test_the_socket_is_for_its_own_user_only(served: Served) -> None:
    assert (served.run_folder / f"{MARKET}.sock").stat().st_mode & 0o777 == 0o600


def test_another_user_gets_no_answer(keys: Path, tmp_path: Path) -> None:
    served = Served(keys, tmp_path, frozenset({os.getuid() + 1}))
    with pytest.raises(SourceDown):
        Signers(served.run_folder).sign(MARKET, STATEMENT.text())
    served.end()
    assert lines_of(served.journal) == []


def test_a_refusal_crosses_the_socket_in_words(served: Served) -> None:
    with pytest.raises(NotAllowed) as refused:
        Signers(served.run_folder).sign(MARKET, replace(STATEMENT, issuer=TAX).text())
    assert TAX in refused.value.what.zh
    assert refused.value.code == "signer.other_office"


def test_many_statements_cross_in_batches(served: Served) -> None:
    statements = [replace(STATEMENT, subject=f"{number}").text() for number in range(600)]
    assert (
        len({signature.value for signature in Signers(served.run_folder).sign_all(MARKET, statements)}) == 600
    )
    assert len(lines_of(served.journal)) == 600


def test_a_round_with_one_bad_request_still_answers_the_good_one(keys: Path, tmp_path: Path) -> None:
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    signer = OfficeSigner(MARKET, load_key(keys / MARKET), Journal(tmp_path / "served"), SetClock(NOON))
    service = SigningService(
        signer,
        listen(run_folder, MARKET),
        frozenset({os.getuid()}),
        open_key=partial(load_key, keys / MARKET),
    )
    bad = {"sign": [replace(STATEMENT, issuer=TAX).text()]}
    questions = [{"sign": [STATEMENT.text()]}, bad, {"who": True}, {"sign": []}, {"sign": [1]}, {"else": 1}]
    connections = []
    for question in questions:
        connection = socket.socket(socket.AF_UNIX)
        with short_path(run_folder, MARKET) as path:
            connection.connect(path)
        connection.sendall(framed(question))
        connections.append(connection)
    while len(service._open) < len(questions):
        service.round(timeout_s=5)
    service.round(timeout_s=5)
    answers = []
    for connection in connections:
        connection.settimeout(5)
        inbox = bytearray()
        while (answer := take_frame(inbox)) is None:
            inbox += connection.recv(65_536)
        answers.append(answer)
        connection.close()
    service.close()
    assert len(answers[0]["signatures"]) == 1
    assert answers[1]["error"]["code"] == "signer.other_office"
    assert answers[2] == {"office": MARKET, "kid": signer.kid}
    assert [answer["error"]["code"] for answer in answers[3:]] == ["signer.request"] * 3


@pytest.mark.parametrize(
    "noise", [b"\xff\xff\xff\xff", b"\0\0\0\x02{]", b"\0\0\0\x02[]", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_noise_on_the_socket_ends_only_its_own_conversation(served: Served, noise: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        with short_path(served.run_folder, MARKET) as path:
            connection.connect(path)
        connection.settimeout(5)
        connection.sendall(noise)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert Signers(served.run_folder).sign(MARKET, STATEMENT.text())


def test_a_signer_that_is_not_there_is_a_source_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(SourceDown) as silent:
        Signers(tmp_path).sign(MARKET, STATEMENT.text())
    assert "签名" in silent.value.todo.zh


def test_what_is_signed_begins_with_the_context_line() -> None:
    assert signed_bytes("{}") == b"tongban office statement v1\n{}"
