"""Two clicks at once, two wishes for one name at once: one comes through, and nothing is done twice."""

from collections import Counter
from collections.abc import Callable

import pytest

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import await_carriers, filer_of, pass_time, states
from tests.promises.effects import unproven
from tests.promises.together import at_once
from tests.rest.program import Answer, Program
from tongban.cases import api as cases
from tongban.cases.models import Claim, Decision, Filing
from tongban.kernel.errors import Conflict
from tongban.licences.models import LicenceRow

CLICKS = 4


def check_one_of_each(town: Town, number: str) -> None:
    """See that a filing that was pushed from several sides ended once, with one of everything."""
    await_carriers()
    carry(town, number)
    assert set(states(number).values()) == {"granted"}
    assert Filing.objects.filter(stage="ended").count() == 1
    assert Decision.objects.count() == 6
    signed = Counter(LicenceRow.objects.exclude(signature="").values_list("case_number", flat=True))
    assert sorted(signed.values()) == [1] * 6
    for name, office in town.offices.items():
        keys = [key for key, _ in office.registered]
        assert len(keys) == len(set(keys)), f"{name} registered twice"
    assert unproven() == []


def test_one_post_sent_several_times_at_once_makes_one_filing_and_one_licence(
    program: Callable[[str], Program], served: Town
) -> None:
    token = program("li_chunyan").token
    assert Program(token).get("/filings").status == 200  # the provider knows the token before all ask at once
    answers = at_once(*[lambda: Program(token).file("the-same-key")] * CLICKS)
    sent = [answer for answer in answers if isinstance(answer, Answer)]
    assert [answer.status for answer in sent if answer.status >= 300] == [], [a.body for a in sent]
    assert len(sent) == CLICKS
    assert Counter(answer.status for answer in sent)[201] == 1
    assert len({answer.body["number"] for answer in sent}) == 1
    assert Filing.objects.count() == 1
    check_one_of_each(served, sent[0].body["number"])


def test_one_draft_submitted_several_times_at_once_is_submitted_once(
    program: Callable[[str], Program], served: Town
) -> None:
    li = program("li_chunyan")
    assert li.get("/filings").status == 200
    number = draft(served, served.subject("li_chunyan"))
    path = f"/filings/{number}/submit"
    answers = at_once(
        *[lambda key=f"key-{n}": Program(li.token).post(path, Idempotency_Key=key) for n in range(CLICKS)]
    )
    sent = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(sent) == CLICKS
    assert Counter(answer.status for answer in sent)[200] >= 1
    assert {answer.status for answer in sent} <= {200, 409}, [answer.body for answer in sent]
    check_one_of_each(served, number)


@pytest.mark.parametrize("turn", range(3))
def test_of_two_filings_after_one_name_at_once_one_gets_it(town: Town, turn: int) -> None:
    word = "燕归来"
    numbers = [draft(town, town.subject(name), trade_word=word) for name in ("li_chunyan", "zhou_wenbin")]

    def submit(number: str) -> object:
        return cases.submit(number, by=filer_of(number), request=None, at=town.workplace)

    results = at_once(*[lambda number=number: submit(number) for number in numbers])
    refused = [result for result in results if isinstance(result, Conflict)]
    checked = [result[0] for result in results if isinstance(result, tuple)]
    stopped = [each for each in checked if each.stops]
    assert (len(stopped), refused) == (1, []), results
    assert len(stopped[0].stops[0].alternatives) >= 3, "told on the spot what else is free"
    assert sorted(Filing.objects.values_list("stage", flat=True)) == ["draft", "submitted"]
    winner = Filing.objects.get(stage="submitted").number
    carry_when_free(town, winner)
    assert set(states(winner).values()) == {"granted"}
    loser = next(number for number in numbers if number != winner)
    again, _ = cases.submit(loser, by=filer_of(loser), request=None, at=town.workplace)
    assert again.stops, "in force for good now: asking again changes nothing"
    assert [claim.case.filing.number for claim in Claim.objects.all()] == [winner] * Claim.objects.count()
    assert unproven() == []


def carry_when_free(town: Town, number: str) -> None:
    """Carry a filing whose lease the thread that submitted it has let lie."""
    pass_time(town, minutes=2)
    carry(town, number)
