"""What officers do, and what nobody but a named person of the right office can."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, pass_time, sight, states, submit
from tongban.cases import api as cases
from tongban.cases.models import Case, Decision
from tongban.kernel.errors import Conflict, Invalid, NotFound, SourceDown
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.papers import api as papers
from tongban.registry import api as registry

APPROVER, LEADER, RECEPTIONIST = registry.Role.APPROVER, registry.Role.LEADER, registry.Role.RECEPTIONIST


@pytest.fixture
def waiting(town: Town) -> str:
    """A filing whose registration waits for an officer: its founder is under enforcement."""
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    return number


def case_number(number: str) -> str:
    found = cases.snapshot(number).case("registration").number
    assert found is not None
    return found


def test_an_officer_grants_and_the_rest_goes_on_by_itself(town: Town, waiting: str) -> None:
    approver = officer(town, "market.990121", APPROVER)
    cases.claim_case(waiting, case_number(waiting), staff=approver, at=town.workplace)
    cases.approve(
        sight(town, waiting),
        case_number(waiting),
        staff=approver,
        reasons="已结清，经核实。",
        record={},
        at=town.workplace,
    )
    carry(town, waiting)
    assert set(states(waiting).values()) == {"granted"}
    decision = Decision.objects.get(case__item="registration")
    assert (decision.maker, decision.staff_id) == ("person", approver.id)


def test_a_refusal_names_its_maker_its_reasons_and_the_remedies(town: Town, waiting: str) -> None:
    approver = officer(town, "market.990121", APPROVER)
    cases.refuse(
        sight(town, waiting),
        case_number(waiting),
        staff=approver,
        reasons="依法不得担任法定代表人。",
        record={},
        at=town.workplace,
    )
    assert states(waiting)["registration"] == "refused"
    assert {state for item, state in states(waiting).items() if item != "registration"} == {"withdrawn"}
    carry(town, waiting)
    notices = {notice.kind: notice for notice in papers.notices_of([case_number(waiting)]).lines}
    assert "refused" in notices
    with pytest.raises(Conflict):
        cases.refuse(
            sight(town, waiting),
            case_number(waiting),
            staff=approver,
            reasons="再次",
            record={},
            at=town.workplace,
        )


def test_no_decision_without_reasons(town: Town, waiting: str) -> None:
    approver = officer(town, "market.990121", APPROVER)
    for act in (cases.approve, cases.refuse):
        with pytest.raises(Invalid):
            act(
                sight(town, waiting),
                case_number(waiting),
                staff=approver,
                reasons="  ",
                record={},
                at=town.workplace,
            )


@pytest.mark.parametrize(("organisation", "role"), [("market.990122", APPROVER), ("tax.990121", APPROVER)])
def test_an_officer_of_another_office_finds_no_such_case(
    town: Town, waiting: str, organisation: str, role: registry.Role
) -> None:
    stranger = officer(town, organisation, role)
    found = case_number(waiting)
    seen = sight(town, waiting)
    at = town.workplace
    attempts = (
        lambda: cases.claim_case(waiting, found, staff=stranger, at=at),
        lambda: cases.give_back(waiting, found, staff=stranger, at=at),
        lambda: cases.take_over(waiting, found, staff=stranger, reason="请假", at=at),
        lambda: cases.approve(seen, found, staff=stranger, reasons="理由", record={}, at=at),
        lambda: cases.refuse(seen, found, staff=stranger, reasons="理由", record={}, at=at),
        lambda: cases.open_facts(found, staff=stranger, cause="看看", at=at),
        lambda: cases.filing_page(waiting, stranger),
        lambda: cases.form_page(waiting, stranger, at=at),
        lambda: cases.ask_to_complete(seen, found, staff=stranger, wanting=["章程"], at=at),
        lambda: cases.begin_pause(
            seen, found, staff=stranger, kind="hearing", reason="听证", needs_days=3, at=at
        ),
        lambda: cases.extend(seen, found, staff=stranger, reason="案情复杂", at=at),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert cases.desk(stranger, now=town.now, choice=cases.Choice.ALL).lines == ()


def test_a_receptionist_cannot_decide(town: Town, waiting: str) -> None:
    receptionist = replace(officer(town, "market.990121", RECEPTIONIST), roles=frozenset({RECEPTIONIST}))
    with pytest.raises(NotFound):
        cases.approve(
            sight(town, waiting),
            case_number(waiting),
            staff=receptionist,
            reasons="理由",
            record={},
            at=town.workplace,
        )


def test_a_case_that_is_taken_is_refused_to_a_colleague_by_name(town: Town, waiting: str) -> None:
    first, second = registry.staff_of("market.990121", APPROVER, LEADER, on=town.now.date())[:2]
    cases.claim_case(waiting, case_number(waiting), staff=first, at=town.workplace)
    cases.claim_case(waiting, case_number(waiting), staff=first, at=town.workplace)
    with pytest.raises(Conflict, match=first.name):
        cases.claim_case(waiting, case_number(waiting), staff=second, at=town.workplace)


def test_the_database_itself_refuses_a_no_without_a_person(town: Town, waiting: str) -> None:
    case = Case.objects.get(item="registration")
    for maker, staff_id in (("rule", None), ("law", None), ("person", None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                case=case,
                outcome="no",
                maker=maker,
                staff_id=staff_id,
                reasons=[],
                record={},
                entry_id="x",
                at=town.now,
            )


def opened(town: Town) -> int:
    """Count the published entries that tell of somebody opening facts."""
    ledger.sequence(ledger.logs_folder(), town.workplace.log_signer, town.now, holder="test")
    return sum(entry.kind == "facts.opened" for entry in ledger.latest("decisions", most=1000).lines)


def test_opening_facts_is_evidence_before_they_are_shown(town: Town, waiting: str) -> None:
    approver = officer(town, "market.990121", APPROVER)
    before = opened(town)
    with pytest.raises(Invalid):
        cases.open_facts(case_number(waiting), staff=approver, cause=" ", at=town.workplace)
    lines = cases.open_facts(case_number(waiting), staff=approver, cause="审批本办件", at=town.workplace)
    assert any(line.element == "person.under_enforcement" and line.value is True for line in lines)
    assert opened(town) == before + 1


def test_a_wrong_office_is_told_by_a_person_naming_the_right_one(town: Town, waiting: str) -> None:
    approver = officer(town, "market.990121", APPROVER)
    cases.not_accept(
        sight(town, waiting),
        case_number(waiting),
        staff=approver,
        kind="not_accepted",
        reasons="住所在云西县。",
        right_office="market.990122",
        at=town.workplace,
    )
    assert states(waiting)["registration"] == "not_accepted"
    page = cases.filing_page(waiting, town.subject("zhang_dahai"))
    assert any("云西县" in line.words.zh for line in page.timeline.lines)


def test_the_one_correction_notice_is_given_once(town: Town, waiting: str) -> None:
    receptionist = officer(town, "market.990121", APPROVER)
    with pytest.raises(Conflict):  # it was accepted already: after acceptance nothing more is asked for
        cases.ask_to_complete(
            sight(town, waiting),
            case_number(waiting),
            staff=receptionist,
            wanting=["章程"],
            at=town.workplace,
        )


def test_a_special_procedure_stops_the_clock_and_moves_it(town: Town, waiting: str) -> None:
    approver = officer(town, "market.990121", APPROVER)
    due = cases.snapshot(waiting).case("registration").promised_due_at
    cases.begin_pause(
        sight(town, waiting),
        case_number(waiting),
        staff=approver,
        kind="expert_review",
        reason="论证",
        needs_days=5,
        at=town.workplace,
    )
    assert cases.snapshot(waiting).case("registration").paused
    pass_time(town, days=7)
    cases.end_pause(
        sight(town, waiting), case_number(waiting), staff=approver, outcome="通过", at=town.workplace
    )
    after = cases.snapshot(waiting).case("registration")
    assert not after.paused
    assert due is not None
    assert after.promised_due_at is not None
    assert (after.promised_due_at - due).days >= 7


def test_only_the_leader_extends_and_only_once(town: Town, waiting: str) -> None:
    leader = officer(town, "market.990121", LEADER)
    plain = next(
        s for s in registry.staff_of("market.990121", APPROVER, on=town.now.date()) if not s.holds(LEADER)
    )
    with pytest.raises(NotFound):
        cases.extend(
            sight(town, waiting), case_number(waiting), staff=plain, reason="复杂", at=town.workplace
        )
    before = cases.snapshot(waiting).case("registration").statutory_due_at
    cases.extend(
        sight(town, waiting), case_number(waiting), staff=leader, reason="案情复杂", at=town.workplace
    )
    after = cases.snapshot(waiting).case("registration").statutory_due_at
    assert before is not None
    assert after is not None
    assert after > before
    with pytest.raises(Conflict):
        cases.extend(
            sight(town, waiting), case_number(waiting), staff=leader, reason="再次", at=town.workplace
        )


def test_a_promise_that_runs_out_warns_and_escalates_once_each(town: Town, waiting: str) -> None:
    pass_time(town, days=30)
    for _ in range(3):
        carry(town, waiting)
    assert cases.snapshot(waiting).case("registration").alarm == 3
    kinds = [line.kind for line in cases.filing_page(waiting, town.subject("zhang_dahai")).timeline.lines]
    assert kinds.count("clock_promised") == 1
    assert kinds.count("clock_statutory") == 1


def test_silence_until_the_acceptance_clock_ends_is_acceptance_from_the_day_of_receipt(town: Town) -> None:
    town.registers["court"].trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    received = cases.snapshot(number).case("registration").received_at
    pass_time(town, days=10)
    carry(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.state is cases.CaseState.ACCEPTED
    assert case.accepted_at == received
    town.registers["court"].trouble = None
    pass_time(town, hours=1)
    carry(town, number)
    assert set(states(number).values()) == {"granted"}


def test_an_uncompleted_case_lapses_only_by_a_persons_word(town: Town) -> None:
    number = draft(town, town.subject("wu_xiaoxue"))
    submit(town, number)
    pass_time(town, days=200)
    carry(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.state is cases.CaseState.CORRECTION
    assert case.person_needed
    receiver = officer(town, "market.990121", APPROVER)
    cases.confirm_lapse(sight(town, number), case_number(number), staff=receiver, at=town.workplace)
    assert states(number)["registration"] == "withdrawn"
