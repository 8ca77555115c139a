"""What is due is forgotten, everywhere and for good, and the log says when, what and under which rule."""

import json
import shutil
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from tests.disk.model import ModelDisk, Stopped
from tests.ledger.recording import SIGNER, decide, logs, publish
from tongban.kernel import calendar
from tongban.kernel.errors import Conflict, Invalid, NotFound, TongbanError
from tongban.kernel.ids import SystemChance
from tongban.kernel.seals import AES_BYTES, SM4_BYTES, unseal
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.ledger import queries
from tongban.ledger.disk import DISK
from tongban.ledger.models import Entry, Log
from tongban.ledger.openings import open_stored, opening_keys
from tongban.ledger.retention import last_day
from tongban.ledger.sealing import DESTROYED, OpeningKeys

RULE = Text("本市规定三年", "three years, says the city")
KEPT = {each: ledger.Kept(3, "year", RULE) for each in ledger.KEPT_FOR_A_TIME}
DAYS = calendar.load(Path(__file__).parents[2] / "cities/yunxi/calendar.yaml")
CHANCE = SystemChance()
PERIOD = "results-2026-11"
DUE = datetime(2029, 12, 1, 4, tzinfo=UTC)


def forget(now: datetime = DUE, kept: ledger.Schedule = KEPT) -> list[str]:
    queries._writable_since.clear()
    return [each.period for each in ledger.forget_due(kept, now, DAYS, chance=CHANCE)]


def keys() -> Path:
    return Path(settings.VAR).with_name("var-opening-keys")


def key_file() -> Path:
    [path] = keys().glob(f"{PERIOD}.*")
    return path


def everything_kept() -> bytes:
    """Give all that the node holds: its folder, its keys, its rows."""
    places = (Path(settings.VAR), keys())
    files = b"".join(path.read_bytes() for place in places for path in place.rglob("*") if path.is_file())
    return files + repr(list(Entry.objects.values_list("opening", flat=True))).encode()


def test_a_node_of_the_guomi_profile_seals_by_sm4_and_forgets_as_well(database: None) -> None:
    [before] = decide("one")
    ledger.make_sm2_log_key(ledger.keys_folder(), CHANCE)
    [same_month] = decide("two")
    assert len(key_file().read_bytes()) == AES_BYTES  # a month that was begun under AES goes on so
    december = datetime(2026, 12, 1, 4, tzinfo=UTC)
    [after] = decide("three", now=december)
    [path] = keys().glob("results-2026-12.*")
    key = path.read_bytes()
    assert len(key) == SM4_BYTES
    opened = [ledger.opening(entry.id).value("case_number") for entry in (before, same_month, after)]
    assert opened == ["one", "two", "three"]
    row = Entry.objects.get(pk=after.id)
    sealed = b64decode(row.opening.partition(":")[2].rstrip('"'))
    assert json.loads(unseal(key, sealed, bytes(row.leaf)))["leaf"] == json.loads(row.leaf)
    publish()
    ledger.check_ledger()
    assert forget(datetime(2030, 1, 1, 4, tzinfo=UTC)) == [PERIOD, "results-2026-12"]
    assert {path.read_bytes() for path in keys().glob("results-*")} == {DESTROYED}
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(after.id)
    assert key not in everything_kept()
    with pytest.raises(Conflict, match="destroyed on schedule"):
        opening_keys().seal(b"{}", b"leaf", "results-2026-12", CHANCE)


def test_nothing_is_forgotten_before_its_last_day_is_over(database: None) -> None:
    [entry] = decide("one")
    publish()
    assert forget(datetime(2029, 11, 30, 15, tzinfo=UTC)) == []
    assert ledger.opening(entry.id).value("case_number") == "one"
    assert forget(datetime(2029, 11, 30, 16, tzinfo=UTC)) == [PERIOD]  # midnight in Shanghai
    assert forget() == []


def test_a_forgotten_entry_is_still_proven_and_says_when_and_under_which_rule(database: None) -> None:
    [entry] = decide("one")
    publish()
    before = ledger.proof(entry.id).leaf
    assert forget() == [PERIOD]
    publish(now=DUE)
    with pytest.raises(ledger.PeriodForgotten) as gone:
        ledger.opening(entry.id)
    assert "2029-12-01T04:00:00.000Z" in str(gone.value)
    assert RULE.en in gone.value.what.en
    proven = ledger.read_proof(ledger.proof(entry.id).as_dict(), SIGNER.vkey("decisions"))
    assert proven.leaf == before
    evidence = Entry.objects.get(kind="ledger.forgotten")
    told = ledger.opening(evidence.id)
    assert (told.value("period"), told.value("kept_until")) == (PERIOD, "2029-11-30")
    assert evidence.id in gone.value.what.en
    assert ledger.proof(evidence.id).index == 1
    ledger.check_ledger()


def test_no_key_and_no_salt_is_left_anywhere(database: None) -> None:
    [entry] = decide("one")
    publish()
    opened = ledger.opening(entry.id)
    key = key_file().read_bytes()
    assert key in everything_kept()
    forget()
    kept = everything_kept()
    assert key not in kept
    for held in opened.fields.values():
        assert held["salt"].encode() not in kept


def test_an_emptied_opening_is_not_a_forgotten_one(database: None) -> None:
    one, two = decide("one", "two")
    publish()
    Entry.objects.filter(pk=one.id).update(opening="")
    with pytest.raises(Conflict, match=one.id) as emptied:
        ledger.opening(one.id)
    assert emptied.value.code == "ledger.opening_emptied"
    assert [one.id in each.en for each in ledger.verify_against_store("decisions")] == [True]
    forget()
    assert [one.id in each.en for each in ledger.verify_against_store("decisions")] == [True]
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(two.id)


def test_a_key_that_is_gone_without_evidence_is_an_error_that_names_the_entry(database: None) -> None:
    [entry] = decide("one")
    publish()
    key_file().unlink()
    with pytest.raises(Conflict, match=entry.id) as missing:
        ledger.opening(entry.id)
    assert missing.value.code == "ledger.opening_key_missing"
    [problem] = ledger.verify_against_store("decisions")
    assert entry.id in problem.en
    assert PERIOD in problem.en


def test_no_sealed_opening_passes_for_another_entrys(database: None) -> None:
    one, two = decide("one", "two")
    stored = Entry.objects.get(pk=one.id).opening
    Entry.objects.filter(pk=two.id).update(opening=stored)
    with pytest.raises(Invalid):
        ledger.opening(two.id)


class Backup:
    """Database, log and journal as they were; and what an operator ought not to keep with them, the keys."""

    def __init__(self, folder: Path) -> None:
        self.entries, self.heads = list(Entry.objects.values()), list(Log.objects.values())
        self.folder = folder
        shutil.copytree(settings.VAR, folder / "var")
        shutil.copytree(keys(), folder / "keys")

    def stored(self, entry: str) -> tuple[str, bytes]:
        [row] = [row for row in self.entries if row["id"] == entry]
        return row["opening"], bytes(row["leaf"])

    def restore(self, *, with_keys: bool) -> None:
        """Put the database back; the log and its journal are the node's own, and newer."""
        Entry.objects.all().delete()
        Log.objects.all().delete()
        Entry.objects.bulk_create(Entry(**row) for row in self.entries)
        Log.objects.bulk_create(Log(**row) for row in self.heads)
        if with_keys:
            shutil.rmtree(keys())
            shutil.copytree(self.folder / "keys", keys())


@pytest.mark.parametrize("with_keys", [False, True])
def test_a_backup_from_before_the_forgetting_opens_nothing_once_the_node_runs(
    database: None, tmp_path: Path, with_keys: bool
) -> None:
    [entry] = decide("one")
    publish()
    backup = Backup(tmp_path / "backup")
    forget()
    publish(now=DUE)
    backup.restore(with_keys=with_keys)
    assert bool(ledger.finish_forgetting()) == with_keys  # before the node serves
    with pytest.raises((Conflict, NotFound)):
        ledger.opening(entry.id)
    assert open_stored(*backup.stored(entry.id), opening_keys()) is None
    queries._writable_since.clear()
    ledger.recover(logs(), SIGNER, now=DUE, chance=CHANCE)
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(entry.id)
    publish(now=DUE)
    ledger.check_ledger()


def test_the_backup_itself_is_unreadable_without_the_node(database: None, tmp_path: Path) -> None:
    """What lies on a tape somewhere: rows and journal, and no key that opens them any more."""
    [entry] = decide("one")
    publish()
    secret = ledger.opening(entry.id).fields["case_number"]["salt"]
    backup = Backup(tmp_path / "backup")
    forget()
    tape = b"".join(path.read_bytes() for path in (tmp_path / "backup/var").rglob("*") if path.is_file())
    tape += repr(backup.entries).encode()
    assert entry.id.encode() in tape
    assert secret.encode() not in tape
    assert not opening_keys().periods()


def test_a_run_that_was_killed_after_the_evidence_is_finished_by_the_next(database: None) -> None:
    [entry] = decide("one")
    key = key_file().read_bytes()
    forget()
    key_file().write_bytes(key)  # as if the process had been killed before it destroyed the key
    assert ledger.opening(entry.id)
    assert ledger.finish_forgetting() == [PERIOD]
    with pytest.raises(ledger.PeriodForgotten):
        ledger.opening(entry.id)
    assert Entry.objects.filter(kind="ledger.forgotten").count() == 1


def test_the_key_of_a_forgotten_month_is_never_made_again(database: None) -> None:
    decide("one")
    forget()
    opening_keys()._sealing.clear()
    with pytest.raises(Conflict):
        decide("two")  # on a machine whose clock is years late


def test_a_folder_of_keys_that_was_lost_and_begun_anew_takes_the_old_keys_back(database: None) -> None:
    [one] = decide("one")
    kept = key_file()
    key = kept.read_bytes()
    kept.unlink()
    opening_keys()._sealing.clear()
    [two] = decide("two")
    assert ledger.opening(two.id).value("case_number") == "two"
    with pytest.raises(Conflict) as missing:
        ledger.opening(one.id)
    assert missing.value.code == "ledger.opening_key_missing"
    kept.write_bytes(key)
    assert ledger.opening(one.id).value("case_number") == "one"
    forget()
    for entry in (one, two):
        with pytest.raises(ledger.PeriodForgotten):
            ledger.opening(entry.id)


def test_what_is_kept_for_good_has_no_key(database: None) -> None:
    decide("one")
    forget(datetime(2200, 1, 1, tzinfo=UTC))
    assert opening_keys().periods() == []
    assert ledger.opening(Entry.objects.get(kind="ledger.forgotten").id).value("period") == PERIOD


@pytest.mark.parametrize(("kept", "least"), [("shares", "Art. 29"), ("oversight", "to be verified")])
def test_a_city_cannot_forget_sooner_than_law_allows(database: None, kept: str, least: str) -> None:
    decide("one")
    short = {**KEPT, kept: ledger.Kept(5, "month", RULE)}
    with pytest.raises(Invalid) as refused:
        forget(kept=short)
    assert least in refused.value.what.en
    assert opening_keys().periods() == [PERIOD]


def test_a_class_for_which_nothing_is_decided_is_kept(database: None) -> None:
    decide("one")
    assert forget(kept={}) == []


@pytest.mark.parametrize(
    ("period", "amount", "unit", "last"),
    [
        ("results-2026-11", 3, "year", "2029-11-30"),
        ("results-2026-12", 3, "year", "2029-12-31"),
        ("shares-2024-02", 6, "month", "2024-08-29"),
        ("shares-2024-02", 10, "day", "2024-03-10"),
    ],
)
def test_a_month_is_kept_from_its_last_day_on(period: str, amount: int, unit: str, last: str) -> None:
    kept = replace(KEPT["shares"], amount=amount, unit=unit)
    assert last_day(period, kept, DAYS).isoformat() == last


TOP = Path("/keys-of-node")


def test_a_key_is_on_the_disk_before_anything_is_sealed_with_it() -> None:
    """Whatever the moment of a power cut: what was sealed opens, and what was destroyed does not."""
    for seed in range(60):
        for stop in range(8):
            disk = ModelDisk(TOP, stop_after=stop)
            sealing, sealed = OpeningKeys(TOP / "keys", disk), ""
            try:
                sealed = sealing.seal(b"{}", b"leaf", PERIOD, CHANCE)
            except Stopped:
                disk.stop_after = None
            after = OpeningKeys(TOP / "keys", disk.after_power_cut(Random(seed)))
            assert not sealed or after.open(sealed, b"leaf", PERIOD) == b"{}"
            again = after.seal(b"{}", b"leaf", PERIOD, CHANCE)
            assert after.open(again, b"leaf", PERIOD) == b"{}"


class Unsynced(ModelDisk):
    """Lets the bytes of files, or the names in folders, lie."""

    left_out = ""

    def fsync(self, path: Path) -> None:
        if self.left_out != "file":
            super().fsync(path)

    def fsync_folder(self, path: Path) -> None:
        if self.left_out != path.name:
            super().fsync_folder(path)


@pytest.mark.parametrize("left_out", ["file", "keys", TOP.name])
def test_no_fsync_of_a_key_can_be_left_out(left_out: str) -> None:
    lost = 0
    for seed in range(60):
        disk = type("Forgetful", (Unsynced,), {"left_out": left_out})(TOP)
        sealed = OpeningKeys(TOP / "keys", disk).seal(b"{}", b"leaf", PERIOD, CHANCE)
        after = OpeningKeys(TOP / "keys", disk.after_power_cut(Random(seed)))
        try:
            lost += after.open(sealed, b"leaf", PERIOD) != b"{}"
        except (ValueError, TongbanError):
            lost += 1
    assert lost


@pytest.mark.parametrize("length", [AES_BYTES, SM4_BYTES])
@pytest.mark.parametrize(("left_out", "survives"), [("", False), ("file", True)])
def test_a_destroyed_key_stays_destroyed_after_a_power_cut(
    left_out: str, survives: bool, length: int
) -> None:
    found: set[bytes | None] = set()
    for seed in range(60):
        disk = type("Forgetful", (Unsynced,), {"left_out": ""})(TOP)
        sealing = OpeningKeys(TOP / "keys", disk, new_key_bytes=lambda: length)
        sealing.seal(b"{}", b"leaf", PERIOD, CHANCE)
        type(disk).left_out = left_out
        sealing.destroy(PERIOD)
        after = disk.after_power_cut(Random(seed))
        found |= {after.read(TOP / "keys" / name) for name in after.names(TOP / "keys")}
    assert (len(found - {DESTROYED}) > 0) == survives


def test_a_file_that_is_written_again_has_its_new_bytes_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "key"
    for data in (b"a" * 40, b"b" * 8, b"", b"c" * 80):
        DISK.write(path, data, 0o600)
        assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o600
