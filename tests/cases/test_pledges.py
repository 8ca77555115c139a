"""A promise in place of a proof: where it is open, and what follows when it was not kept."""

from dataclasses import replace

import pytest

from bench.filing import COMPANY, draft, ticks
from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import officer, pass_time, submit
from tongban.cases import api as cases
from tongban.cases.models import Claim, SignedPledge
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.rules.resting import ground_revoked
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

APPROVER = registry.Role.APPROVER


def pledged(town: Town, person: str, trade_word: str = "燕归来") -> str:
    """File at an address that no register knows, pledging that it is fit for trade."""
    owner = town.subject(person)
    number = draft(town, owner, address="east_unknown", trade_word=trade_word)
    cases.gather(number, at=town.workplace, again=True)
    form = cases.form_page(number, owner, at=town.workplace)
    asked = {question.question.id for question in form.sight.plan.questions}
    assert form.sight.plan.pledges, "the county allows the pledge and it must be offered"
    question = form.sight.plan.pledges[0].asked_by
    assert question in asked
    cases.put_answers(number, town.bundle, parties=[], answers={(COMPANY, question): True}, at=town.workplace)
    form = cases.form_page(number, owner, at=town.workplace)
    missing = list(cases.check(number, at=town.workplace).problems)
    answers = {(problem.ref, problem.question): "云溪市云东县城关镇新街9号" for problem in missing}
    fields = {q.question.id: q.question.type for q in form.sight.plan.questions}
    texts = {key: value for key, value in answers.items() if fields.get(key[1]) == "text"}
    cases.put_answers(number, town.bundle, parties=[], answers=dict(texts), at=town.workplace)
    ticks(town, number, owner)
    return number


def test_an_unknown_address_may_be_pledged_and_is_decided_on_the_spot(town: Town) -> None:
    number = pledged(town, "li_chunyan")
    checked = submit(town, number)
    assert checked.is_clean, checked
    case = cases.snapshot(number).case("registration")
    assert case.state is cases.CaseState.GRANTED
    told = SignedPledge.objects.get(case__number=case.number).told
    assert told[-1]["zh"] == "自作出决定之日起六十个工作日内核查。", "what was told is kept as it was told"
    line = cases.pledges_at(officer(town, "market.990121", APPROVER)).lines[0]
    assert line.state == "signed"
    assert line.due_at is not None


def test_a_serious_record_bars_the_pledge(town: Town) -> None:
    number = pledged(town, "zhao_min")
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.state is not cases.CaseState.GRANTED
    assert case.decided_at is None


def test_where_the_county_does_not_allow_it_no_pledge_is_offered(town: Town) -> None:
    owner = town.subject("wang_jianguo")
    number = draft(town, owner, address="west_unknown")
    cases.gather(number, at=town.workplace, again=True)
    assert CHARACTERS["addresses"]["west_unknown"]["division"] == "990122"
    assert cases.form_page(number, owner, at=town.workplace).sight.plan.pledges == ()


def test_a_broken_pledge_is_rectified_or_revoked_by_a_person_and_entered_on_record(town: Town) -> None:
    number = pledged(town, "li_chunyan")
    submit(town, number)
    approver = officer(town, "market.990121", APPROVER)
    case = cases.snapshot(number).case("registration")
    assert case.number is not None
    at = town.workplace
    with pytest.raises(Conflict):  # rectifying comes first
        cases.revoke_for_breach(
            number, case.number, "address", staff=approver, reasons="未改正", basis="条例", at=at
        )
    with pytest.raises(Invalid):
        cases.check_pledge(number, case.number, "address", staff=approver, kept=False, found=" ", at=at)
    stranger = officer(town, "market.990122", APPROVER)
    with pytest.raises(NotFound):
        cases.check_pledge(number, case.number, "address", staff=stranger, kept=True, found="属实", at=at)
    cases.check_pledge(number, case.number, "address", staff=approver, kept=False, found="现场为住宅", at=at)
    with pytest.raises(Conflict):  # its time to put it right has not run out
        cases.revoke_for_breach(
            number, case.number, "address", staff=approver, reasons="立即", basis="条例", at=at
        )
    pass_time(town, days=40)
    cases.revoke_for_breach(
        number,
        case.number,
        "address",
        staff=approver,
        reasons="逾期未改正",
        basis="市场主体登记管理条例",
        at=at,
    )
    carry(town, number)
    assert licences.licence(case.licence).status is licences.Status.REVOKED
    page = cases.filing_page(number, town.subject("li_chunyan"))
    assert any(line.status_code == 15 for line in page.timeline.lines)


def granted_on_a_pledge(town: Town, person: str = "li_chunyan") -> tuple[str, str]:
    """Give a filing granted on a pledge, and the number of its registration."""
    number = pledged(town, person)
    submit(town, number)
    case = cases.snapshot(number).case("registration").number
    assert case is not None
    return number, case


def test_whoever_pledged_sees_by_when_it_is_checked(town: Town) -> None:
    number, case = granted_on_a_pledge(town)
    [mine] = cases.filing_page(number, town.subject("li_chunyan")).pledges
    [theirs] = cases.pledges_at(officer(town, "market.990121", APPROVER)).lines
    assert (mine.case_number, mine.state, mine.check_by) == (case, "signed", theirs.due_at)
    day = papers.written_day(mine.check_by, provisional=mine.due_provisional)  # type: ignore[arg-type]  # above
    [decision] = [each for each in papers.notices_of([case]).lines if each.kind is papers.NoticeKind.GRANTED]
    assert any(day.zh in each.zh and "核查" in each.zh for each in decision.body)
    assert any(day.en in each.en for each in decision.body)


def revoke(town: Town, number: str, case: str, *, bad_faith: bool = True) -> None:
    cases.revoke_for_breach(
        number,
        case,
        "address",
        staff=officer(town, "market.990121", APPROVER),
        reasons="该地址并不存在，系伪造",
        basis="市场主体登记管理条例",
        bad_faith=bad_faith,
        at=town.workplace,
    )
    carry(town, number)


def test_the_order_to_put_it_right_is_given_in_writing(town: Town) -> None:
    number, case = granted_on_a_pledge(town)
    approver = officer(town, "market.990121", APPROVER)
    cases.check_pledge(
        number, case, "address", staff=approver, kept=False, found="现场为住宅", at=town.workplace
    )
    carry(town, number)
    [order] = [each for each in papers.notices_of([case]).lines if each.kind is papers.NoticeKind.RECTIFY]
    assert order.staff == str(approver.id)
    assert order.due == cases.pledges_at(approver).lines[0].due_at
    assert "现场为住宅" in order.body[0].zh


def test_a_pledge_in_bad_faith_is_revoked_at_once_by_a_named_person(town: Town) -> None:
    number, case = granted_on_a_pledge(town)
    approver = officer(town, "market.990121", APPROVER)
    with pytest.raises(Invalid):
        cases.revoke_for_breach(
            number,
            case,
            "address",
            staff=approver,
            reasons=" ",
            basis="条例",
            bad_faith=True,
            at=town.workplace,
        )
    licence = cases.snapshot(number).case("registration").licence
    revoke(town, number, case)
    assert licences.licence(licence).status is licences.Status.REVOKED
    [decision] = [each for each in papers.notices_of([case]).lines if each.kind is papers.NoticeKind.REVOKED]
    assert decision.staff == str(approver.id)
    assert "恶意" in decision.reasons[0].zh
    assert "并不存在" in decision.reasons[0].zh
    assert licence in decision.body[1].zh
    assert "云东县人民政府" in decision.remedies[0].zh
    assert decision.sealed


def test_what_was_revoked_says_so_wherever_it_is_listed(town: Town) -> None:
    number, case = granted_on_a_pledge(town)
    owner = town.subject("li_chunyan")
    before = cases.filing_page(number, owner)
    licence = cases.snapshot(number).case("registration").licence
    revoke(town, number, case)
    page = cases.filing_page(number, owner)
    assert page.status is cases.FilingStatus.REVOKED
    assert (page.stage, page.ended_at) == (before.stage, before.ended_at)
    assert {each.status for each in cases.filings(owner).lines} == {cases.FilingStatus.REVOKED}
    registration = next(each for each in page.cases if each.item == "registration")
    assert (registration.state, registration.licence) == ("revoked", "")
    assert (registration.words.zh, registration.words.en) == ("准予已撤销", "Revoked")
    listed = {each.identifier: each.status for each in cases.licences_for(owner).lines}
    assert listed[licence] is licences.Status.REVOKED
    assert cases.licence_for(licence, owner).status is licences.Status.REVOKED
    assert Claim.objects.filter(case__number=case).exists(), "the name is not free the day after"
    with pytest.raises(Conflict):
        revoke(town, number, case)


def test_the_offices_whose_results_rest_on_it_are_told(town: Town) -> None:
    number, case = granted_on_a_pledge(town)
    tax = officer(town, "tax.990121", APPROVER)
    assert cases.resting_on_revoked(tax).lines == ()
    revoke(town, number, case)
    [line] = cases.resting_on_revoked(tax).lines
    assert line.number == cases.snapshot(number).case("tax").number
    assert line.revoked.zh == "公司设立登记"
    told = cases.officer_case(line.number, tax, at=town.workplace).timeline.lines
    assert any(each.kind == "ground_revoked" and "公司设立登记" in each.words.zh for each in told)
    assert cases.resting_on_revoked(officer(town, "market.990121", APPROVER)).lines == ()
    assert cases.resting_on_revoked(officer(town, "tax.990122", APPROVER)).lines == ()
    assert cases.resting_on_revoked(replace(tax, roles=frozenset())).lines == ()
    owners = cases.filing_page(number, town.subject("li_chunyan")).timeline.lines
    assert not any(each.kind == "ground_revoked" for each in owners)


def test_no_rule_grants_what_rests_on_something_revoked(town: Town) -> None:
    number, case = granted_on_a_pledge(town)
    assert ground_revoked(town.bundle, "tax", read(number)) is None
    revoke(town, number, case)
    assert ground_revoked(town.bundle, "tax", read(number)) is not None
    assert ground_revoked(town.bundle, "registration", read(number)) is None
    assert "tax" not in {each.item for each in read(number).cases if each.state is cases.CaseState.REVOKED}
    seen = cases.see(read(number), at=town.workplace)
    verdict, _ = cases.judge_case(seen.of_case("tax"), read(number).case("tax"), at=town.workplace)
    assert verdict.way is cases.Way.PERSON
    assert "撤销" in verdict.reasons[0].zh


def test_who_broke_a_pledge_here_may_not_pledge_again(town: Town) -> None:
    first, broken = granted_on_a_pledge(town)
    revoke(town, first, broken)
    number = pledged(town, "li_chunyan", trade_word="又一春")
    assert submit(town, number).is_clean, "a machine says no to nobody"
    case = cases.snapshot(number).case("registration")
    assert case.decided_at is None
    assert case.person_needed
    assert broken in case.person_needed[0].zh
    assert "不适用告知承诺" in case.person_needed[0].zh
    assert not SignedPledge.objects.filter(case__filing__number=number).exists()
    told = cases.filing_page(number, town.subject("li_chunyan")).timeline.lines
    assert not any("信用记录" in line.words.zh for line in told)
    approver = officer(town, "market.990121", APPROVER)
    shown = cases.officer_case(case.number or "", approver, at=town.workplace)
    assert any("信用记录" in why.zh for why in shown.person_needed)


def test_somebody_elses_breach_bars_nobody(town: Town) -> None:
    first, broken = granted_on_a_pledge(town)
    revoke(town, first, broken)
    number = pledged(town, "liu_chunsheng", trade_word="又一春")
    submit(town, number)
    assert cases.snapshot(number).case("registration").state is cases.CaseState.GRANTED
