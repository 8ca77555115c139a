"""What a signer has signed for readers it gives again, and its journal has no further line of it."""

from pathlib import Path

import pytest

from tests.licences.conftest import MARKET, NOON, TAX
from tests.licences.fitting import fits
from tests.licences.test_signer import STATEMENT
from tongban.kernel.clock import SetClock
from tongban.licences.signer.journal import Journal, lines_of
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.remembering import NAME
from tongban.licences.signer.seals import Seal, read_seal
from tongban.licences.signer.statements import Signature


def wish(document: str = "a") -> str:
    return Seal(MARKET, "1.2", "e" * 64, document * 64, "c" * 64).text()


def open_signer(keys: Path, folder: Path) -> OfficeSigner:
    return OfficeSigner(MARKET, load_key(keys / MARKET), Journal(folder), SetClock(NOON))


def test_what_is_signed_for_whoever_reads_is_given_again_from_the_journal(keys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    first: Signature | None = None
    for _ in range(2):  # a new start opens a new segment
        signer = open_signer(keys, folder)
        for _ in range(3):
            [again] = signer.sign([wish()])
            first = first or again
            assert again == first
        signer.close()
    assert [line["kind"] for line in lines_of(folder)] == ["seal"]
    signer = open_signer(keys, folder)
    assert signer.sign([wish("b"), wish(), STATEMENT.text()])[1] == first
    signer.close()
    assert [line["kind"] for line in lines_of(folder)] == ["seal", "seal", STATEMENT.kind]


def test_another_key_of_the_office_signs_for_itself(keys: Path, tmp_path: Path) -> None:
    signer = open_signer(keys, tmp_path / "journal")
    [first] = signer.sign([wish()])
    signer.use(load_key(keys / TAX))
    [second] = signer.sign([wish()])
    signer.close()
    assert second.kid != first.kid
    assert [line["kid"] for line in lines_of(tmp_path / "journal")] == [first.kid, second.kid]


@pytest.mark.parametrize("spoil", ["lost", "broken", "of another journal"])
def test_an_index_that_does_not_fit_costs_a_line_and_never_a_wrong_signature(
    keys: Path, tmp_path: Path, spoil: str
) -> None:
    folder = tmp_path / "journal"
    signer = open_signer(keys, folder)
    signer.sign([wish(), wish("b")])
    signer.close()
    if spoil == "lost":
        (folder / NAME).unlink()
    elif spoil == "broken":
        (folder / NAME).write_bytes(b"no database" * 500)
    else:  # the lines stand elsewhere than the index says, as behind a restored journal
        segment = folder / "000001.jsonl"
        segment.write_bytes(b"".join(reversed(segment.read_bytes().splitlines(keepends=True))))
    signer = open_signer(keys, folder)
    [said] = signer.sign([wish()])
    key = load_key(keys / MARKET)
    assert fits(key.alg, key.spki, read_seal(wish()).signed(), bytes.fromhex(said.value))
    assert signer.sign([wish()]) == [said]
    signer.close()
    assert len((folder / "000002.jsonl").read_bytes().splitlines()) == 1
