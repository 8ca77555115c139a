"""What officers do to licences after their issue: by whom, on which grounds, and what the holder is told."""

from datetime import date, timedelta

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import officer, pass_time, submit
from tests.promises.effects import unproven
from tongban.cases import api as cases
from tongban.cases.api import LicencePower
from tongban.cases.models import Event
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow, StatusChangeRow, TypeRow
from tongban.papers import api as papers
from tongban.registry import api as registry

GROUNDS = {"reasons": "现场检查发现经营场所已搬离，已听取陈述。", "basis": "市场主体登记管理条例第三十条"}
STANDING = (LicencePower.SUSPEND, LicencePower.CANCEL, LicencePower.REVOKE, LicencePower.CHANGE)


@pytest.fixture
def issued(town: Town) -> licences.Licence:
    """A business licence of the county's market office."""
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    return licences.standing_licence(cases.snapshot(number).case("registration").number or "")


@pytest.fixture
def approver(town: Town) -> registry.Staff:
    return officer(town, "market.990121", registry.Role.APPROVER)


def do(town: Town, found: licences.Licence, power: LicencePower, who: registry.Staff, **more: bool) -> None:
    cases.change_licence_status(found.identifier, power, staff=who, at=town.workplace, **GROUNDS, **more)
    cases.settle_licence(found.case_number, at=town.workplace)


def said_by(entry: str) -> dict[str, object]:
    """Give what an entry says of who did it."""
    opening = ledger.opening(entry)
    return {name: opening.value(name) for name in ("maker", "staff")}


def limited(issued: licences.Licence, days: int) -> None:
    """Let the licence have an end, as a type with a period would have given it."""
    end = issued.validate_start + timedelta(days=days)
    LicenceRow.objects.filter(identifier=issued.identifier).update(
        valid_until=end, content=_with_end(issued, end)
    )


def _with_end(issued: licences.Licence, end: date) -> str:
    found = LicenceRow.objects.get(identifier=issued.identifier).content
    return found.replace('"validate_end":null', f'"validate_end":"{end.isoformat()}"')


def test_suspending_has_a_name_grounds_evidence_and_a_notice_with_remedies(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    do(town, issued, LicencePower.SUSPEND, approver)
    assert licences.licence(issued.identifier).status is licences.Status.SUSPENDED
    (change,) = licences.history(issued.identifier)
    assert (change.staff, change.basis, change.signed) == (str(approver.id), GROUNDS["basis"], True)
    said = said_by(StatusChangeRow.objects.get().entry)
    assert said["staff"] == str(approver.id)
    assert said["maker"] == "person"
    (notice,) = cases.notices_on_licence(issued.identifier, town.subject("li_chunyan"))
    assert notice.kind is papers.NoticeKind.SUSPENDED
    assert notice.remedies
    assert any(GROUNDS["basis"] in each.zh for each in notice.body)
    assert Event.objects.filter(kind="licence_suspended", staff_id=approver.id).count() == 1


def test_what_was_suspended_is_given_back_and_valid_again(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    do(town, issued, LicencePower.SUSPEND, approver)
    do(town, issued, LicencePower.GIVE_BACK, approver)
    assert licences.licence(issued.identifier).is_in_force(town.now.date())
    kinds = [each.kind for each in cases.notices_on_licence(issued.identifier, town.subject("li_chunyan"))]
    assert kinds == [papers.NoticeKind.SUSPENDED, papers.NoticeKind.GIVEN_BACK]


@pytest.mark.parametrize("power", [LicencePower.CANCEL, LicencePower.REVOKE])
def test_an_end_is_final(
    town: Town, issued: licences.Licence, approver: registry.Staff, power: LicencePower
) -> None:
    do(town, issued, power, approver)
    for again in LicencePower:
        with pytest.raises(Conflict):
            do(town, issued, again, approver)
    assert StatusChangeRow.objects.count() == 1


def test_a_revocation_ends_the_case_too(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    do(town, issued, LicencePower.REVOKE, approver)
    filing = cases.filing_of_case(issued.case_number, approver)
    assert cases.snapshot(filing).case("registration").state is cases.CaseState.REVOKED
    assert issued.identifier in {e.identifier for e in cases.licences_for(town.subject("li_chunyan")).lines}
    assert unproven() == []


def test_a_cancellation_that_the_holder_asks_for_is_not_adverse(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    do(town, issued, LicencePower.CANCEL, approver, at_holders_request=True)
    assert not StatusChangeRow.objects.get().adverse


@pytest.mark.parametrize("lacking", ["reasons", "basis"])
@pytest.mark.parametrize("power", STANDING[:3])
def test_nothing_is_done_without_reasons_and_an_article(
    town: Town, issued: licences.Licence, approver: registry.Staff, power: LicencePower, lacking: str
) -> None:
    with pytest.raises(Invalid):
        cases.change_licence_status(
            issued.identifier, power, staff=approver, at=town.workplace, **{**GROUNDS, lacking: "  "}
        )
    assert licences.history(issued.identifier) == ()


@pytest.mark.parametrize("power", list(LicencePower)[:5])
def test_another_office_and_other_roles_find_no_such_licence(
    town: Town, issued: licences.Licence, power: LicencePower
) -> None:
    office = officer(town, "tax.990121", registry.Role.APPROVER)
    counter = registry.Staff(1, "x", "某", "market.990121", frozenset({registry.Role.RECEPTIONIST}), ())
    for who in (office, counter):
        with pytest.raises(NotFound):
            do(town, issued, power, who)
    assert cases.licences_at(office, wanted=issued.identifier, at=town.workplace).found.lines == ()


def test_a_change_makes_a_version_linked_to_the_one_before(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    content = {**issued.content["extend_info"], "address": "云东县城关镇青石路9号"}
    made = cases.change_licence(
        issued.identifier, staff=approver, holder_name="", content=content, at=town.workplace, **GROUNDS
    )
    assert licences.licence(issued.identifier).status is licences.Status.VALID  # until the new one is signed
    assert cases.settle_licence(issued.case_number, at=town.workplace) == made
    new = licences.licence(made)
    assert (new.previous, new.version, new.operation) == (issued.identifier, 2, licences.Operation.CHANGED)
    assert new.content["extend_info"]["address"] == "云东县城关镇青石路9号"
    assert new.validate_end == issued.validate_end
    assert licences.licence(issued.identifier).status is licences.Status.ENDED
    with pytest.raises(Conflict):  # a second click finds that the version before has ended
        cases.change_licence(
            issued.identifier, staff=approver, holder_name="", content=content, at=town.workplace, **GROUNDS
        )
    shown = [each.identifier for each in cases.licences_for(town.subject("li_chunyan")).lines]
    assert {made, issued.identifier} <= set(shown)


def test_what_a_type_cannot_hold_is_not_written_on_a_licence(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    for content in ({}, {**issued.content["extend_info"], "scope": "餐饮"}):
        with pytest.raises(Invalid):
            cases.change_licence(
                issued.identifier,
                staff=approver,
                holder_name="",
                content=content,
                at=town.workplace,
                **GROUNDS,
            )
    assert LicenceRow.objects.filter(previous__isnull=False).count() == 0


def test_a_licence_without_end_is_not_renewed(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    with pytest.raises(Conflict):
        cases.renew_licence(
            issued.identifier, staff=approver, applied_on=town.now.date(), at=town.workplace, **GROUNDS
        )


def test_expiry_is_made_by_law_and_confirmed_by_a_person(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    limited(issued, days=10)
    with pytest.raises(Conflict):  # not before its last day has passed
        do(town, issued, LicencePower.CONFIRM_EXPIRY, approver)
    pass_time(town, days=11)
    waiting = cases.licences_at(approver, at=town.workplace).over
    assert [each.identifier for each in waiting.lines] == [issued.identifier]
    do(town, issued, LicencePower.CONFIRM_EXPIRY, approver)
    assert licences.licence(issued.identifier).status is licences.Status.ENDED
    said = said_by(StatusChangeRow.objects.get().entry)
    assert (said["maker"], said["staff"]) == ("law", str(approver.id))
    assert cases.licences_at(approver, at=town.workplace).over.lines == ()


def test_a_period_that_runs_is_not_called_expired_by_the_room_itself(
    town: Town, issued: licences.Licence
) -> None:
    limited(issued, days=10)
    text = licences.Status.ENDED.words
    change = licences.Change(licences.Operation.EXPIRED, licences.Status.ENDED, text, "许可法", "7")
    with pytest.raises(Conflict, match="not run out"):
        whole(licences.change_status_within)(
            issued.identifier, change, now=town.now, chance=town.workplace.chance
        )


@pytest.mark.parametrize(("late", "maker"), [(False, "person"), (True, "law")])
def test_a_renewal_is_a_decision_before_the_end_and_the_law_after_it(
    town: Town, issued: licences.Licence, approver: registry.Staff, monthly: None, late: bool, maker: str
) -> None:
    """Applied for in time and never decided is renewed by law (Administrative Licensing Law art. 50)."""
    limited(issued, days=40)
    applied = town.now.date()
    pass_time(town, days=41 if late else 5)
    made = cases.renew_licence(
        issued.identifier, staff=approver, applied_on=applied, at=town.workplace, **GROUNDS
    )
    cases.settle_licence(issued.case_number, at=town.workplace)
    (happened,) = Event.objects.filter(kind="licence_renewed")
    said = said_by(happened.entry_id or "")
    assert (said["maker"], said["staff"]) == (maker, str(approver.id))
    new, last = licences.licence(made), issued.validate_start + timedelta(days=40)
    assert new.previous == issued.identifier
    assert new.validate_end is not None
    assert timedelta(days=27) < new.validate_end - last <= timedelta(days=31)  # one month longer, none lost


def test_who_applied_after_the_end_is_not_renewed(
    town: Town, issued: licences.Licence, approver: registry.Staff, monthly: None
) -> None:
    limited(issued, days=10)
    pass_time(town, days=11)
    with pytest.raises(Invalid):
        cases.renew_licence(
            issued.identifier, staff=approver, applied_on=town.now.date(), at=town.workplace, **GROUNDS
        )


def test_the_office_itself_looks_only_with_a_cause_and_the_holder_sees_who_and_why(
    town: Town, issued: licences.Licence, approver: registry.Staff
) -> None:
    with pytest.raises(Invalid):
        cases.open_licence(issued.identifier, staff=approver, cause="\u200b", at=town.workplace)
    assert licences.looks_at(issued.identifier).lines == ()
    cases.open_licence(issued.identifier, staff=approver, cause="核对住所", at=town.workplace)
    (look,) = licences.looks_at(issued.identifier).lines
    assert (look.way, look.staff, look.cause) == (licences.Way.OFFICER, str(approver.id), "核对住所")
    (opened,) = ledger.openings_of("licence.opened", most=9).lines
    assert opened.value("purpose") == "核对住所"


@pytest.fixture
def monthly(town: Town) -> None:
    """Business licences that hold a month, for the tests of periods."""
    row = TypeRow.objects.get(code="11100000MB0143028R001")
    row.declaration = row.declaration.replace('"valid_months":null', '"valid_months":1')
    row.save()
