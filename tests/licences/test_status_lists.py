"""Status lists: what an office publishes of its licences, and what programs not written here read in them."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openvc.status import token_status_list as foreign

from tests.licences.conftest import CASE, MARKET, TAX, Issuing
from tests.licences.test_actions import CANCEL, GIVE_BACK, REVOKE, SUSPEND
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow
from tongban.licences.signer.client import Signing
from tongban.licences.signer.journal import lines_of
from tongban.licences.signer.statements import Signature
from tongban.licences.signer.tokens import STATUS_LIST, Token, compact, from_base64url
from tongban.licences.status_lists import BITS, INVALID, SUSPENDED, VALID, list_token, packed
from tongban_verify.status_list import StatusList, check_status, read_status_list
from tongban_verify.strict import Unreadable
from tongban_verify.trust import Doubt, Trust, anchor_from_bytes

ORIGIN = "https://yunxi.example"


@pytest.fixture
def folder(issuing: Issuing) -> Path:
    return licences.trust_file().parent / "status-lists"


def publish(issuing: Issuing, folder: Path) -> tuple[int, int]:
    return licences.publish_status_lists(folder, issuing.signers, origin=ORIGIN, now=issuing.now)


def trust() -> Trust:
    statement = anchor_from_bytes(licences.trust_file().read_bytes()).statement
    assert statement is not None
    return statement


def listed(issuing: Issuing, folder: Path, issuer: str = MARKET) -> StatusList:
    return read_status_list((folder / f"{issuer}.jwt").read_bytes(), trust(), issuing.now)


def place(identifier: str) -> dict[str, object]:
    row = LicenceRow.objects.get(identifier=identifier)
    return licences.status_place(ORIGIN, row.issuer, row.pk).claim()


def test_a_list_says_of_each_licence_how_it_stands(issuing: Issuing, folder: Path) -> None:
    several = [issuing.issue(f"{CASE[:-1]}{place}").identifier for place in range(5)]
    for identifier, change in zip(several[1:], (SUSPEND, REVOKE, CANCEL, SUSPEND), strict=True):
        issuing.change(identifier, change)
    issuing.change(several[4], GIVE_BACK)
    assert publish(issuing, folder) == (1, 0)
    found = listed(issuing, folder)
    said = [check_status(place(identifier), MARKET, found) for identifier in several]
    assert said == ["", "suspended", "list_invalid", "list_invalid", ""]


def test_each_office_signs_its_own_list_and_no_other(issuing: Issuing, folder: Path) -> None:
    mine = issuing.issue()
    other = issuing.issue(f"{CASE[:-1]}2", issuer=TAX)
    issuing.change(other.identifier, SUSPEND)
    assert publish(issuing, folder) == (2, 0)
    market, tax = listed(issuing, folder), listed(issuing, folder, TAX)
    assert (market.slug, tax.slug) == (MARKET, TAX)
    assert check_status(place(other.identifier), TAX, tax) == "suspended"
    with pytest.raises(Doubt, match="list_other"):
        check_status(place(mine.identifier), MARKET, tax)


def test_a_silent_signer_keeps_its_old_list_and_no_others(issuing: Issuing, folder: Path) -> None:
    issuing.issue()
    issuing.issue(f"{CASE[:-1]}2", issuer=TAX)
    publish(issuing, folder)
    before = (folder / f"{TAX}.jwt").read_bytes()
    issuing.clock.move(timedelta(hours=1))

    class TaxIsSilent:
        def sign(self, office: str, statement: str) -> Signature:
            if office == TAX:
                raise SourceDown(
                    "signer.down", what=Text("没有应答。", "Silent."), todo=Text("再试。", "Again.")
                )
            return issuing.signers.sign(office, statement)

        def sign_all(self, office: str, statements: list[str]) -> list[Signature]:
            return [self.sign(office, each) for each in statements]

    signers: Signing = TaxIsSilent()  # type: ignore[assignment]
    assert licences.publish_status_lists(folder, signers, origin=ORIGIN, now=issuing.now) == (1, 1)
    assert (folder / f"{TAX}.jwt").read_bytes() == before


def test_a_list_that_would_say_the_same_is_signed_again_once_an_hour(issuing: Issuing, folder: Path) -> None:
    issued = issuing.issue()
    assert publish(issuing, folder) == (1, 0)
    issuing.clock.move(timedelta(minutes=59))
    assert publish(issuing, folder) == (0, 0)
    issuing.clock.move(timedelta(minutes=1))
    assert publish(issuing, folder) == (1, 0)
    issuing.change(issued.identifier, SUSPEND)
    assert publish(issuing, folder) == (1, 0)
    assert check_status(place(issued.identifier), MARKET, listed(issuing, folder)) == "suspended"
    (folder / f"{MARKET}.jwt").write_bytes(b"no list")
    assert publish(issuing, folder) == (1, 0)


def test_a_list_stands_in_its_signers_journal_by_its_hash(issuing: Issuing, folder: Path) -> None:
    issuing.issue()
    publish(issuing, folder)
    last = lines_of(ledger.keys_folder().parent / "signed" / MARKET)[-1]
    claims = (folder / f"{MARKET}.jwt").read_text("ascii").split(".")[1]
    statement = Token(STATUS_LIST, json.loads(from_base64url(claims))).text()
    assert last["statement_sha256"] == sha256(statement.encode()).hexdigest()
    assert "statement" not in last


def test_an_old_list_is_not_believed(issuing: Issuing, folder: Path) -> None:
    issuing.issue()
    publish(issuing, folder)
    issuing.clock.move(timedelta(days=2))
    with pytest.raises(Doubt, match="list_over"):
        listed(issuing, folder)


def test_any_flipped_bit_of_a_list_is_refused(issuing: Issuing, folder: Path) -> None:
    issuing.issue()
    publish(issuing, folder)
    data = (folder / f"{MARKET}.jwt").read_bytes()
    known = trust()
    for at in range(len(data)):
        for bit in (1, 4, 32):
            broken = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            with pytest.raises((Doubt, Unreadable)):
                read_status_list(broken, known, issuing.now)


def test_another_implementation_reads_our_list(issuing: Issuing, folder: Path) -> None:
    """openvc reads the claim and the bits; its own list, set alike, has the same bytes."""
    several = [issuing.issue(f"{CASE[:-1]}{place}").identifier for place in range(4)]
    issuing.change(several[2], SUSPEND)
    issuing.change(several[3], REVOKE)
    publish(issuing, folder)
    found = listed(issuing, folder)
    list_claim = {"bits": found.bits, "lst": foreign.encode_status_list(found.places)}
    lists = {found.uri: {"sub": found.uri, "status_list": list_claim}}
    for identifier, (revoked, suspended) in zip(
        several, [(False, False), (False, False), (False, True), (True, False)], strict=True
    ):
        asked = {"status": place(identifier)}
        told = foreign.check_token_status(asked, resolve_status_list_token=lists.__getitem__)
        assert told is not None
        assert (told.revoked, told.suspended) == (revoked, suspended)


MARKS = st.dictionaries(st.integers(0, 999), st.sampled_from([INVALID, SUSPENDED]))


@given(marks=MARKS)
def test_the_bits_are_those_that_another_implementation_sets(marks: dict[int, int]) -> None:
    places = packed(1000, marks.items())
    theirs = foreign.new_status_list(1000, bits=BITS)
    for at, status in marks.items():
        foreign.set_status(theirs, at, status, bits=BITS)
    assert places == bytes(theirs)
    assert all(foreign.get_status(places, at, bits=BITS) == marks.get(at, VALID) for at in range(1000))


def test_a_small_file_that_claims_to_be_huge_is_refused(issuing: Issuing, folder: Path) -> None:
    issuing.issue()
    huge = list_token(ORIGIN, MARKET, bytes(32 * 1024 * 1024), issuing.now)
    signature = issuing.signers.sign(MARKET, huge.text())
    data = compact(huge, signature.kid, signature.alg, signature.value).encode()
    assert len(data) < 100_000
    with pytest.raises(Doubt, match="shape"):
        read_status_list(data, trust(), issuing.now)
