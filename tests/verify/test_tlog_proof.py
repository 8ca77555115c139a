"""A proof in one file of text, as C2SP tlog-proof lays it out: read by our verifier and by hand."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import signing, tlog

from tests.licences.conftest import Issuing
from tests.verify.test_command import run
from tongban.kernel.canonical import canonical
from tongban.ledger import api as ledger
from tongban.ledger.tree import leaf_hash
from tongban.licences import api as licences
from tongban.site.command import main
from tongban_verify import Verdict, anchor_from_bytes, anchor_from_fingerprint, verify_file


@pytest.fixture
def entry(issuing: Issuing) -> str:
    issuing.issue()
    issuing.publish()
    return ledger.latest("decisions", most=2).lines[1].entry


@pytest.fixture
def text(entry: str) -> str:
    return ledger.tlog_proof(ledger.proof(entry), ledger.opening(entry))


def test_it_verifies_under_the_nodes_trust_statement_and_tells_nothing_private(
    issuing: Issuing, text: str
) -> None:
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_file(text.encode(), anchor, issuing.now)
    assert report.verdict is Verdict.VALID
    assert report.facts["opened"] == {}
    extra = json.loads(b64decode(text.split("\n")[1].removeprefix("extra ")))
    assert extra["fields"] == {}
    assert set(extra["leaf"]) <= {"version", "kind", "hour", "commitment", "office"}


def test_it_is_laid_out_as_the_specification_says_and_holds_elsewhere(text: str) -> None:
    head, _, note = text.partition("\n\n")
    first, extra, index, *hashes = head.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    assert extra.startswith("extra ")
    assert note.endswith("\n")
    leaf = canonical(json.loads(b64decode(extra.removeprefix("extra ")))["leaf"])
    checkpoint = tlog.Checkpoint.from_text(note)
    trust = json.loads(licences.trust_file().read_bytes())
    checkpoint.verify(signing.Vkey.from_string(trust["content"]["logs"][0]))
    proof = tlog.InclusionProof(
        int(index.removeprefix("index ")), checkpoint.size, [b64decode(each) for each in hashes]
    )
    proof.check(leaf_hash(leaf), checkpoint.root_hash)


def test_without_the_trust_statement_nobody_can_tell(issuing: Issuing, text: str) -> None:
    for anchor in (None, anchor_from_fingerprint("sha256:" + "0" * 64)):
        report = verify_file(text.encode(), anchor, issuing.now)
        assert report.verdict is Verdict.CANNOT_TELL
        assert "no_statement" in {reason.code for reason in report.reasons}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("index 1", "index 0"),
        lambda text: text.replace("index 1", "index 01"),
        lambda text: text.replace("index 1", "index -1"),
        lambda text: text.replace("\n\n", "\n" + b64encode(b"\0" * 32).decode() + "\n\n", 1),
        lambda text: text.replace("extra ", "more "),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text[: len(text) // 2],
        lambda text: "\n".join(line for line in text.split("\n") if not line.startswith("extra ")),
    ],
)
def test_a_spoilt_proof_is_never_valid(issuing: Issuing, text: str, spoil: object) -> None:
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    spoilt = spoil(text)  # type: ignore[operator]
    assert spoilt != text
    assert verify_file(spoilt.encode(), anchor, issuing.now).verdict in {Verdict.INVALID, Verdict.UNREADABLE}


def test_any_flipped_bit_is_refused(issuing: Issuing, text: str) -> None:
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    data = text.encode()

    @given(st.integers(0, len(data) - 1), st.integers(0, 7))
    def flipped(at: int, bit: int) -> None:
        spoilt = bytearray(data)
        spoilt[at] ^= 1 << bit
        assert verify_file(bytes(spoilt), anchor, issuing.now).verdict is not Verdict.VALID

    flipped()


def test_the_command_writes_what_the_verifier_reads(issuing: Issuing, entry: str, tmp_path: Path) -> None:
    assert main(["ledger", "proof", entry, "--tlog"]) == 0
    file = tmp_path / "entry.tlog-proof"
    file.write_text(ledger.tlog_proof(ledger.proof(entry), ledger.opening(entry)), "utf-8")
    told = run(str(file), "--trust", str(licences.trust_file()), "--at", issuing.now.isoformat())
    assert told.returncode == 0
    assert "the evidence entry" in told.stdout.decode()
