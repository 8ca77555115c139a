"""The interface for machines says no to nobody: no operation of it, no field, and no cookie beside it."""

from collections.abc import Callable, Iterator

import pytest

from bench.town import Town
from tests.cases.acting import await_carriers
from tests.portal.visiting import Visit
from tests.promises.p3_no_share_without_right.test_every_operation import OPERATIONS, described
from tests.promises.p4_evidence_before_effect import moments
from tests.promises.p5_machine_says_yes_only.noes import nameless, noes
from tests.rest.program import Answer, Program
from tongban.cases.models import Case, Decision, Filing

Programs = Callable[[str], Program]
# What a program might add to whatever it sends.
ORDERS = {"decision": "no", "outcome": "no", "state": "refused", "maker": "rule", "staff_id": 1, "staff": 1}
VERBS = ("POST", "PUT", "PATCH", "DELETE")
GUESSED = (
    "",
    "/decision",
    "/refuse",
    "/not-accept",
    "/lapse",
    "/state",
    "/do/refuse",
    "/withdraw",
    "/revoke",
)
WAITING = {
    "zhang_dahai": moments.with_an_officer,
    "wu_xiaoxue": moments.never_completed,
    "li_chunyan": moments.granted,
}


def each_sent(program: Program, number: str) -> Iterator[tuple[str, Answer]]:
    """Send every operation for a filing, with orders among what it may carry, and what was not declared."""
    case = Case.objects.get(filing__number=number, item="registration")
    known = {"{code}": "open-company", "{number}": number, "{case}": case.number or "", "{form}": "pdf"}
    known |= {"{identifier}": case.licence or "x", "{fact}": "1", "{material}": "x", "{notice}": "x"}
    for name, method, path in described():
        if name == "withdraw_filing":
            continue  # the one no that is a program's to say, and its owner's alone
        address = path
        for placeholder, value in known.items():
            address = address.replace(placeholder, value)
        declared = OPERATIONS[name].sent
        for body in ({**(declared or {}), **ORDERS}, declared, ORDERS, [ORDERS]):
            sent = None if method == "GET" else body
            yield name, program.send(method, address, sent, Idempotency_Key=name)
    for address in (f"/filings/{number}", f"/filings/{number}/cases/{case.number}", f"/cases/{case.number}"):
        for word in GUESSED:
            for verb in VERBS:
                if (address, word, verb) != (f"/filings/{number}", "/withdraw", "POST"):
                    answer = program.send(verb, f"{address}{word}", ORDERS, Idempotency_Key="x")
                    yield f"{verb} {word}", answer


@pytest.mark.parametrize("owner", WAITING)
def test_no_program_says_no(served: Town, program: Programs, owner: str) -> None:
    number = WAITING[owner](served)
    before, mine = noes(), program(owner)
    assert mine.get(f"/filings/{number}").status == 200
    strangers = [program(name) for name in WAITING if name != owner]
    for visitor in (Program(""), *strangers, mine):
        reached = set()
        for name, answer in each_sent(visitor, number):
            reached.add(answer.status)
            assert answer.status < 500, (name, answer.body)
        assert {200, 404} <= reached, "some of it is there for everybody, and what was guessed is not"
        await_carriers()
        moments.work(served, rounds=2)
        assert noes() == before
    assert nameless() == []
    assert not Decision.objects.exclude(outcome="yes").exists()


def test_an_officers_session_opens_nothing_to_a_program(served: Town) -> None:
    number = moments.with_an_officer(served)
    visit = Visit(served)
    visit.as_staff(moments.approver(served))
    before = Case.objects.filter(filing__number=number).values_list("state", "decided_at", "claimed_by_id")
    stood = list(before)
    for name, answer in each_sent(Program("", visit.client), number):
        open_to_all = name in {"list_bundles", "read_bundle", "read_plan"}
        assert answer.status in ({200} if open_to_all else {401, 403, 404, 405}), (name, answer.body)
    assert list(before.all()) == stood
    assert noes() == []


def test_only_its_owner_withdraws_a_filing_and_it_is_theirs_by_the_ledger(
    served: Town, program: Programs
) -> None:
    number = moments.with_an_officer(served)
    for visitor in (Program(""), program("li_chunyan"), program("wu_xiaoxue")):
        assert visitor.post(f"/filings/{number}/withdraw", ORDERS).status in {401, 404}
        assert noes() == []
    assert program("zhang_dahai").post(f"/filings/{number}/withdraw").status == 200
    assert Filing.objects.get(number=number).stage == "withdrawn"
    assert [each.partition(" is ")[2] for each in noes() if " is " in each] == ["withdrawn"]
    assert nameless() == []
