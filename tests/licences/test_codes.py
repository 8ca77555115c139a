"""The QR code of a licence: signed by its office, verified by anybody without any network."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.licences.conftest import HOLDER, MARKET, TAX, Issuing
from tests.licences.test_actions import REVOKE, SUSPEND
from tests.licences.test_types import RESIDENT_CARD
from tongban.kernel.errors import Invalid, NotAllowed, NotFound
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow
from tongban.licences.signer.codes import Code, read_code
from tongban_verify import Anchor, Report, Verdict, anchor_from_bytes, verify_file
from tongban_verify.codes import Code as Said
from tongban_verify.codes import read_code as read_said

ORIGIN = "https://yunxi.example"
CARD = {
    "name": "沈知味",
    "sex": "女",
    "ethnicity": "汉",
    "birth_date": "1958-10-01",
    "address": "云东县城关镇青石路8号",
    "id_number": "990100195810010017",
    "office": "云东县公安局",
    "valid_until": "2027-10-01",
}
PERSON = licences.Holder("111", "990100195810010017", "沈知味")


@dataclass
class Teller:
    """A teller without any network: the node's trust file and the office's list of this morning."""

    issuing: Issuing

    def scan(self, licence: licences.Licence, *, origin: str = ORIGIN) -> str:
        address = f"{origin}/verify/{licence.identifier}/"
        return licences.code_of(licence.identifier, self.issuing.signers, address=address)

    def status_list(self) -> bytes:
        folder = licences.trust_file().parent / "status-lists"
        licences.publish_status_lists(folder, self.issuing.signers, origin=ORIGIN, now=self.issuing.now)
        return (folder / f"{MARKET}.jwt").read_bytes()

    @property
    def anchor(self) -> Anchor:
        return anchor_from_bytes(licences.trust_file().read_bytes())

    def verify(self, code: str, listed: bytes | None) -> Report:
        return verify_file(code.encode(), self.anchor, self.issuing.now, status_list=listed)

    def reasons(self, code: str, listed: bytes | None) -> list[str]:
        return [reason.code for reason in self.verify(code, listed).reasons]


def code_in(text: str) -> Said:
    return read_said(text.encode())


@pytest.fixture
def teller(issuing: Issuing) -> Teller:
    return Teller(issuing)


def test_a_code_says_offline_what_it_is_whose_and_that_it_stands(issuing: Issuing, teller: Teller) -> None:
    licence = issuing.issue()
    report = teller.verify(teller.scan(licence), teller.status_list())
    assert report.verdict is Verdict.VALID, report.sentence("en")
    assert report.facts["holder"] == HOLDER.name
    assert report.facts["number"] == licence.identifier
    assert report.facts["content_digest"] == licence.digest
    assert report.facts["until"] is None
    assert "营业执照" in report.sentence("zh")
    assert "云东县市场监督管理局" in report.sentence("zh")


def test_without_the_list_or_with_an_old_one_nothing_is_certain(issuing: Issuing, teller: Teller) -> None:
    code, old = teller.scan(issuing.issue()), teller.status_list()
    assert teller.reasons(code, None) == ["no_status_list"]
    issuing.clock.move(timedelta(days=2))
    report = teller.verify(code, old)
    assert (report.verdict, teller.reasons(code, old)) == (Verdict.CANNOT_TELL, ["list_over"])


def test_what_was_suspended_or_revoked_meanwhile_is_seen_in_the_list(
    issuing: Issuing, teller: Teller
) -> None:
    licence = issuing.issue()
    code = teller.scan(licence)
    issuing.change(licence.identifier, SUSPEND)
    assert teller.reasons(code, teller.status_list()) == ["suspended"]
    issuing.change(licence.identifier, REVOKE)
    assert teller.reasons(code, teller.status_list()) == ["list_invalid"]


def test_a_code_holds_to_the_end_of_its_last_day(issuing: Issuing, teller: Teller) -> None:
    card = issuing.issue(type_code=RESIDENT_CARD, holder=PERSON, content=CARD | {"valid_until": "2026-11-23"})
    code, listed = teller.scan(card), teller.status_list()
    issuing.clock.move(timedelta(hours=11, minutes=59, seconds=59))
    assert teller.reasons(code, listed) == []
    issuing.clock.move(timedelta(seconds=1))
    assert teller.reasons(code, listed) == ["expired"]


def test_a_code_says_the_same_whenever_it_is_asked_for_and_asking_changes_nothing(
    issuing: Issuing, teller: Teller
) -> None:
    licence = issuing.issue()
    rows = list(LicenceRow.objects.values())
    code = teller.scan(licence)
    issuing.clock.move(timedelta(hours=1))
    again = teller.scan(licence)
    assert replace(code_in(again), signature=b"") == replace(code_in(code), signature=b"")
    assert teller.reasons(again, teller.status_list()) == []
    assert list(LicenceRow.objects.values()) == rows


def test_another_address_before_the_same_digits_is_refused(issuing: Issuing, teller: Teller) -> None:
    code = teller.scan(issuing.issue())
    assert teller.reasons(code.replace(ORIGIN, "https://false.example"), None) == ["signature"]


def test_nothing_unsigned_has_a_code(issuing: Issuing, teller: Teller) -> None:
    prepared = issuing.prepare()
    with pytest.raises(NotFound):
        teller.scan(prepared)


def wish(issuing: Issuing, teller: Teller, **changes: object) -> str:
    licence = issuing.issue()
    teller.scan(licence)
    row = LicenceRow.objects.get(identifier=licence.identifier)
    said = {
        "issuer": MARKET,
        "subject": licence.identifier,
        "evidence": "0" * 64,
        "digest": licence.digest,
        "title": "营业执照",
        "holder": HOLDER.name,
        "starts": "2026-11-23",
        "ends": "",
        "place": row.pk,
        "at": issuing.now.isoformat(),
        "address": ORIGIN,
    }
    return Code(**{**said, **changes}).text()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": ""},
        {"digest": "0" * 63},
        {"subject": "1.2.156.3005.2.nothing"},
        {"starts": "2026-13-01"},
        {"ends": "soon"},
        {"place": -1},
        {"place": True},
        {"at": "noon"},
        {"at": "2026-11-23T12:00:00"},
        {"address": "javascript:alert(1)"},
        {"address": "https://yunxi.example/#1"},
        {"holder": 7},
    ],
)
def test_a_signer_signs_no_code_that_is_not_in_its_one_form(
    issuing: Issuing, teller: Teller, changes: dict[str, object]
) -> None:
    text = wish(issuing, teller, **changes)
    with pytest.raises(Invalid):
        issuing.signers.sign(MARKET, text)
    with pytest.raises(Invalid):
        read_code(text.replace(":", ": ", 1))


def test_a_signer_signs_no_code_of_another_office(issuing: Issuing, teller: Teller) -> None:
    text = wish(issuing, teller)
    assert issuing.signers.sign(MARKET, text).kid
    with pytest.raises(NotAllowed):
        issuing.signers.sign(TAX, text)
