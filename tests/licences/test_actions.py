"""Licences from the decision to the shown result, and every change of their status after."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tests.licences.conftest import BUSINESS_LICENCE, CASE, CONTENT, HOLDER, MARKET, TAX, Issuing
from tests.licences.fitting import signed_by
from tongban.kernel.canonical import canonical, digest
from tongban.kernel.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.kernel.values import licence_identifier
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow, StatusChangeRow
from tongban_verify import Verdict, anchor_from_bytes, verify_licence

REASON = Text("住所核查不实，逾期未改正。", "The address was not as pledged, and was not put right in time.")
SUSPEND = licences.Change(licences.Operation.SUSPENDED, licences.Status.SUSPENDED, REASON, "条例第五条", "7")
GIVE_BACK = licences.Change(licences.Operation.GIVEN_BACK, licences.Status.VALID)
REVOKE = licences.Change(licences.Operation.OTHER, licences.Status.REVOKED, REASON, "许可法第六十九条", "7")
CANCEL = licences.Change(licences.Operation.CANCELLED, licences.Status.CANCELLED, at_holders_request=True)
OTHER_CASE = CASE[:-1] + "2"


def test_a_prepared_licence_is_not_shown(issuing: Issuing) -> None:
    prepared = issuing.prepare()
    assert not prepared.signed
    with pytest.raises(NotFound):
        licences.licence(prepared.identifier)
    assert licences.licences_of(HOLDER.code).lines == ()
    with pytest.raises(NotFound):
        licences.licence_file(prepared.identifier)


def test_a_signed_licence_is_shown_with_what_it_says(issuing: Issuing) -> None:
    shown = issuing.issue()
    assert licences.licences_of(HOLDER.code).lines == (shown,)
    assert shown.status is licences.Status.VALID
    assert shown.is_in_force(issuing.now.date())
    assert shown.content["extend_info"] == CONTENT
    assert shown.content["issuing_authority_code"] == "11990121310121000D"
    assert shown.content["related_item_code"] == CASE[:31]
    assert shown.digest == digest(dict(shown.content))
    parts = licence_identifier.parse(shown.identifier)
    assert (parts.type_code, parts.issuer, parts.version) == (BUSINESS_LICENCE, "11990121310121000D", "001")
    assert len(parts.serial) == 20


def test_the_office_of_the_decision_signs_not_another(issuing: Issuing) -> None:
    shown = issuing.issue()
    keys = ledger.keys_folder()
    assert shown.kid == licences.public_keys(keys, MARKET)[0].kid
    assert shown.kid != licences.public_keys(keys, TAX)[0].kid


def test_one_case_yields_one_licence_of_a_type(issuing: Issuing) -> None:
    first = issuing.issue()
    with pytest.raises(AlreadyDone, match=first.identifier.replace(".", r"\.")):
        issuing.prepare()
    row = LicenceRow.objects.get()
    row.pk, row.identifier, row.base = None, "another", "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_fails_beside_it_takes_the_licence_and_its_evidence_along(issuing: Issuing) -> None:
    before = _entries()

    @whole
    def fails_at_the_end() -> None:
        licences.prepare(
            BUSINESS_LICENCE,
            issuer=MARKET,
            holder=HOLDER,
            content=CONTENT,
            case_number=CASE,
            decision_entry="x" * 26,
            now=issuing.now,
            chance=issuing.chance,
        )
        raise RuntimeError("the rest of the case's action failed")

    with pytest.raises(RuntimeError):
        fails_at_the_end()
    assert LicenceRow.objects.count() == 0
    assert _entries() == before


def test_preparing_outside_a_transaction_is_refused(issuing: Issuing) -> None:
    with pytest.raises(RuntimeError, match="is a part"):
        licences.prepare(
            BUSINESS_LICENCE,
            issuer=MARKET,
            holder=HOLDER,
            content=CONTENT,
            case_number=CASE,
            decision_entry="x" * 26,
            now=issuing.now,
            chance=issuing.chance,
        )


def test_signing_inside_a_transaction_is_refused(issuing: Issuing) -> None:
    identifier = issuing.prepare().identifier
    with transaction.atomic(), pytest.raises(RuntimeError, match="must not happen inside"):
        licences.sign(identifier, issuing.signers, now=issuing.now)


def test_a_crash_between_signature_and_storing_ends_in_the_same_licence(issuing: Issuing) -> None:
    identifier = issuing.prepare().identifier
    lost = licences.sign(identifier, issuing.signers, now=issuing.now)
    issuing.clock.move(timedelta(hours=3))
    assert licences.sign_waiting(issuing.signers, issuing.now, chance=issuing.chance) == (1, 0)
    row = LicenceRow.objects.get()
    key = licences.load_key(ledger.keys_folder() / MARKET)
    for value in (row.signature, lost.signature.value):
        assert signed_by(key, row.statement, licences.Signature(row.kid, key.alg, value))


def test_what_waited_while_the_office_renewed_its_key_is_signed_by_the_new_one(issuing: Issuing) -> None:
    identifier = issuing.prepare().identifier
    issuing.clock.move(timedelta(hours=3))
    keys = ledger.keys_folder()
    alg = licences.public_keys(keys, MARKET)[-1].alg
    licences.make_office_key(MARKET, keys, now=issuing.now, chance=issuing.chance, alg=alg, renew=True)
    licences.publish_trust(issuing.now)
    renewed = licences.OfficeSigner(
        MARKET, licences.load_key(keys / MARKET), licences.Journal(keys.parent / "renewed"), issuing.clock
    )
    signers = licences.DirectSigners({MARKET: renewed})
    assert licences.sign_waiting(signers, issuing.now, chance=issuing.chance) == (1, 0)
    renewed.close()
    issuing.publish()
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_licence(licences.licence_file(identifier), anchor, issuing.now)
    assert report.verdict is Verdict.VALID
    assert licences.licence(identifier).kid == renewed.kid


def test_storing_a_signature_twice_stores_nothing_new(issuing: Issuing) -> None:
    identifier = issuing.prepare().identifier
    signed = licences.sign(identifier, issuing.signers, now=issuing.now)
    store = whole(licences.store_signature)
    store(signed, now=issuing.now, chance=issuing.chance)
    entries = _entries()
    store(signed, now=issuing.now + timedelta(hours=1), chance=issuing.chance)
    assert _entries() == entries
    assert licences.licence(identifier).signed_at == issuing.now


def test_another_signature_over_a_signed_licence_is_refused(issuing: Issuing) -> None:
    shown = issuing.issue()
    store = whole(licences.store_signature)
    for other in (("0" * 16, "sm2sig_sm3"), ("0" * 16, "Ed25519"), (shown.kid, "Ed25519")):
        signature = licences.Signature(*other, "00" * 64)
        with pytest.raises(Conflict):
            store(licences.Signed(shown.identifier, signature), now=issuing.now, chance=issuing.chance)


def test_of_two_good_signatures_by_one_key_the_first_stays(issuing: Issuing) -> None:
    identifier = issuing.prepare().identifier
    first, again = (licences.sign(identifier, issuing.signers, now=issuing.now) for _ in range(2))
    store = whole(licences.store_signature)
    for each in (first, again):
        store(each, now=issuing.now, chance=issuing.chance)
    assert LicenceRow.objects.get().signature == first.signature.value


def test_a_silent_signer_keeps_its_licences_waiting_and_loses_none(issuing: Issuing, tmp_path: Path) -> None:
    issuing.prepare()
    silent = licences.Signers(tmp_path)  # where no signer listens
    assert licences.sign_waiting(silent, issuing.now, chance=issuing.chance) == (0, 1)
    assert licences.sign_waiting(issuing.signers, issuing.now, chance=issuing.chance) == (1, 0)
    assert licences.waiting_for_signature() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"extra": "x"}, "no field extra"),
        ({"name": ""}, "Name is missing"),
        ({"name": None}, "Name is missing"),
        ({"registered_capital_cents": "100"}, "no cents"),
        ({"registered_capital_cents": True}, "no cents"),
        ({"established_on": "2026-13-01"}, "no date"),
        ({"scope": "餐饮服务"}, "no list"),
        ({"scope": []}, "Business scope is missing"),
    ],
)
def test_content_that_the_type_does_not_know_makes_no_licence(
    issuing: Issuing, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        issuing.prepare(content={**CONTENT, **changes})


def test_an_unknown_type_is_said_so(issuing: Issuing) -> None:
    with pytest.raises(NotFound, match="licence-types"):
        issuing.prepare(type_code="11100000MB0143028R999")


def test_a_change_makes_version_002_and_ends_001_when_it_is_signed(issuing: Issuing) -> None:
    first = issuing.issue()
    prepared = issuing.prepare(OTHER_CASE, previous=first.identifier, operation="08")
    assert licences.licence(first.identifier).status is licences.Status.VALID  # until the new one is signed
    licences.sign_pending(prepared.identifier, issuing.signers, issuing.now, chance=issuing.chance)
    second = licences.licence(prepared.identifier)
    parts = [licence_identifier.parse(each.identifier) for each in (first, second)]
    assert [each.version for each in parts] == ["001", "002"]
    assert parts[0].serial == parts[1].serial
    assert second.previous == first.identifier
    assert second.content["previous_identifier"] == first.identifier
    assert licences.licence(first.identifier).status is licences.Status.ENDED
    assert [each.identifier for each in licences.versions(first.identifier)] == [
        first.identifier,
        second.identifier,
    ]
    assert all(each.signed for each in licences.history(first.identifier))


def test_a_case_is_listed_by_its_newest_version_however_many_there_were(issuing: Issuing) -> None:
    other = issuing.issue("9901210126000000000009")
    mine = issuing.issue()
    for _ in range(3):
        mine = issuing.issue(operation=licences.Operation.CHANGED, previous=mine.identifier)
    issuing.prepare(operation=licences.Operation.CHANGED, previous=mine.identifier)  # not signed yet
    found = licences.newest_from([mine.case_number, other.case_number, "9901210126000000000017"])
    assert [each.identifier for each in found] == [mine.identifier, other.identifier]


def test_two_live_versions_of_one_licence_cannot_be_stored(issuing: Issuing) -> None:
    first = issuing.issue()
    issuing.issue(OTHER_CASE, previous=first.identifier, operation="08")
    with pytest.raises(IntegrityError), transaction.atomic():
        LicenceRow.objects.filter(identifier=first.identifier).update(status="01")


def test_only_a_valid_licence_is_changed(issuing: Issuing) -> None:
    first = issuing.issue()
    issuing.change(first.identifier, SUSPEND)
    with pytest.raises(Conflict):
        issuing.prepare(OTHER_CASE, previous=first.identifier, operation="08")


def test_a_version_has_one_successor_whatever_is_retried(issuing: Issuing) -> None:
    first = issuing.issue()
    issuing.prepare(previous=first.identifier, operation="08")
    with pytest.raises(AlreadyDone):
        issuing.prepare(previous=first.identifier, operation="08")
    assert LicenceRow.objects.count() == 2


@pytest.mark.parametrize(("previous", "operation"), [(None, "08"), ("first", "01"), (None, "03")])
def test_versions_and_operations_fit_each_other(
    issuing: Issuing, previous: str | None, operation: str
) -> None:
    first = issuing.issue()
    with pytest.raises(Conflict):
        issuing.prepare(OTHER_CASE, previous=first.identifier if previous else None, operation=operation)


def test_nothing_adverse_can_be_constructed_without_a_person(issuing: Issuing) -> None:
    whole_grounds = {"reasons": REASON, "basis": "法", "staff": "7"}
    for operation, status in (
        (licences.Operation.SUSPENDED, licences.Status.SUSPENDED),
        (licences.Operation.EXPIRED, licences.Status.ENDED),
        (licences.Operation.OTHER, licences.Status.REVOKED),
        (licences.Operation.CANCELLED, licences.Status.CANCELLED),
    ):
        for lacking in ({"staff": None}, {"staff": " "}, {"reasons": None}, {"basis": "\u200b"}):
            with pytest.raises(NotAllowed):
                licences.Change(operation, status, **{**whole_grounds, **lacking})
    row = LicenceRow.objects.get(identifier=issuing.issue().identifier)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusChangeRow.objects.create(
            licence=row,
            number=1,
            previous_status="01",
            status="03",
            operation="07",
            adverse=True,
            at=issuing.now,
        )


def test_suspended_and_given_back_is_told_in_order_with_its_person(issuing: Issuing) -> None:
    shown = issuing.issue()
    issuing.change(shown.identifier, SUSPEND)
    assert not licences.licence(shown.identifier).is_in_force(issuing.now.date())
    issuing.change(shown.identifier, GIVE_BACK)
    assert licences.licence(shown.identifier).status is licences.Status.VALID
    told = licences.history(shown.identifier)
    assert [(each.number, each.status.value, each.staff) for each in told] == [(1, "02", "7"), (2, "01", "")]
    assert told[0].reasons == REASON


@pytest.mark.parametrize("change", [SUSPEND, GIVE_BACK, REVOKE, CANCEL])
def test_a_revoked_licence_stays_revoked(issuing: Issuing, change: licences.Change) -> None:
    shown = issuing.issue()
    issuing.change(shown.identifier, REVOKE)
    with pytest.raises(Conflict):
        licences.change_status(shown.identifier, change, now=issuing.now, chance=issuing.chance)


def test_a_change_being_signed_gives_no_file(issuing: Issuing) -> None:
    shown = issuing.issue()
    licences.change_status(shown.identifier, SUSPEND, now=issuing.now, chance=issuing.chance)
    with pytest.raises(Conflict, match="being signed"):
        licences.licence_file(shown.identifier)
    assert licences.waiting_for_signature() == [shown.identifier]
    licences.sign_waiting(issuing.signers, issuing.now, chance=issuing.chance, log_signer=issuing.log_signer)
    assert licences.licence_file(shown.identifier)


def test_a_licence_that_was_issued_before_the_database_was_lost_is_not_issued_again(issuing: Issuing) -> None:
    issuing.issue()
    issuing.publish()
    call_command("flush", interactive=False, verbosity=0)  # as a restore from before the first licence
    ledger.recover(ledger.logs_folder(), issuing.log_signer, now=issuing.now, chance=issuing.chance)
    issuing.load_city()
    with pytest.raises(Conflict, match="not issued again"):
        issuing.prepare()
    assert issuing.prepare(OTHER_CASE).identifier


def test_the_file_is_the_same_bytes_each_time_and_canonical(issuing: Issuing) -> None:
    shown = issuing.issue()
    issuing.publish()
    data = licences.licence_file(shown.identifier)
    assert data == licences.licence_file(shown.identifier) == canonical(json.loads(data))


def test_without_promise_and_proof_there_is_no_file_yet(issuing: Issuing) -> None:
    identifier = issuing.prepare().identifier
    licences.sign_pending(identifier, issuing.signers, issuing.now, chance=issuing.chance)
    with pytest.raises(Conflict, match="not published"):
        licences.licence_file(identifier)
    issuing.publish()
    assert licences.licence_file(identifier)


def test_types_load_twice_and_say_what_they_are(issuing: Issuing) -> None:
    assert licences.load_types(Path(settings.CITY)) == licences.load_types(Path(settings.CITY))
    kinds = {kind.code: kind for kind in licences.licence_types()}
    assert kinds[BUSINESS_LICENCE].mark == "found"
    assert {kind.mark for code, kind in kinds.items() if code != BUSINESS_LICENCE} == {"gap"}


def test_the_holder_is_who_was_named(issuing: Issuing) -> None:
    shown = issuing.issue(holder=replace(HOLDER, type_code="111", code="990100199001010015", name="沈知味"))
    assert licences.licences_of("990100199001010015").lines == (shown,)
    assert licences.licences_of(HOLDER.code).lines == ()


def _entries() -> int:
    return ledger.head("decisions").waiting
