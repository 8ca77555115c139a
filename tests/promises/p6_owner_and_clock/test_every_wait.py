"""Whatever people, sources and time do to a filing, somebody owns each wait and something ends it."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import filer_of, officer, pass_time, sight
from tests.promises.effects import unproven
from tests.promises.p6_owner_and_clock.waits import DECIDERS, orphans
from tongban.cases import api as cases
from tongban.cases.models import Act, Case, Contest, Filing, ReviewRequest
from tongban.kernel.clock import budget
from tongban.kernel.errors import SourceDown, TongbanError
from tongban.kernel.texts import Text
from tongban.registry import api as registry

DOWN = SourceDown("t", what=Text("停机", "down"), todo=Text("等", "wait"))
WORDS = map(
    "".join, itertools.cycle(itertools.product("霁沅澜屿岑珩汐苒舟禾晗岚", "宸芷瑜琛璟朗煦皓翊昀蓁祺湛"))
)
OWNERS = ("li_chunyan", "wang_jianguo", "zhang_dahai", "wu_xiaoxue", "zhao_min")


@dataclass
class Walk:
    """One filing, and everything that may happen to it; what is refused changes nothing."""

    town: Town
    owner: registry.Subject
    number: str
    done: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        self.done.append(name)
        with suppress(TongbanError, IndexError):
            getattr(self, name)()

    def submit(self) -> None:
        cases.submit(self.number, by=filer_of(self.number), request=None, at=self.town.workplace)

    def work(self) -> None:
        for _ in range(10):
            if not cases.work_once(at=self.town.workplace, limit=budget(60)):
                break

    def an_hour(self) -> None:
        pass_time(self.town, hours=1)

    def a_week(self) -> None:
        pass_time(self.town, days=7)

    def two_months(self) -> None:
        pass_time(self.town, days=61)

    def court_falls_silent(self) -> None:
        self.town.registers["court"].trouble = DOWN

    def court_answers_again(self) -> None:
        self.town.registers["court"].trouble = None

    def bank_loses_a_reply(self) -> None:
        self.town.offices["bank"].lose_replies = 1

    def tax_loses_a_reply(self) -> None:
        self.town.offices["tax"].lose_replies = 1

    def partner_confirms(self) -> None:
        partner = self.town.subject("liu_chunsheng")
        cases.confirm(self.number, subject=partner, agrees=True, at=self.town.workplace)

    def partner_declines(self) -> None:
        partner = self.town.subject("liu_chunsheng")
        cases.confirm(self.number, subject=partner, agrees=False, at=self.town.workplace)

    def owner_asks_for_a_person(self) -> None:
        cases.ask_for_person(self.number, subject=self.owner, at=self.town.workplace)

    def owner_asks_for_reasons(self) -> None:
        for case in Case.objects.filter(filing__number=self.number, decided_at__isnull=False):
            cases.ask_for_review(
                self.number, case.number or "", subject=self.owner, said="为何", at=self.town.workplace
            )

    def officer_explains(self) -> None:
        case = ReviewRequest.objects.filter(case__filing__number=self.number, answered_at=None)[0].case
        cases.answer_review(
            self.number,
            case.number or "",
            staff=officer(self.town, case.office, registry.Role.APPROVER),
            answer="各项条件均已满足",
            at=self.town.workplace,
        )

    def owner_disputes(self) -> None:
        facts = cases.form_page(self.number, self.owner, at=self.town.workplace).facts
        cases.contest(self.number, facts[0].id, subject=self.owner, said="不对", at=self.town.workplace)

    def owner_completes(self) -> None:
        cases.supply(self.number, at=self.town.workplace)

    def owner_withdraws(self) -> None:
        cases.withdraw(self.number, subject=self.owner, at=self.town.workplace)

    def source_answers(self) -> None:
        contest = Contest.objects.filter(outcome="open", filing__number=self.number)[0]
        staff = officer(self.town, contest.source, registry.Role.DATA_OFFICER)
        cases.answer_contest(
            contest.pk, staff=staff, corrected=False, value=None, said="属实", at=self.town.workplace
        )

    def officer_takes(self) -> None:
        for case, staff in self._on_desks():
            cases.claim_case(self.number, case, staff=staff, at=self.town.workplace)

    def officer_gives_back(self) -> None:
        for case, staff in self._on_desks():
            cases.give_back(self.number, case, staff=staff, at=self.town.workplace)

    def officer_approves(self) -> None:
        for case, staff in self._on_desks():
            seen = cases.prepare_decision(case, staff, at=self.town.workplace)
            cases.approve(
                seen.sight, case, staff=staff, reasons="符合", record=seen.record, at=self.town.workplace
            )

    def officer_refuses(self) -> None:
        for case, staff in self._on_desks():
            seen = cases.prepare_decision(case, staff, at=self.town.workplace)
            cases.refuse(
                seen.sight, case, staff=staff, reasons="不符", record=seen.record, at=self.town.workplace
            )

    def officer_pauses(self) -> None:
        for case, staff in self._on_desks():
            cases.begin_pause(
                sight(self.town, self.number),
                case,
                staff=staff,
                kind="inspection",
                reason="现场核查",
                needs_days=3,
                at=self.town.workplace,
            )

    def officer_resumes(self) -> None:
        for case, staff in self._on_desks():
            cases.end_pause(
                sight(self.town, self.number), case, staff=staff, outcome="合格", at=self.town.workplace
            )

    def leader_extends(self) -> None:
        for case, staff in self._on_desks(registry.Role.LEADER):
            cases.extend(
                sight(self.town, self.number), case, staff=staff, reason="复杂", at=self.town.workplace
            )

    def officer_asks_to_complete(self) -> None:
        for case, staff in self._on_desks():
            cases.ask_to_complete(
                sight(self.town, self.number), case, staff=staff, wanting=["章程"], at=self.town.workplace
            )

    def officer_confirms_the_lapse(self) -> None:
        for case, staff in self._on_desks():
            cases.confirm_lapse(sight(self.town, self.number), case, staff=staff, at=self.town.workplace)

    def officer_finds_out(self) -> None:
        for act in Act.objects.filter(case__filing__number=self.number, state__in=("in_doubt", "refused")):
            cases.resolve_act(
                self.number,
                act.pk,
                staff=officer(self.town, act.case.office, registry.Role.APPROVER),
                outcome="again",
                office_number="",
                note="未登记",
                sight=sight(self.town, self.number),
                at=self.town.workplace,
            )

    def old_drafts_end(self) -> None:
        cases.expire_drafts(at=self.town.workplace)

    def _on_desks(self, *roles: registry.Role) -> Iterator[tuple[str, registry.Staff]]:
        """Give the open cases that have a number, each with an officer of its office."""
        for case in Case.objects.filter(filing__number=self.number, number__isnull=False, ended_at=None):
            yield case.number or "", officer(self.town, case.office, *(roles or DECIDERS))


STEPS = sorted(
    name
    for name, method in vars(Walk).items()
    if isinstance(method, Callable) and not name.startswith("_")  # type: ignore[arg-type]
)
STEPS.remove("step")


def test_every_wait_has_an_owner_and_a_clock(town: Town) -> None:
    walk_at_random(town, walks=20)


@pytest.mark.soak
def test_every_wait_of_many_walks_has_an_owner_and_a_clock(town: Town) -> None:
    walk_at_random(town, walks=500)


def walk_at_random(town: Town, *, walks: int) -> None:
    @settings(max_examples=walks, suppress_health_check=[HealthCheck.too_slow])
    @given(
        owner=st.sampled_from(OWNERS),
        alone=st.booleans(),
        steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14),
    )
    @example("zhang_dahai", True, ["a_week", "a_week", "an_hour", "leader_extends"])  # all rang, then anew
    def whatever_happens(owner: str, alone: bool, steps: list[str]) -> None:
        for register in town.registers.values():
            register.trouble = None
        Filing.objects.update(due_at=None)  # walks that are over would take this one's turns of work
        partner = None if alone else CHARACTERS["persons"]["liu_chunsheng"]
        subject = town.subject(owner)
        walk = Walk(town, subject, draft(town, subject, trade_word=next(WORDS), partner=partner))
        walk.step("submit")
        for name in steps:
            walk.step(name)
            walk.step("work")
            house(town)
            assert orphans(town, walk.number) == [], walk.done

    whatever_happens()
    assert unproven() == []


def house(town: Town) -> None:
    """Do what a worker does by the clock."""
    cases.expire_drafts(at=town.workplace)
    cases.ring_overdue(at=town.workplace)
