"""One byte changed anywhere in the record is named by whoever verifies: the command, the node, a stranger."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.town import Town
from tests.promises.p4_evidence_before_effect import public
from tests.promises.p4_evidence_before_effect.breaks import revoke
from tests.promises.p4_evidence_before_effect.moments import a_broken_promise, granted
from tongban.kernel.errors import TongbanError
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry, Log
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow
from tongban.site.command import main
from tongban_verify import Anchor, Verdict, anchor_from_bytes, verify_licence

PLACES = st.floats(0, 1, exclude_max=True)  # where in the bytes, whatever their length
CHANGES = st.integers(1, 255)
BASE64 = ascii_uppercase + ascii_lowercase + digits + "+/"
COLUMNS = ("leaf", "leaf_hash", "opening", "kind", "id")
CASE = 0x20  # the bit that makes a small letter a great one
search = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def changed(data: bytes, place: float, change: int) -> bytes:
    """Change one byte."""
    at = int(place * len(data))
    return data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]


def named() -> list[str]:
    """Give what the node's own check says is wrong, nothing when it finds nothing."""
    try:
        ledger.check_ledger()
    except TongbanError as found:
        return [found.what.en]
    return []


def told(capsys: pytest.CaptureFixture[str]) -> int:
    """Run `tongban ledger verify` as an auditor does; it says something, and not in a traceback."""
    code = main(["ledger", "verify"])
    assert "Traceback" not in capsys.readouterr().out
    return code


@contextmanager
def row_with(entry: Entry | Log, column: str, value: object) -> Iterator[None]:
    """Change one column of a row behind everybody's back, and put it back."""
    before = getattr(entry, column)
    rows = type(entry)._default_manager.filter(pk=entry.pk)
    rows.update(**{column: value})
    try:
        yield
    finally:
        rows.update(**{column: before})


@pytest.fixture
def whole(served: Town) -> Town:
    """A city with one filing on record, published once, so that every file of its logs is in use."""
    granted(served)
    public.published(served)
    assert named() == []
    return served


def test_a_byte_of_any_published_file_is_named(whole: Town, capsys: pytest.CaptureFixture[str]) -> None:
    top = ledger.logs_folder()
    paths = [path for path in sorted(top.rglob("*")) if path.is_file() and path.stat().st_size]
    assert {path.name for path in paths} > {"checkpoint"}
    assert len(paths) >= 6, "a checkpoint, a bundle and a tile of each of two logs"
    assert told(capsys) == 0

    @search
    @given(st.sampled_from(paths), PLACES, CHANGES)
    def whatever_byte(path: Path, place: float, change: int) -> None:
        before = path.read_bytes()
        path.write_bytes(changed(before, place, change))
        try:
            assert named(), f"{path.relative_to(top)}, byte {int(place * len(before))}"
            assert told(capsys) != 0
        finally:
            path.write_bytes(before)

    whatever_byte()
    assert named() == []


def test_a_byte_of_any_row_is_named(whole: Town, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(Entry.objects.order_by("id"))

    @search
    @given(
        st.sampled_from(rows),
        st.sampled_from(("leaf", "leaf_hash", "opening", "kind", "id")),
        PLACES,
        CHANGES,
    )
    def whatever_byte(row: Entry, column: str, place: float, change: int) -> None:
        before = getattr(row, column)
        data = before.encode() if isinstance(before, str) else bytes(before)
        spoilt: Any = changed(data, place, change)
        if isinstance(before, str):
            # A store of text keeps no broken characters and no NUL; any other character is as good a lie.
            spoilt = spoilt.decode("utf-8", errors="replace").replace("\x00", "\x01")
        if column == "id":
            assert renamed(row, spoilt)
            return
        with row_with(row, column, spoilt):
            assert any(row.pk in said for said in named()), f"{row.pk}, {column} {before!r} as {spoilt!r}"
            assert told(capsys) == 1

    whatever_byte()
    assert named() == []


def renamed(row: Entry, name: str) -> list[str]:
    """Give an entry another name, look, and give it its own back."""
    Entry.objects.filter(pk=row.pk).update(id=name)
    try:
        return named()
    finally:
        Entry.objects.filter(pk=name).update(id=row.pk)


def test_a_checkpoint_is_written_in_one_way_only(whole: Town) -> None:
    """Base64 has bits at its end that mean nothing; they are no place to change a signed file in."""
    path = ledger.logs_folder() / "decisions" / "checkpoint"
    before = path.read_text("utf-8")
    assert before.endswith("=\n")
    last = BASE64.index(before[-3])
    path.write_text(f"{before[:-3]}{BASE64[last + 1]}=\n", "utf-8")
    assert named()
    path.write_text(before, "utf-8")


def test_an_opening_is_written_in_one_way_only(whole: Town) -> None:
    """A great letter in a salt means the same number, and is still not what was written."""
    row = Entry.objects.filter(kind="pack.published").earliest("id")  # kept for good, and so unsealed
    fields = json.loads(row.opening)["fields"]
    [salt, *_] = [held["salt"] for held in fields.values() if held["salt"].upper() != held["salt"]]
    otherwise = (
        row.opening.replace(salt, salt.upper()),
        row.opening + " ",
        row.opening.replace(":", ": ", 1),
    )
    for spoilt in otherwise:
        assert spoilt != row.opening
        with row_with(row, "opening", spoilt):
            assert any(row.pk in said for said in named())


def test_an_entry_that_waits_for_its_place_is_held_to_the_same(whole: Town) -> None:
    """Between commit and publication an entry stands in the store alone, and must not be changed there."""
    draft(whole, whole.subject("wang_jianguo"), trade_word="古渡", address="west_shop")
    for row in Entry.objects.filter(seq=None):
        for column in ("leaf", "leaf_hash", "kind"):
            before = getattr(row, column)
            spoilt = "x" + before if isinstance(before, str) else changed(bytes(before), 0.5, CASE)
            with row_with(row, column, spoilt):
                assert any(row.pk in said for said in named()), column


def test_a_look_that_is_renamed_in_the_store_is_named(whole: Town) -> None:
    """Who watches over looks finds them by their kind: one that is filed under another would be hidden."""
    row = Entry.objects.filter(kind="share.released").latest("id")
    with row_with(row, "kind", "filing.opened"):
        assert any(row.pk in said for said in named())


def test_an_entry_that_is_gone_moved_or_added_is_named(whole: Town) -> None:
    rows = list(Entry.objects.filter(log="decisions").order_by("seq"))
    second, last = rows[1], rows[-1]
    for row, column, value in (
        (last, "seq", None),
        (last, "seq", last.seq + 1 if last.seq is not None else 0),
        (last, "log", "shares-2027"),
        (second, "log", "elsewhere"),
    ):
        with row_with(row, column, value):
            assert named(), (column, value)
    kept = Entry.objects.filter(pk=second.pk).values().get()
    Entry.objects.filter(pk=second.pk).delete()
    assert named()
    Entry.objects.create(**kept)
    assert named() == []


def test_a_head_that_is_touched_is_named_and_nothing_is_published_on_it(whole: Town) -> None:
    row = Log.objects.get(name="decisions")
    root, hashes = bytes(row.root), bytes(row.hashes)
    before = ledger.head("decisions").size
    draft(whole, whole.subject("wang_jianguo"), trade_word="古渡", address="west_shop")  # its entries wait

    @search
    @given(PLACES, CHANGES)
    def whatever_byte(place: float, change: int) -> None:
        for column, held in (("root", root), ("hashes", hashes)):
            with row_with(row, column, changed(held, place, change)):
                assert column == "hashes" or named()
                with pytest.raises(TongbanError):
                    public.published(whole)

    whatever_byte()
    assert ledger.head("decisions").size == before
    public.published(whole)
    assert ledger.head("decisions").size > before
    assert named() == []


def test_a_byte_of_a_licence_file_is_named_by_a_verifier_that_knows_nothing_of_us(served: Town) -> None:
    """The file of a licence with a history: one that was revoked, so that nothing of it is ever 'valid'."""
    number = a_broken_promise(served)
    revoke(served, number)
    sign_all(served)
    public.published(served)
    trust = anchor_from_bytes(licences.trust_file().read_bytes())
    revoked = LicenceRow.objects.exclude(status="01").get().identifier
    other = LicenceRow.objects.filter(status="01").exclude(signature="").earliest("id").identifier
    check_every_byte(licences.licence_file(other), trust, served, sound=Verdict.VALID)
    check_every_byte(licences.licence_file(revoked), trust, served, sound=Verdict.INVALID)


def sign_all(town: Town) -> None:
    at = town.workplace
    licences.sign_waiting(at.signers, town.now, chance=at.chance, log_signer=at.log_signer)


def check_every_byte(data: bytes, anchor: Anchor, town: Town, *, sound: Verdict) -> None:
    untouched = verify_licence(data, anchor, town.now)
    assert untouched.verdict is sound, untouched.reasons

    @settings(search, max_examples=200)
    @given(PLACES, CHANGES)
    @example(data.index(b'"salt":"') / len(data), CASE)
    def whatever_byte(place: float, change: int) -> None:
        found = verify_licence(changed(data, place, change), anchor, town.now)
        assert found.verdict in {Verdict.INVALID, Verdict.UNREADABLE}, int(place * len(data))
        assert set(found.reasons) != set(untouched.reasons), "it is as sound as before"

    whatever_byte()
