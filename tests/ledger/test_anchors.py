"""An authority outside says since when a log was so; what it does not say is seen, and stops nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from tests.disk.model import ModelDisk
from tests.ledger.authority import Authority
from tests.ledger.recording import SIGNER, decide, logs, publish
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.ledger.anchors import INDEX, anchor_path, check_anchor, keep_anchor, newest_anchor, sizes_of
from tongban.ledger.verification import reader
from tongban.site.anchors import anchor_policy
from tongban.site.command import main
from tongban.site.logs import PATH

KEY = SIGNER.vkey("decisions")
HOUR = timedelta(hours=1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "tsa")


def now() -> datetime:
    return datetime.now(UTC)  # the authority's own clock is the machine's


def grow(*cases: str) -> None:
    decide(*cases, now=now())
    publish(now=now())


def anchor(authority: Authority, *, later: timedelta = timedelta()) -> ledger.Anchored:
    policy = ledger.AnchorPolicy(authority.roots, HOUR, authority.answer)
    [done] = ledger.anchor_due(logs(), policy, now() + later)
    return done


def check(authority: Authority, *, later: timedelta = timedelta()) -> ledger.Checked:
    report = ledger.verify(logs() / "decisions", KEY)
    read = reader(logs() / "decisions")
    roots = authority.roots
    return ledger.check_anchors(read, report.checkpoint(), roots, every=HOUR, now=now() + later)


def said(texts: list[Text]) -> str:
    return "\n".join(each.en for each in texts)


def test_a_checkpoint_is_anchored_and_openssl_agrees(database: None, authority: Authority) -> None:
    grow("one", "two")
    done = anchor(authority)
    assert (done.size, done.trouble) == (2, None)
    answer = (logs() / "decisions" / anchor_path(2)).read_bytes()
    checkpoint = ledger.verify(logs() / "decisions", KEY).checkpoint()
    assert authority.agrees(checkpoint.text().encode(), answer)
    assert not authority.agrees(b"another text", answer)
    assert done.at is not None
    assert abs(done.at - now()) < HOUR
    head = ledger.head("decisions")
    assert (head.anchored, head.anchored_at) == (2, done.at.isoformat())


def test_it_is_asked_again_when_its_time_has_come_and_the_log_has_grown(
    database: None, authority: Authority
) -> None:
    grow("one")
    anchor(authority)
    anchor(authority, later=2 * HOUR)
    assert authority.asked == 1, "nothing has grown"
    grow("two")
    assert anchor(authority).size == 1
    assert authority.asked == 1, "it is not time"
    assert anchor(authority, later=2 * HOUR).size == 2
    found = check(authority)
    assert (found.problems, found.gaps, found.size) == ([], [], 2)
    assert sizes_of(reader(logs() / "decisions")) == [1, 2]


def test_an_authority_that_is_down_or_lies_stops_nothing_and_the_gap_is_seen(
    database: None, authority: Authority
) -> None:
    grow("one")
    authority.is_down = True
    assert "down" in said([anchor(authority).trouble or Text("无", "none")])
    grow("two")
    assert ledger.head("decisions").size == 2
    authority.is_down, authority.tampers = False, True
    assert anchor(authority).trouble is not None
    assert newest_anchor(reader(logs() / "decisions")) == (0, None)
    assert check(authority).gaps == []
    assert "from 0 on" in said(check(authority, later=5 * HOUR).gaps)
    authority.tampers = False
    assert anchor(authority).trouble is None
    assert check(authority, later=5 * HOUR).gaps == []


def test_entries_that_waited_too_long_for_an_anchor_are_named_for_ever(
    database: None, authority: Authority
) -> None:
    decide("long ago", now=now() - 10 * HOUR)
    grow("now")
    anchor(authority)
    found = check(authority)
    assert found.problems == []
    assert "Entries from 0 on" in said(found.gaps)


def test_an_answer_for_another_question_is_refused(database: None, authority: Authority) -> None:
    grow("one")
    anchor(authority)
    old = (logs() / "decisions" / anchor_path(1)).read_bytes()
    grow("two")
    policy = ledger.AnchorPolicy(authority.roots, HOUR, lambda _: old)
    [done] = ledger.anchor_due(logs(), policy, now() + 2 * HOUR)
    assert done.trouble is not None
    assert done.size == 1


def test_a_missing_or_wrong_anchor_is_named(database: None, authority: Authority, tmp_path: Path) -> None:
    grow("one")
    anchor(authority)
    grow("two")
    anchor(authority, later=2 * HOUR)
    top = logs() / "decisions"
    first, second = ((top / anchor_path(size)).read_bytes() for size in (1, 2))
    (top / anchor_path(1)).unlink()
    assert said(check(authority).problems) == "The anchor of the checkpoint of 1: Its file is missing."
    (top / anchor_path(1)).write_bytes(second)
    assert "checkpoint of 1: The time stamp is not valid" in said(check(authority).problems)
    (top / anchor_path(1)).write_bytes(first)
    stranger = Authority(tmp_path / "stranger")
    assert "checkpoint of 2" in said(check(stranger).problems), "another authority's roots"
    keep_anchor(top, 3, second)
    assert "lies beyond" in said(check(authority).problems)
    (top / INDEX).write_bytes(b"2\n1\n")
    assert "not in order" in said(check(authority).problems)
    (top / INDEX).write_bytes(b"1\n2\n")
    assert check(authority).problems == []


@pytest.mark.parametrize("seed", range(12))
def test_no_flipped_byte_of_an_anchor_passes_as_another_time(
    database: None, authority: Authority, seed: int
) -> None:
    grow("one")
    done = anchor(authority)
    checkpoint = ledger.verify(logs() / "decisions", KEY).checkpoint()
    answer = (logs() / "decisions" / anchor_path(1)).read_bytes()
    chance = Random(seed)
    for _ in range(60):
        at = chance.randrange(len(answer))
        spoilt = answer[:at] + bytes([answer[at] ^ (1 << chance.randrange(8))]) + answer[at + 1 :]
        try:
            assert check_anchor(spoilt, checkpoint, authority.roots) == done.at
        except Invalid:
            continue


def test_an_anchor_before_what_it_covers_is_wrong(database: None, authority: Authority) -> None:
    decide("tomorrow", now=now() + timedelta(days=1))
    publish(now=now())
    anchor(authority)
    assert "before what it covers" in said(check(authority).problems)


def test_an_anchor_is_on_the_disk_before_the_index_names_it(authority: Authority) -> None:
    top = Path("/node/decisions")
    for stop in range(12):
        for seed in range(20):
            disk = ModelDisk(top)
            keep_anchor(top, 1, b"first", disk)
            disk.stop_after = stop
            try:
                keep_anchor(top, 2, b"second", disk)
                done = True
            except BaseException:
                done = False
            after = reader(top, disk.after_power_cut(Random(seed)))
            named = sizes_of(after)
            assert named[:1] == [1]
            assert not done or named == [1, 2]
            assert all(after(anchor_path(size)) in (b"first", b"second") for size in named)


@pytest.mark.parametrize("left_out", ["1.tsr.tmp", "index.tmp", "anchor"])
def test_no_fsync_of_an_anchor_can_be_left_out(left_out: str) -> None:
    top = Path("/node/decisions")

    class Forgetful(ModelDisk):
        def _sync(self, path: Path) -> None:
            if path.name != left_out:
                super()._sync(path)

        def _sync_folder(self, path: Path) -> None:
            if path.name != left_out:
                super()._sync_folder(path)

    lost = 0
    for seed in range(40):
        disk = Forgetful(top)
        keep_anchor(top, 1, b"first", disk)
        after = reader(top, disk.after_power_cut(Random(seed)))
        lost += (after(INDEX), after(anchor_path(1))) != (b"1\n", b"first")
    assert lost


def test_a_monitor_keeps_the_anchors_and_names_what_is_wrong_or_taken_away(
    database: None, authority: Authority, tmp_path: Path
) -> None:
    grow("one")
    anchor(authority)
    top = logs() / "decisions"
    (tmp_path / "copy").mkdir()
    monitor = ledger.Monitor(tmp_path / "copy", KEY, reader(top), roots=authority.roots)
    seen = monitor.follow()
    assert (seen.anchored, seen.anchor_problems) == (1, ())
    grow("two")
    anchor(authority, later=2 * HOUR)
    good = (top / anchor_path(2)).read_bytes()
    (top / anchor_path(2)).write_bytes((top / anchor_path(1)).read_bytes())
    assert "checkpoint of 2" in said(list(monitor.follow().anchor_problems))
    (top / anchor_path(2)).write_bytes(good)
    assert monitor.follow().anchored == 2
    (top / INDEX).write_bytes(b"2\n")
    assert "checkpoint of 1 is gone" in said(list(monitor.follow().anchor_problems))


def settle(authority: Authority, url: str) -> None:
    told = {"url": url, "every_minutes": 60, "roots": (authority.folder / "root.pem").read_text("utf-8")}
    (Path(settings.VAR) / "anchor.json").write_text(json.dumps(told), "utf-8")


def test_over_http_as_the_settings_say_and_verify_tells(
    database: None, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    grow("one")
    assert anchor_policy() is None
    with authority.served() as url:
        settle(authority, url)
        policy = anchor_policy()
        assert policy is not None
        [done] = ledger.anchor_due(logs(), policy, now())
        assert (done.size, done.trouble) == (1, None)
        authority.is_down = True
        grow("two")
        [down] = ledger.anchor_due(logs(), policy, now() + 2 * HOUR)
        assert down.trouble is not None
    assert main(["ledger", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["anchored"] == 1
    (logs() / "decisions" / anchor_path(1)).unlink()
    assert main(["ledger", "verify", "--json"]) == 1
    assert "anchor of the checkpoint of 1" in capsys.readouterr().out


def test_anchors_are_served_beside_the_checkpoint() -> None:
    assert PATH.fullmatch(INDEX)
    assert PATH.fullmatch(anchor_path(123))
    assert not PATH.fullmatch("anchor/../checkpoint.tsr")
    assert not PATH.fullmatch("anchor/0123.tsr")
