"""A pack says how surely who files and who confirms is identified; the room holds them to it."""

from dataclasses import replace

import pytest

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import states
from tongban.cases import api as cases
from tongban.cases.models import Event
from tongban.kernel.errors import NotAllowed, NotFound, StepUpNeeded
from tongban.ledger import api as ledger
from tongban.registry import api as registry

WANG = CHARACTERS["persons"]["wang_jianguo"]


def by_code(person: registry.Subject) -> registry.Subject:
    """Give the same person where they signed in by a code on the mobile."""
    return replace(person, assurance=2)


def submit(town: Town, number: str, by: cases.Reader) -> cases.Checked:
    checked, _ = cases.submit(number, by=by, request=None, at=town.workplace)
    return checked


def awaiting_partner(town: Town) -> tuple[str, registry.Subject]:
    owner = town.subject("li_chunyan")
    number = draft(town, owner, partner=WANG)
    assert submit(town, number, owner).is_clean
    return number, town.subject("wang_jianguo")


def helped(town: Town, *, in_person: bool) -> tuple[str, registry.Staff]:
    helper = registry.staff_of("hall.990121", registry.Role.COUNTER, on=town.now.date())[0]
    filer = cases.Filer("counter", helper.id, helper.name, "已核验", in_person=in_person)
    return draft(town, town.subject("sun_guilan"), filer=filer), helper


def confirmations(number: str) -> list[tuple[str, str]]:
    """Give what the evidence holds of who confirmed or declined: which of both, and how surely identified."""
    told = Event.objects.filter(filing__number=number, kind__in=("confirmed", "declined")).order_by("id")
    openings = [ledger.opening(each.entry_id) for each in told]
    return [(each.value("confirmed"), each.value("assurance")) for each in openings]


def submission(number: str) -> ledger.Opening:
    """Give what the evidence holds of a filing's submission."""
    entry = Event.objects.get(filing__number=number, kind="submitted").entry_id
    assert entry is not None
    return ledger.opening(entry)


def test_a_founder_who_signed_in_by_a_code_does_not_file_and_one_by_face_does(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    before = cases.snapshot(number)
    with pytest.raises(StepUpNeeded) as refused:
        submit(town, number, by_code(owner))
    assert (refused.value.status, refused.value.level) == (401, "L3")
    after = cases.snapshot(number)
    assert (after.stage, after.revision, after.answers) == (before.stage, before.revision, before.answers)
    assert states(number) == {}
    assert submit(town, number, owner).is_clean
    assert states(number)["registration"] == "received"
    assert submission(number).value("assurance") == "L3"


def test_what_is_wrong_with_the_form_is_told_before_anybody_is_sent_to_sign_in_again(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner, trade_word="春燕")
    assert submit(town, number, by_code(owner)).stops


def test_a_shareholder_who_signed_in_by_a_code_does_not_confirm_and_one_by_face_does(town: Town) -> None:
    number, partner = awaiting_partner(town)
    with pytest.raises(StepUpNeeded):
        cases.confirm(number, subject=by_code(partner), agrees=True, at=town.workplace)
    assert confirmations(number) == []
    assert cases.snapshot(number).stage is cases.Stage.CONFIRMING
    assert cases.confirm(number, subject=partner, agrees=True, at=town.workplace) is not None
    assert confirmations(number) == [("yes", "L3")]


def test_declining_takes_no_surer_sign_in(town: Town) -> None:
    number, partner = awaiting_partner(town)
    cases.confirm(number, subject=by_code(partner), agrees=False, at=town.workplace)
    assert confirmations(number) == [("no", "L2")]


def test_who_takes_no_part_learns_nothing_at_either_level(town: Town) -> None:
    number, _ = awaiting_partner(town)
    stranger = town.subject("zhao_min")
    for person in (stranger, by_code(stranger)):
        with pytest.raises(NotFound):
            cases.confirm(number, subject=person, agrees=True, at=town.workplace)


def test_a_helper_before_whom_the_person_stood_files(town: Town) -> None:
    number, helper = helped(town, in_person=True)
    assert submit(town, number, helper).is_clean
    told = submission(number)
    assert (told.value("helper"), told.value("authority")) == (str(helper.id), "已核验")


def test_a_helper_before_whom_nobody_stood_does_not_file_and_the_person_does(town: Town) -> None:
    number, helper = helped(town, in_person=False)
    with pytest.raises(NotAllowed) as refused:
        submit(town, number, helper)
    assert refused.value.code == "cases.not_in_person"
    assert submit(town, number, town.subject("sun_guilan")).is_clean


def test_whoever_comes_in_person_after_all_is_filed_for_by_the_helper_who_began(town: Town) -> None:
    number, helper = helped(town, in_person=False)
    came = cases.Filer("counter", helper.id, helper.name, "本人在场，已核验证件", in_person=True)
    assert draft(town, town.subject("sun_guilan"), filer=came) == number
    assert submit(town, number, helper).is_clean
    assert cases.filing_page(number, helper).authority == "本人在场，已核验证件"


def test_nobody_but_the_owner_and_the_helper_who_typed_it_submits(town: Town) -> None:
    number, helper = helped(town, in_person=True)
    others = [each for each in registry.everybody(town.now.date()).lines if each.id != helper.id]
    for other in (town.subject("zhao_min"), others[0]):
        with pytest.raises(NotFound):
            submit(town, number, other)


def test_somebody_at_the_counter_by_whose_own_draft_they_came_is_asked_as_anybody(town: Town) -> None:
    number, _ = helped(town, in_person=True)
    with pytest.raises(StepUpNeeded):
        submit(town, number, by_code(town.subject("sun_guilan")))
