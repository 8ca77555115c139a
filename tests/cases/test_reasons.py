"""What somebody gives as a reason can be read: what is there and says nothing is no reason."""

from collections.abc import Callable

import pytest

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, sight, submit
from tongban.cases import api as cases
from tongban.cases.models import Contest
from tongban.kernel.errors import Invalid
from tongban.registry import api as registry

Deed = Callable[[str], object]
UNSAID = ("  ", "\u200b", "。")


def refused_until_it_is_said(deed: Deed) -> None:
    for words in UNSAID:
        with pytest.raises(Invalid):
            deed(words)
    deed("经核实，情况属实。")


def test_an_officer_stops_a_clock_and_opens_facts_for_a_reason_that_can_be_read(town: Town) -> None:
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    case = cases.snapshot(number).case("registration").number or ""
    approver = officer(town, "market.990121", registry.Role.APPROVER)

    def pause(words: str) -> None:
        seen, at = sight(town, number), town.workplace
        cases.begin_pause(seen, case, staff=approver, kind="hearing", reason=words, needs_days=3, at=at)

    def look(words: str) -> None:
        cases.open_facts(case, staff=approver, cause=words, at=town.workplace)

    refused_until_it_is_said(pause)
    refused_until_it_is_said(look)


def test_a_fact_is_disputed_and_the_dispute_answered_in_words_that_can_be_read(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    submit(town, number)
    facts = cases.form_page(number, owner, at=town.workplace).facts
    fact = next(fact for fact in facts if fact.element == "place.address_text")
    source = officer(town, "land.990121", registry.Role.DATA_OFFICER)

    def dispute(words: str) -> None:
        cases.contest(number, fact.id, subject=owner, said=words, at=town.workplace)

    def answer(words: str) -> None:
        contest, at = Contest.objects.get().pk, town.workplace
        cases.answer_contest(contest, staff=source, corrected=False, value=None, said=words, at=at)

    refused_until_it_is_said(dispute)
    refused_until_it_is_said(answer)


def test_a_decision_by_rule_is_explained_in_words_that_can_be_read(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    submit(town, number)
    carry(town, number)
    case = cases.snapshot(number).case("registration").number or ""
    cases.ask_for_review(number, case, subject=owner, said="为何", at=town.workplace)
    approver = officer(town, "market.990121", registry.Role.APPROVER)

    def explain(words: str) -> None:
        cases.answer_review(number, case, staff=approver, answer=words, at=town.workplace)

    refused_until_it_is_said(explain)
