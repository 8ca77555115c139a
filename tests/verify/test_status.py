"""A licence held against the status list of its office: what became of it after its file was downloaded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.licences.conftest import CASE, MARKET, TAX, Issuing, issuing, profile
from tests.licences.test_actions import CANCEL, GIVE_BACK, REVOKE, SUSPEND
from tests.verify.forging import FINGERPRINT, NOON, forge, forge_presentation, trust_statement, written
from tests.verify.test_command import run
from tongban.licences import api as licences
from tongban_verify import Report, Verdict, anchor_from_bytes, anchor_from_fingerprint, verify_file

__all__ = ["issuing", "profile"]
ORIGIN = "https://yunxi.example"
DAY = timedelta(days=1)


class Looked:
    """A licence that was downloaded once, and the list of its office as it is published later."""

    def __init__(self, issuing: Issuing) -> None:
        self.issuing = issuing
        issuing.issue(CASE[:-1] + "2")
        self.identifier = issuing.issue().identifier
        issuing.publish()
        self.data = licences.licence_file(self.identifier)
        self.trust = licences.trust_file().read_bytes()
        self.folder = licences.trust_file().parent / "status-lists"

    def listed(self, office: str = MARKET) -> bytes:
        signers, now = self.issuing.signers, self.issuing.now
        licences.publish_status_lists(self.folder, signers, origin=ORIGIN, now=now)
        return (self.folder / f"{office}.jwt").read_bytes()

    def verify(self, listed: bytes | None, *, now: datetime | None = None) -> Report:
        at = now or self.issuing.now
        return verify_file(self.data, anchor_from_bytes(self.trust), at, status_list=listed)

    def codes(self, listed: bytes | None, *, now: datetime | None = None) -> list[str]:
        return [reason.code for reason in self.verify(listed, now=now).reasons]


@pytest.fixture
def looked(issuing: Issuing) -> Looked:
    return Looked(issuing)


def test_what_came_after_the_download_is_told_by_the_list(looked: Looked) -> None:
    assert looked.verify(looked.listed()).verdict is Verdict.VALID
    looked.issuing.change(looked.identifier, SUSPEND)
    assert looked.codes(None) == []
    report = looked.verify(looked.listed())
    assert [reason.code for reason in report.reasons] == ["suspended"]
    assert "证照已被暂扣" in report.sentence("zh")
    looked.issuing.change(looked.identifier, GIVE_BACK)
    assert looked.codes(looked.listed()) == []
    for change in (REVOKE, CANCEL):
        other = looked.issuing.issue(CASE[:-1] + ("3" if change is REVOKE else "4"))
        looked.issuing.publish()
        looked.data = licences.licence_file(other.identifier)
        looked.issuing.change(other.identifier, change)
        assert looked.codes(looked.listed()) == ["list_invalid"]
    looked.issuing.publish()


def test_a_stale_or_a_strange_list_settles_nothing(looked: Looked) -> None:
    listed = looked.listed()
    late = looked.verify(listed, now=looked.issuing.now + 2 * DAY)
    assert (late.verdict, [each.code for each in late.reasons]) == (Verdict.CANNOT_TELL, ["list_over"])
    assert looked.codes(listed, now=looked.issuing.now - DAY) != []
    for junk in (b"", b"{}", b"\xff", b"a.b.c", looked.data, listed[:-1], b"." * 9):
        report = looked.verify(junk)
        assert report.verdict is not Verdict.VALID
    assert looked.codes(b"nothing") == ["list_unreadable"]
    looked.issuing.issue(f"{CASE[:-1]}5", issuer=TAX)
    looked.issuing.publish()
    assert looked.codes(looked.listed(TAX)) == ["list_other"]


def test_a_licence_beyond_the_end_of_a_list_is_not_in_it(looked: Looked) -> None:
    before = looked.listed()
    for at in range(8):
        made = looked.issuing.issue(f"{CASE[:-2]}1{at}").identifier
    looked.issuing.publish()
    looked.data = licences.licence_file(made)
    assert looked.codes(before) == ["list_other"]
    assert looked.codes(looked.listed()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_list_leaves_a_licence_valid(looked: Looked, place: float, bit: int) -> None:
    spoilt = bytearray(looked.listed() if not looked.folder.exists() else _kept(looked))
    spoilt[int(place * len(spoilt))] ^= 1 << bit
    assert looked.verify(bytes(spoilt)).verdict is not Verdict.VALID


def _kept(looked: Looked) -> bytes:
    return (looked.folder / f"{MARKET}.jwt").read_bytes()


def test_a_file_whose_evidence_names_no_place_is_not_settled_by_a_list() -> None:
    _, listed = forge_presentation()
    for place, codes in ((None, ["no_place"]), (2, []), (True, ["no_place"]), ("2", ["no_place"])):

        def alter(part: str, found: Any, place: object = place) -> Any:
            if part != "fields" or "content_digest" not in found or place is None:
                return found
            return {**found, "status_place": {"salt": "11" * 16, "value": place}}

        anchor = anchor_from_fingerprint(FINGERPRINT)
        report = verify_file(forge(alter=alter), anchor, NOON, status_list=listed)
        assert [reason.code for reason in report.reasons] == codes
        assert verify_file(forge(alter=alter), anchor, NOON).verdict is Verdict.VALID


@pytest.fixture
def address(looked: Looked) -> Iterator[str]:
    """Where the lists are served, as any web server does it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = looked.folder / f"{self.path.rpartition('/')[2]}.jwt"
            self.send_response(200 if path.is_file() else 404)
            self.end_headers()
            if path.is_file():
                self.wfile.write(path.read_bytes())

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}/status-lists"
    http.shutdown()
    thread.join()
    http.server_close()


def test_the_command_reads_a_list_from_a_file_or_an_address_and_ends_with_its_code(
    looked: Looked, address: str, tmp_path: Path
) -> None:
    listed = looked.listed()
    for name, data in (("licence", looked.data), ("trust", looked.trust), ("list", listed)):
        (tmp_path / name).write_bytes(data)
    asked = [str(tmp_path / "licence"), "--trust", str(tmp_path / "trust"), "--status-list"]
    at = ["--at", looked.issuing.now.isoformat()]
    for place in (str(tmp_path / "list"), f"{address}/{MARKET}"):
        told = run(*asked, place, *at)
        assert (told.returncode, told.stdout.decode()[:6]) == (0, "Valid:"), told.stderr
    late = (looked.issuing.now + 2 * DAY).isoformat()
    told = run(*asked, f"{address}/{MARKET}", "--at", late, "--lang", "zh")
    assert (told.returncode, "状态列表已过期" in told.stdout.decode()) == (2, True)
    for nowhere in (
        f"{address}/none",
        "http://127.0.0.1:1/x",
        str(tmp_path / "none"),
        "http://",
        "http:///x",
    ):
        told = run(*asked, nowhere, *at, "--lang", "zh")
        assert (told.returncode, "状态列表没有取到" in told.stdout.decode()) == (2, True), nowhere
    looked.issuing.change(looked.identifier, REVOKE)
    looked.listed()
    told = run(*asked, f"{address}/{MARKET}", *at)
    assert (told.returncode, "was revoked or cancelled" in told.stdout.decode()) == (1, True)
    assert run(*asked, str(tmp_path / "list"), *at).returncode == 0
    looked.issuing.publish()


def test_a_presentation_takes_the_same_lists() -> None:
    presentation, listed = forge_presentation()
    anchor = anchor_from_bytes(written(trust_statement()))
    assert verify_file(presentation, anchor, NOON, status_list=listed).verdict is Verdict.VALID
    report = verify_file(presentation, anchor, NOON, status_list=b"x")
    assert [reason.code for reason in report.reasons] == ["list_unreadable"]
