"""A log that pruned its beginning by right is told from one that lost it, and its own word from any other."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.recording import SIGNER, logs
from tests.ledger.test_pruning import DUE, LARGE, SHARES, large, prune, shares
from tests.ledger.test_sm2_line import BOTH
from tests.verify.forging import trust_statement
from tests.verify.test_command import run
from tests.verify.test_logs import LEAVES, Kept, Server, server
from tongban.kernel import sm2
from tongban.kernel.ids import SeededChance
from tongban.ledger.api import LogSigner
from tongban.ledger.notes import Checkpoint, sign_by_sm2, sign_checkpoint, sign_note
from tongban.ledger.pruned import PRUNED, Pruned, prunable, sign_pruned
from tongban.ledger.tiles import grow
from tongban.ledger.tree import Range, append, leaf_hash
from tongban_verify import Anchor, Report, Verdict, anchor_from_bytes, from_address, from_folder, verify_log

__all__ = ["server"]
ORIGIN = SIGNER.origin(SHARES)
TRUST = json.dumps(trust_statement(logs=[str(SIGNER.vkey(SHARES)), str(SIGNER.vkey("decisions"))])).encode()
WITH_SM2 = json.dumps(
    trust_statement(logs=[str(BOTH.vkey(SHARES))], logs_sm2=[str(BOTH.vkey(SHARES).sm2_key)])
).encode()
ANCHOR, SM2_ANCHOR = anchor_from_bytes(TRUST), anchor_from_bytes(WITH_SM2)
SAID = Pruned(ORIGIN, 512, "2029-12-31")
NOTE = sign_pruned(SAID, SIGNER)
OTHER_SM2 = sm2.new_key(SeededChance(b"another SM2 key"))


def judged(files: dict[str, bytes], anchor: Anchor = ANCHOR) -> Report:
    return verify_log(Kept(files).read, anchor, DUE)


def codes(files: dict[str, bytes], anchor: Anchor = ANCHOR) -> list[str]:
    return [reason.code for reason in judged(files, anchor).reasons]


@cache
def whole(log: str = SHARES, size: int = 700, signer: LogSigner = SIGNER) -> dict[str, bytes]:
    """Give the files of a log that was never pruned."""
    hashes = [leaf_hash(each) for each in LEAVES[:size]]
    head = Checkpoint(signer.origin(log), size, append(Range(), hashes).root())
    note = sign_checkpoint(head, signer, signer.sm2_key)
    return {**dict(grow(0, LEAVES[:size], hashes, lambda _: None)), "checkpoint": note.encode()}


def without(files: dict[str, bytes], minimum: int) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path not in prunable(minimum)}


def saying(note: str, minimum: int = 512, log: str = SHARES) -> dict[str, bytes]:
    """Give a log that lacks what lies before an index, beside a note that may say so."""
    return {**without(whole(log), minimum), PRUNED: note.encode()}


PRUNED_LOG = saying(NOTE)
PRUNED_BY_BOTH = {
    **without(whole(signer=BOTH), 512),
    PRUNED: sign_pruned(SAID, BOTH, BOTH.sm2_key).encode(),
}


def test_a_log_that_its_node_pruned_is_valid_and_its_sentence_counts_what_is_gone(
    database: None, tmp_path: Path, server: Server
) -> None:
    shares(600)
    before = verify_log(from_folder(logs() / SHARES), ANCHOR, DUE)
    assert before.verdict is Verdict.VALID
    assert "全部 600 条存证和每个哈希文件均核验无误。" in before.sentence("zh")
    assert prune() == [(SHARES, 512)]
    report = verify_log(from_folder(logs() / SHARES), ANCHOR, DUE)
    assert report.sentence("zh") == (
        "有效：日志（tongban/990100/shares-2026）由节点 990100 签发，检查点和清理声明的签名、现存 88 条存证和"
        "每个现存的哈希文件均核验无误；此前 512 条已依其声明合法清理，不再保存（保存至 2029-12-31）。"
    )
    assert report.sentence("en") == (
        "Valid: the log tongban/990100/shares-2026, issued by node 990100; its checkpoint and its note on"
        " pruning, the 88 entries that it keeps and every tile verify; the 512 before them lawfully no longer"
        " stand there (kept until 2029-12-31)."
    )
    log = report.as_dict()["log"]
    assert isinstance(log, dict)
    assert (log["size"], log["minimum"], log["kept_until"]) == (600, 512, "2029-12-31")
    top = logs() / SHARES
    files = (path for path in top.rglob("*") if path.is_file())
    server.kept = Kept({path.relative_to(top).as_posix(): path.read_bytes() for path in files})
    assert verify_log(from_address(server.address), ANCHOR, DUE).as_dict() == report.as_dict()
    trust = tmp_path / "trust.json"
    trust.write_bytes(TRUST)
    for place in (str(top), server.address):
        told = run(place, "--trust", str(trust), "--at", DUE.isoformat(), "--lang", "zh")
        assert (told.returncode, told.stdout.decode()) == (0, report.sentence("zh") + "\n")
    (top / PRUNED).unlink()
    told = run(str(top), "--trust", str(trust), "--at", DUE.isoformat(), "--lang", "zh")
    assert (told.returncode, "缺少检查点所含的文件（tile/entries/000）" in told.stdout.decode()) == (1, True)


@pytest.mark.parametrize("minimum", [256, 512, 65_280, 65_536, 65_792])
def test_wherever_a_log_was_pruned_what_is_left_leads_to_its_root(minimum: int) -> None:
    files = without(large(), minimum)
    assert codes(files) == ["log_missing"]
    files[PRUNED] = sign_pruned(Pruned(ORIGIN, minimum, "2029-12-31"), SIGNER).encode()
    report = judged(files)
    assert report.verdict is Verdict.VALID, report.sentence("en")
    assert f"the {LARGE - minimum} entries" in report.sentence("en")


def test_a_log_of_which_no_entry_is_left_is_still_its_root() -> None:
    files = {**without(whole(size=512), 512), PRUNED: NOTE.encode()}
    assert judged(files).verdict is Verdict.VALID
    assert "现存 0 条存证" in judged(files).sentence("zh")
    assert codes({**files, "tile/1/000.p/2": bytes(64)}) == ["log_root"]


def test_the_full_tile_may_stand_where_the_partial_one_was() -> None:
    files = dict(PRUNED_LOG)
    files["tile/1/000"] = files.pop("tile/1/000.p/2") + bytes(32 * 254)
    assert judged(files).verdict is Verdict.VALID


@pytest.mark.parametrize("path", sorted({*PRUNED_LOG} - {"checkpoint", PRUNED}))
def test_what_is_missing_beyond_the_note_is_missed_by_name(path: str) -> None:
    report = judged({other: data for other, data in PRUNED_LOG.items() if other != path})
    assert [(reason.code, reason.place) for reason in report.reasons] == [("log_missing", path)]


def test_a_note_that_claims_less_than_is_missing_excuses_no_more_than_it_says() -> None:
    less = sign_pruned(Pruned(ORIGIN, 256, "2029-12-31"), SIGNER)
    assert judged(saying(less, 256)).verdict is Verdict.VALID
    report = judged(saying(less))
    assert [(each.code, each.place) for each in report.reasons] == [("log_missing", "tile/entries/001")]


def test_what_a_killed_run_has_left_below_the_index_hurts_nothing_and_is_not_vouched_for() -> None:
    files = {**whole(), PRUNED: NOTE.encode(), "tile/entries/001": b"anything"}
    assert judged(files).verdict is Verdict.VALID
    assert "the 188 entries that it keeps" in judged(files).sentence("en")


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (sign_pruned(Pruned(SIGNER.origin("shares-2025"), 512, "2028-12-31"), SIGNER), "pruned_other"),
        (sign_note(SAID.text(), SIGNER.origin("decisions"), SIGNER), "pruned_signature"),
        ("", "pruned_note"),
        (SAID.text(), "pruned_note"),
        (SAID.text() + "\n", "pruned_note"),
        (NOTE.replace("\n512\n", "\n256\n"), "pruned_signature"),
        (NOTE.replace("2029", "2028"), "pruned_signature"),
        (sign_note(SAID.text() + "more\n", ORIGIN, SIGNER), "pruned_note"),
        (sign_note(SAID.text().replace("pruned 1", "pruned 2"), ORIGIN, SIGNER), "pruned_note"),
        (whole()["checkpoint"].decode(), "pruned_note"),
        (sign_pruned(Pruned(ORIGIN, 511, "2029-12-31"), SIGNER), "pruned_note"),
        (sign_pruned(Pruned(ORIGIN, 0, "2029-12-31"), SIGNER), "pruned_note"),
        (sign_pruned(Pruned(ORIGIN, 2**63, "2029-12-31"), SIGNER), "pruned_note"),
        (sign_note(SAID.text().replace("512", "9" * 5000), ORIGIN, SIGNER), "pruned_note"),
        (sign_pruned(Pruned(ORIGIN, 512, "20291231"), SIGNER), "pruned_note"),
        (sign_pruned(Pruned(ORIGIN, 512, "2029-02-30"), SIGNER), "pruned_note"),
        (sign_pruned(Pruned(ORIGIN, 768, "2029-12-31"), SIGNER), "pruned_beyond"),
        (sign_pruned(Pruned(ORIGIN, 512, "2030-01-01"), SIGNER), "pruned_early"),
    ],
)
def test_a_note_that_is_not_the_logs_word_is_refused_by_name(note: str, code: str) -> None:
    report = judged(saying(note))
    assert [(reason.code, reason.place) for reason in report.reasons] == [(code, PRUNED)]
    assert report.verdict is Verdict.INVALID
    assert "不再保存（" not in report.sentence("zh")
    assert codes({**whole(), PRUNED: note.encode()}) == [code], "though nothing is missing"


def test_a_log_that_is_kept_for_good_is_not_pruned_though_it_signed_that_it_was() -> None:
    told = sign_pruned(Pruned(SIGNER.origin("decisions"), 512, "2029-12-31"), SIGNER)
    assert judged(whole("decisions")).verdict is Verdict.VALID
    assert codes(saying(told, log="decisions")) == ["pruned_for_good"]


def test_the_last_day_of_keeping_is_a_day_in_shanghai_and_is_over_when_the_next_begins() -> None:
    assert verify_log(Kept(PRUNED_LOG).read, ANCHOR, DUE).verdict is Verdict.VALID
    last = datetime(2029, 12, 31, 15, 59, 59, tzinfo=UTC)
    early = verify_log(Kept(PRUNED_LOG).read, ANCHOR, last)
    assert [reason.code for reason in early.reasons] == ["pruned_early"]
    over = datetime(2029, 12, 31, 16, tzinfo=UTC)
    assert verify_log(Kept(PRUNED_LOG).read, ANCHOR, over).verdict is Verdict.VALID


def test_where_an_sm2_key_is_announced_it_signs_the_note_too() -> None:
    report = judged(PRUNED_BY_BOTH, SM2_ANCHOR)
    assert report.verdict is Verdict.VALID
    assert "检查点和清理声明的签名（含 SM2）、现存 188 条" in report.sentence("zh")
    assert "its note on pruning (SM2 too), the 188 entries" in report.sentence("en")
    assert judged(PRUNED_BY_BOTH).verdict is Verdict.VALID, "who knows Ed25519 alone passes over the line"
    assert codes({**PRUNED_BY_BOTH, PRUNED: NOTE.encode()}, SM2_ANCHOR) == ["pruned_without_sm2"]
    by_another = sign_by_sm2(NOTE, ORIGIN, OTHER_SM2)
    assert codes({**PRUNED_BY_BOTH, PRUNED: by_another.encode()}, SM2_ANCHOR) == ["pruned_without_sm2"]
    other = sign_pruned(Pruned(ORIGIN, 256, "2029-12-31"), BOTH, BOTH.sm2_key)
    line = other.splitlines(keepends=True)[-1]
    assert codes({**PRUNED_BY_BOTH, PRUNED: (NOTE + line).encode()}, SM2_ANCHOR) == ["pruned_sm2"]


@settings(max_examples=400)
@given(st.sampled_from(sorted(PRUNED_BY_BOTH)), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_in_any_file_leaves_a_pruned_log_valid(path: str, place: float, bit: int) -> None:
    spoilt = bytearray(PRUNED_BY_BOTH[path])
    spoilt[int(place * len(spoilt))] ^= 1 << bit
    report = judged({**PRUNED_BY_BOTH, path: bytes(spoilt)}, SM2_ANCHOR)
    assert report.verdict is Verdict.INVALID
    assert all(report.sentence(language) for language in ("zh", "en"))


def test_no_flipped_bit_in_the_note_leaves_a_pruned_log_valid() -> None:
    note = PRUNED_BY_BOTH[PRUNED]
    for place in range(8 * len(note)):
        spoilt = bytearray(note)
        spoilt[place // 8] ^= 1 << place % 8
        found = codes({**PRUNED_BY_BOTH, PRUNED: bytes(spoilt)}, SM2_ANCHOR)
        assert [code.partition("_")[0] for code in found] == ["pruned"], place


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_in_the_place_of_the_note_excuse_anything(data: bytes, behind: bool) -> None:
    put = PRUNED_LOG[PRUNED] + data if behind else data
    assert (judged({**PRUNED_LOG, PRUNED: put}).verdict is Verdict.VALID) == (put == PRUNED_LOG[PRUNED])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((404, {}, b""), "log_missing"),
        ((410, {}, b""), "log_missing"),
        ((503, {}, b""), "log_unreached"),
        ((302, {"Location": "/logs/decisions/checkpoint"}, b""), "log_unreached"),
        ((200, {"Content-Length": "9000"}, b"cut short"), "log_unreached"),
        ((200, {}, b"x" * 100_000), "pruned_note"),
    ],
)
def test_whatever_a_server_answers_for_the_note_there_is_a_verdict(
    server: Server, answer: tuple[int, dict[str, str], bytes], code: str
) -> None:
    server.kept = Kept(PRUNED_LOG)
    assert verify_log(from_address(server.address), ANCHOR, DUE).verdict is Verdict.VALID
    server.answers[PRUNED] = answer
    report = verify_log(from_address(server.address), ANCHOR, DUE)
    assert [reason.code for reason in report.reasons] == [code]
