"""Parts of a licence, shown for one purpose: what is shown, who can check it, what nobody can alter."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from openvc.proof.errors import ProofError
from openvc.proof.sd_jwt import SdJwtVcProofSuite

from tests.licences.conftest import CASE, HOLDER, MARKET, Issuing
from tests.licences.test_actions import SUSPEND
from tests.licences.test_types import RESIDENT_CARD
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.models import LookRow
from tongban.licences.signer.algorithms import ED25519, ES256, SM2
from tongban.licences.signer.keyfiles import load_key
from tongban_verify import Anchor, Report, Verdict, anchor_from_bytes, verify_file

ORIGIN = "https://yunxi.example"
PERSON = licences.Holder("111", "990100195810010017", "沈知味")
CARD = {
    "name": "沈知味",
    "sex": "女",
    "ethnicity": "汉",
    "birth_date": "1958-10-01",
    "address": "云东县城关镇青石路8号",
    "id_number": "990100195810010017",
    "office": "云东县公安局",
    "valid_until": "2046-10-01",
}


@dataclass
class Desk:
    """A holder's desk, and the teller's beside it with the node's trust file and the office's list."""

    issuing: Issuing
    card: licences.Licence

    def wanted(self, *shown: str, days: float = 7) -> licences.Showing:
        until = self.issuing.now + timedelta(days=days)
        return licences.Showing(shown, "云溪银行", "开立账户", until)

    def present(self, *shown: str) -> tuple[licences.Presentation, str]:
        made, secret = licences.present(
            self.card.identifier,
            self.wanted(*shown),
            origin=ORIGIN,
            now=self.issuing.now,
            chance=self.issuing.chance,
        )
        licences.sign_presentation(made.id, self.issuing.signers)
        return licences.presentations_of(self.card.identifier).lines[0], secret

    def status_list(self) -> bytes:
        folder = licences.trust_file().parent / "status-lists"
        licences.publish_status_lists(folder, self.issuing.signers, origin=ORIGIN, now=self.issuing.now)
        return (folder / f"{MARKET}.jwt").read_bytes()

    @property
    def anchor(self) -> Anchor:
        return anchor_from_bytes(licences.trust_file().read_bytes())

    def verify(self, file: str, status_list: bytes | None) -> Report:
        return verify_file(file.encode(), self.anchor, self.issuing.now, status_list=status_list)


@pytest.fixture
def desk(issuing: Issuing) -> Desk:
    return Desk(issuing, issuing.issue(type_code=RESIDENT_CARD, holder=PERSON, content=CARD))


def codes(report: Report) -> list[str]:
    return [reason.code for reason in report.reasons]


def test_only_that_somebody_is_over_65_is_shown(desk: Desk) -> None:
    made, _ = desk.present("over_65")
    report = desk.verify(made.file, desk.status_list())
    assert report.verdict is Verdict.VALID, codes(report)
    assert report.facts["disclosed"] == {"over_65": True}
    assert (report.facts["audience"], report.facts["purpose"]) == ("云溪银行", "开立账户")
    claims = made.file.split(".")[1]
    inside = urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode()
    for hidden in ("沈知味", "1958", "990100195810010017", desk.card.identifier):
        assert hidden not in inside
        assert hidden not in "".join(_opened(made.file))


def test_somebody_of_64_years_and_364_days_is_not_over_65(desk: Desk) -> None:
    born = {**CARD, "birth_date": "1961-11-24"}
    younger = desk.issuing.issue(f"{CASE[:-1]}2", type_code=RESIDENT_CARD, holder=PERSON, content=born)
    made, _ = Desk(desk.issuing, younger).present("over_65", "over_60")
    assert dict(made.shown) == {"over_65": False, "over_60": True}


def test_only_name_and_validity_are_shown(desk: Desk) -> None:
    made, _ = desk.present("type_name", "holder_name", "validate_end")
    report = desk.verify(made.file, desk.status_list())
    assert report.verdict is Verdict.VALID
    assert report.facts["disclosed"] == {
        "type_name": {"zh": "居民身份证", "en": "Resident identity card"},
        "holder_name": "沈知味",
        "validate_end": "2046-10-01",
    }
    assert "居民身份证" in report.sentence("zh")


def test_without_the_list_or_with_an_old_one_nothing_is_certain(desk: Desk) -> None:
    made, _ = desk.present("over_65")
    old = desk.status_list()
    assert codes(desk.verify(made.file, None)) == ["no_status_list"]
    desk.issuing.clock.move(timedelta(days=2))
    report = desk.verify(made.file, old)
    assert (report.verdict, codes(report)) == (Verdict.CANNOT_TELL, ["list_over"])


def test_what_was_suspended_meanwhile_is_seen_in_the_list(desk: Desk) -> None:
    made, _ = desk.present("over_65")
    desk.issuing.change(desk.card.identifier, SUSPEND)
    report = desk.verify(made.file, desk.status_list())
    assert (report.verdict, codes(report)) == (Verdict.INVALID, ["suspended"])


def test_it_is_good_for_its_time_alone(desk: Desk) -> None:
    made, _ = desk.present("over_65")
    desk.issuing.clock.move(timedelta(days=7, seconds=1))
    assert codes(desk.verify(made.file, desk.status_list())) == ["presentation_over"]


def test_any_flipped_bit_of_a_presentation_is_refused(desk: Desk) -> None:
    made, _ = desk.present("over_65", "holder_name")
    data, listed = made.file.encode(), desk.status_list()
    anchor = desk.anchor
    for at in range(len(data)):
        for bit in (1, 8, 64):
            broken = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            report = verify_file(broken, anchor, desk.issuing.now, status_list=listed)
            assert report.verdict in (Verdict.INVALID, Verdict.UNREADABLE), (at, bit)


def test_a_disclosure_of_another_presentation_does_not_fit(desk: Desk) -> None:
    one, _ = desk.present("over_65")
    two, _ = desk.present("holder_name")
    mixed = one.file + two.file.split("~")[1] + "~"
    assert codes(desk.verify(mixed, desk.status_list())) == ["disclosure"]
    twice = one.file + one.file.split("~")[1] + "~"
    assert codes(desk.verify(twice, desk.status_list())) == ["disclosure"]
    nothing = one.file.split("~")[0] + "~"
    assert desk.verify(nothing, desk.status_list()).facts["disclosed"] == {}


def test_two_presentations_share_no_salt_and_no_digest(desk: Desk) -> None:
    one, two = (desk.present("over_65")[0].file for _ in range(2))
    assert not set(_digests(one)) & set(_digests(two))
    assert len(_digests(one)) == len(set(_digests(one)))
    assert _digests(one) == sorted(_digests(one))


@pytest.mark.parametrize("alg", [ED25519, ES256])
def test_another_implementation_agrees(desk: Desk, alg: str) -> None:
    """openvc takes what we present, reads the same, and refuses the same after a change."""
    with signing_with(desk, alg) as other:
        made, _ = other.present("over_65", "holder_name")
    jwk = _jwk(load_key(ledger.keys_folder() / MARKET).spki)
    suite = SdJwtVcProofSuite()
    # It reads the clock itself, and these tests live in 2026: time is the other tests' matter.
    found = suite.verify(made.file, public_key_jwk=jwk, check_temporal=False)
    assert found.claims["over_65"] is True
    assert found.claims["holder_name"] == "沈知味"
    assert "field.address" not in found.claims
    with pytest.raises(ProofError):
        suite.verify(made.file.replace("~", "A~", 1), public_key_jwk=jwk, check_temporal=False)


@contextmanager
def signing_with(desk: Desk, alg: str) -> Iterator[Desk]:
    """The office with a renewed key of that algorithm."""
    keys, issuing = ledger.keys_folder(), desk.issuing
    issuing.clock.move(timedelta(seconds=1))
    licences.make_office_key(MARKET, keys, now=issuing.now, chance=issuing.chance, alg=alg, renew=True)
    licences.publish_trust(issuing.now)
    journal = licences.Journal(keys.parent / "renewed")
    signer = licences.OfficeSigner(MARKET, licences.load_key(keys / MARKET), journal, issuing.clock)
    yield Desk(replace(issuing, signers=licences.DirectSigners({MARKET: signer})), desk.card)
    signer.close()


@pytest.mark.parametrize("alg", [SM2, ED25519, ES256])
def test_an_office_of_any_profile_shows(desk: Desk, alg: str) -> None:
    with signing_with(desk, alg) as other:
        made, _ = other.present("over_65")
        listed = other.status_list()
    assert desk.verify(made.file, listed).verdict is Verdict.VALID
    head, dot, rest = made.file.partition(".")
    other_name = _base64url(json.dumps({**_header(head), "alg": "none"}, separators=(",", ":")).encode())
    assert desk.verify(other_name + dot + rest, listed).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"shown": ()},
        {"shown": ("secrets",)},
        {"audience": " "},
        {"audience": "\u200b"},
        {"purpose": ""},
        {"purpose": "用" * 201},
    ],
)
def test_nothing_is_shown_without_a_purpose_a_recipient_and_a_choice(
    desk: Desk, change: dict[str, object]
) -> None:
    wanted = replace(desk.wanted("over_65"), **change)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        licences.present(
            desk.card.identifier, wanted, origin=ORIGIN, now=desk.issuing.now, chance=desk.issuing.chance
        )
    assert licences.presentations_of(desk.card.identifier).lines == ()


@pytest.mark.parametrize("days", [0, -1, 31])
def test_nothing_is_shown_for_no_time_or_for_more_than_thirty_days(desk: Desk, days: int) -> None:
    with pytest.raises(Invalid):
        licences.present(
            desk.card.identifier,
            desk.wanted("over_65", days=days),
            origin=ORIGIN,
            now=desk.issuing.now,
            chance=desk.issuing.chance,
        )


def test_what_is_not_in_force_is_not_shown(desk: Desk) -> None:
    desk.issuing.change(desk.card.identifier, SUSPEND)
    with pytest.raises(Conflict):
        desk.present("over_65")


def test_a_link_shows_once_and_the_look_is_on_record_first(desk: Desk) -> None:
    _, secret = desk.present("over_65")
    licences.require_link(secret, desk.issuing.now)
    seen = licences.open_link(secret, now=desk.issuing.now, chance=desk.issuing.chance)
    assert seen.shown == (("over_65", True),)
    (look,) = licences.looks_at(desk.card.identifier).lines
    assert (look.way, look.cause) == (licences.Way.LINK, "云溪银行：开立账户")
    for again in range(2):
        with pytest.raises(NotFound):
            licences.open_link(secret, now=desk.issuing.now, chance=desk.issuing.chance)
        assert LookRow.objects.count() == 1, again


def test_a_link_that_is_over_withdrawn_or_guessed_leads_nowhere(desk: Desk) -> None:
    (_, over), (made, withdrawn) = desk.present("over_65"), desk.present("over_60")
    licences.withdraw_presentation(
        desk.card.identifier, made.id, now=desk.issuing.now, chance=desk.issuing.chance
    )
    said = []
    for secret, days in ((withdrawn, 0), ("0" * 32, 0), (over, 8)):
        desk.issuing.clock.move(timedelta(days=days))
        with pytest.raises(NotFound) as refused:
            licences.require_link(secret, desk.issuing.now)
        said.append(refused.value.what.zh)
    assert len(set(said)) == 1


def test_the_evidence_says_what_was_shown_to_whom_and_for_what(desk: Desk) -> None:
    made, _ = desk.present("over_65")
    opening = ledger.opening(made.entry)
    assert opening.value("elements") == ["over_65"]
    assert opening.value("consumer") == "云溪银行"
    assert re.search(r'"evidence":"[0-9a-f]{64}"', _claims(made.file))


def test_a_presentation_of_another_node_is_not_believed(desk: Desk, tmp_path: Path) -> None:
    made, _ = desk.present("over_65")
    trust = json.loads(licences.trust_file().read_bytes())
    assert HOLDER.code not in json.dumps(trust)
    desk.issuing.clock.move(timedelta(seconds=1))
    licences.make_office_key(
        MARKET, ledger.keys_folder(), now=desk.issuing.now, chance=desk.issuing.chance, renew=True
    )
    licences.publish_trust(desk.issuing.now)
    assert desk.verify(made.file, None).verdict is Verdict.CANNOT_TELL  # an older key of the same office
    stranger = tmp_path / "keys"
    licences.make_root_key(stranger, now=desk.issuing.now, chance=desk.issuing.chance)
    licences.write_trust(
        tmp_path / "trust.json",
        node="990200",
        keys_folder=stranger,
        offices=[],
        log_vkeys=[],
        now=desk.issuing.now,
    )
    anchor = anchor_from_bytes((tmp_path / "trust.json").read_bytes())
    assert codes(verify_file(made.file.encode(), anchor, desk.issuing.now)) == ["unknown_key"]


def _jwk(spki: bytes) -> dict[str, str]:
    public = load_der_public_key(spki)
    if isinstance(public, EllipticCurvePublicKey):
        numbers = public.public_numbers()
        x, y = (_base64url(each.to_bytes(32)) for each in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(raw)}


def _header(head: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return found


def _claims(file: str) -> str:
    part = file.split(".")[1]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def _digests(file: str) -> list[str]:
    found: list[str] = json.loads(_claims(file))["_sd"]
    return found


def _opened(file: str) -> list[str]:
    return [urlsafe_b64decode(e + "=" * (-len(e) % 4)).decode() for e in file.split("~")[1:] if e]


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
