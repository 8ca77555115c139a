"""A witness: every answer that C2SP tlog-witness asks for, and no cosignature for a second story."""

import threading
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.branches import KEY, LOG, ORIGIN, TRUE, Branch, ask
from tests.ledger.recording import SIGNER
from tests.ledger.worked_example import NOON, example_signer
from tongban.kernel.errors import Invalid
from tongban.ledger.keys import LogSigner, make_log_key
from tongban.ledger.notes import (
    COSIGNATURE,
    Checkpoint,
    VerifierKey,
    cosign,
    parse_vkey,
    sign_checkpoint,
    sign_note,
    signers_of,
    split_note,
)
from tongban.ledger.witness import Answer, Witness
from tongban.ledger.witnessing import SIZE_TYPE, Request, read_request

NAME = "witness.example/court"


@pytest.fixture
def signer(tmp_path: Path) -> LogSigner:
    return make_log_key(tmp_path / "keys", "witness")


@pytest.fixture
def witness(tmp_path: Path, signer: LogSigner) -> Witness:
    return reopened(tmp_path, signer)


def reopened(folder: Path, signer: LogSigner) -> Witness:
    state = folder / "state"
    state.mkdir(exist_ok=True)
    return Witness(NAME, signer, [KEY], state)


def key_of(signer: LogSigner) -> VerifierKey:
    return VerifierKey(NAME, signer.public_key, COSIGNATURE)


def test_a_first_checkpoint_is_cosigned_with_the_time(witness: Witness, signer: LogSigner) -> None:
    answer = ask(witness, 0, 7)
    assert answer.status == 200
    note = TRUE.request(0, 7).note + answer.body
    assert list(signers_of(note, [key_of(signer)])) == [NAME]
    stamp = b64decode(answer.body.split(" ")[2])[4:12]
    assert int.from_bytes(stamp, "big") == int(NOON.timestamp())


def test_what_follows_is_cosigned_and_a_repeated_wish_again(witness: Witness) -> None:
    assert [ask(witness, *sizes).status for sizes in ((0, 3), (3, 9), (9, 9), (9, 40))] == [200] * 4
    assert witness.last(ORIGIN) == TRUE.checkpoint(40)


def test_an_old_size_that_is_not_the_last_one_is_told_the_last_one(witness: Witness) -> None:
    assert ask(witness, 3, 9) == Answer(409, "0\n", SIZE_TYPE)
    ask(witness, 0, 9)
    for old, size in ((0, 20), (8, 20), (10, 20), (0, 5), (5, 5)):
        assert ask(witness, old, size) == Answer(409, "9\n", SIZE_TYPE)


def test_a_rollback_is_never_cosigned(witness: Witness) -> None:
    ask(witness, 0, 20)
    assert ask(witness, 20, 12).status == 400  # the old size lies above the checkpoint's
    assert ask(witness, 12, 12).status == 409
    assert witness.last(ORIGIN) == TRUE.checkpoint(20)


def test_a_fork_of_the_same_size_is_refused_and_kept_as_an_accusation(witness: Witness) -> None:
    ask(witness, 0, 20)
    fork = Branch("false", 19)
    answer = ask(witness, 20, 20, fork)
    assert (answer.status, answer.media_type != SIZE_TYPE) == (409, True)
    assert witness.accusations() == [fork.request(20, 20).note]
    assert witness.last(ORIGIN) == TRUE.checkpoint(20)


def test_a_fork_that_goes_on_is_refused_and_kept_as_an_accusation(witness: Witness) -> None:
    ask(witness, 0, 20)
    fork = Branch("false", 10)
    assert ask(witness, 20, 30, fork).status == 422
    assert witness.accusations() == [fork.request(20, 30).note]


def test_another_proof_than_the_right_one_is_refused(witness: Witness) -> None:
    ask(witness, 0, 20)
    right = TRUE.request(20, 30)
    for proof in ((), right.proof[:-1], (*right.proof, b"\0" * 32), right.proof[::-1]):
        assert witness.add_checkpoint(Request(20, proof, right.note).body(), now=NOON).status == 422


def test_an_unknown_log_is_not_found_and_an_unknown_key_forbidden(tmp_path: Path, witness: Witness) -> None:
    stranger = make_log_key(tmp_path / "stranger", "990100")
    other = sign_note("other/log\n0\n" + b64encode(b"\0" * 32).decode() + "\n", "other/log", stranger)
    assert witness.add_checkpoint(Request(0, (), other).body(), now=NOON).status == 404
    forged = sign_checkpoint(TRUE.checkpoint(3), stranger)
    assert witness.add_checkpoint(Request(0, (), forged).body(), now=NOON).status == 403
    both = forged + TRUE.request(0, 3).note.split("\n\n")[1]
    assert witness.add_checkpoint(Request(0, (), both).body(), now=NOON).status == 200  # signed by ours too


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"old 0\n\n",
        b"old 0",
        b"old -1\n\nx",
        b"old 00\n\nx",
        b"old " + b"1" * 5000 + b"\n\n" + TRUE.request(0, 3).note.encode(),
        b"new 0\n\nx",
        b"old 0\nnot base64\n\nx",
        b"old 0\n" + b"AAAA\n" + b"\nx",
        b"old 0\n\n\xff\xfe",
        b"old 0\n" + b64encode(b"\0" * 32) + b"\n" * 2 + b"x\n\n",
        b"old 0\n" + (b64encode(b"\0" * 32) + b"\n") * 64 + b"\n" + TRUE.request(0, 3).note.encode(),
    ],
)
def test_what_is_malformed_is_a_bad_request(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body, now=NOON).status == 400
    assert witness.last(ORIGIN) is None


@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_request(b"old " + body)


def test_a_request_that_is_too_long_is_not_read(witness: Witness) -> None:
    assert witness.add_checkpoint(b"old 0\n\n" + b"x" * 200_000, now=NOON).status == 413


def test_what_was_cosigned_is_remembered_after_a_restart(tmp_path: Path, signer: LogSigner) -> None:
    ask(reopened(tmp_path, signer), 0, 20)
    again = reopened(tmp_path, signer)
    assert again.heads() == {ORIGIN: TRUE.checkpoint(20)}
    assert ask(again, 0, 20, Branch("false", 5)).status == 409


def test_of_two_stories_at_one_moment_one_is_cosigned(tmp_path: Path, signer: LogSigner) -> None:
    """The race that the protocol describes: both continue the same size, on two handles of one folder."""
    ask(reopened(tmp_path, signer), 0, 10)
    stories = [Branch("one", 10), Branch("two", 10), Branch("three", 12), TRUE]
    barrier = threading.Barrier(len(stories))
    answers: list[int] = []

    def run(story: Branch) -> None:
        witness = reopened(tmp_path, signer)
        barrier.wait(30)
        status = 503
        while status == 503:
            status = ask(witness, 10, 30, story).status
        answers.append(status)

    threads = [threading.Thread(target=run, args=(story,)) for story in stories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200, 409, 409, 409]


def test_one_key_may_not_pass_for_another_kind() -> None:
    text = str(VerifierKey(NAME, example_signer().public_key, COSIGNATURE))
    assert parse_vkey(text, type=COSIGNATURE).type == COSIGNATURE
    with pytest.raises(Invalid):
        parse_vkey(text)
    with pytest.raises(Invalid):
        parse_vkey(str(SIGNER.vkey(LOG)), type=COSIGNATURE)


@given(st.integers(0, 75), st.integers(0, 7))
def test_a_cosignature_with_any_bit_flipped_is_refused(at: int, bit: int) -> None:
    signer = example_signer()
    key = VerifierKey(NAME, signer.public_key, COSIGNATURE)
    note = sign_checkpoint(Checkpoint(ORIGIN, 1, b"\1" * 32), SIGNER)
    line = cosign_line(note, signer)
    raw = bytearray(b64decode(line.split(" ")[2]))
    raw[at] ^= 1 << bit
    bad = f"— {NAME} {b64encode(bytes(raw)).decode()}\n"
    if at < 4:  # another key id: a line by somebody unknown, which says nothing
        assert signers_of(note + bad, [key]) == {}
    else:
        with pytest.raises(Invalid):
            signers_of(note + bad, [key])


def cosign_line(note: str, signer: LogSigner) -> str:
    return cosign(split_note(note)[0], NAME, signer, time=1_790_000_000)
