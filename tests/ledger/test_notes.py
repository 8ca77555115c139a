"""Signed notes, keys and checkpoints against the standard's own examples and against forgers."""

import pytest

from tests.ledger.worked_example import example_signer
from tongban.kernel.errors import Invalid
from tongban.ledger.notes import (
    Checkpoint,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_vkey,
    sign_checkpoint,
    sign_note,
)

# A note and its key from the documentation of Go's sumdb/note, which the C2SP format was taken from.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyB"
    "wJnAM=\n"
)


def test_the_example_note_of_the_format_opens_under_its_key() -> None:
    assert open_note(GO_NOTE, [parse_vkey(GO_KEY)]).startswith("If you think")


def test_a_key_is_written_as_it_is_read() -> None:
    assert str(parse_vkey(GO_KEY)) == GO_KEY


@pytest.mark.parametrize(
    "wrong",
    [
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("Peter", "Petra"),
        GO_KEY[:-4],
        "PeterNeumann",
        "a+b+c",
        GO_KEY.replace("+AR", "+BB"),
    ],
)
def test_a_key_that_is_not_its_own_id_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        parse_vkey(wrong)


@pytest.mark.parametrize(
    "forged",
    [
        GO_NOTE.replace("problem,", "problems,"),
        GO_NOTE.replace("x08go/ZJ", "x08go/ZK"),
        GO_NOTE.replace("— PeterNeumann", "— Another"),
        GO_NOTE.rstrip("\n"),
        GO_NOTE.replace("— ", "- "),
        GO_NOTE.partition("\n\n")[0] + "\n\n",
        "",
    ],
)
def test_a_note_that_was_touched_does_not_open(forged: str) -> None:
    with pytest.raises(Invalid):
        open_note(forged, [parse_vkey(GO_KEY)])


def test_lines_by_unknown_keys_are_passed_over_and_a_known_keys_wrong_line_is_not() -> None:
    signer = example_signer()
    note = sign_note("a text\n", "witness/one", signer)
    log = sign_note("a text\n", "the/log", signer).rpartition("\n\n")[2]
    both = note + log
    key = signer.vkey("x")
    known = parse_vkey(str(key)), parse_vkey(GO_KEY)
    with pytest.raises(Invalid):
        open_note(both, known)
    assert open_note(both, [type(key)("the/log", signer.public_key)]) == "a text\n"
    bad = both.replace(log, log[:-8] + "AAAAAA=\n")
    with pytest.raises(Invalid):
        open_note(bad, [type(key)("the/log", signer.public_key), type(key)("witness/one", signer.public_key)])


def test_a_checkpoint_opens_under_its_logs_key_alone() -> None:
    signer = example_signer()
    checkpoint = Checkpoint(signer.origin("decisions"), 7, b"\x07" * 32)
    note = sign_checkpoint(checkpoint, signer)
    assert open_checkpoint(note, signer.vkey("decisions")) == checkpoint
    with pytest.raises(Invalid):
        open_checkpoint(note, signer.vkey("shares-2026"))
    other = sign_note(
        Checkpoint("tongban/990121/decisions", 7, b"\x07" * 32).text(), checkpoint.origin, signer
    )
    with pytest.raises(Invalid):
        open_checkpoint(other, signer.vkey("decisions"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n07\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n" + "1" * 5000 + "\n" + "A" * 43 + "=\n",  # more digits than Python reads
        "origin\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n٣\n" + "A" * 43 + "=\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_checkpoint(text)


@pytest.mark.parametrize("name", ["", "with space", "with+plus"])
def test_no_note_is_signed_under_a_name_that_breaks_its_line(name: str) -> None:
    with pytest.raises(Invalid):
        sign_note("text\n", name, example_signer())
