"""Following a filing: its plan, the facts about oneself, and what a participant may still do."""

from django.http import HttpResponse
from ninja import Router

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.pages import A_PAGE, cut
from tongban.rest import telling, told
from tongban.rest.asking import Asking
from tongban.rest.bearer import SignedIn
from tongban.rest.filings import CARRY_S, REFUSALS, IdempotencyKey
from tongban.rest.proving import FILE, self_proving
from tongban.rest.shapes import (
    After,
    CaseNumber,
    Confirmation,
    Dispute,
    Doubt,
    FactNumber,
    FilingNumber,
    Most,
    Rating,
    Search,
)

router = Router(tags=["filings 申报"], auth=SignedIn())


@router.get("/{number}/plan", response={200: told.PlanTold, **REFUSALS}, operation_id="read_filing_plan")
def read_plan(request: Asking, number: FilingNumber) -> told.PlanTold:
    """Give how each value of one's own filing is obtained, and how many sources have given so far."""
    cases.require_owner(number, request.auth)
    snapshot = cases.snapshot(number)
    sight = cases.see(snapshot, at=request.workplace)
    fetched = {
        (fact.ref, fact.element) for fact in snapshot.facts if fact.status in {"known", "none_on_record"}
    }
    return told.PlanTold(plan=items.plan_as_json(sight.bundle, sight.plan), fetched=len(fetched))


@router.get("/{number}/facts", response={200: told.FactList, **REFUSALS}, operation_id="read_facts")
def read_facts(
    request: Asking, number: FilingNumber, after: After = "", most: Most = A_PAGE
) -> told.FactList:
    """Give what was fetched about the reader, and for the owner about the place and the company to be; never
    about another person."""
    facts = cases.form_page(number, request.auth, at=request.workplace).facts
    found = cut(facts, lambda fact: f"{fact.id:020}", after=after, most=most)
    return told.FactList(facts=[telling.fact(each) for each in found.lines], next=found.after or None)


@router.get(
    "/{number}/facts/{fact}/receipt",
    response=REFUSALS,
    operation_id="read_share_receipt",
    openapi_extra=FILE,
)
def read_share_receipt(request: Asking, number: FilingNumber, fact: FactNumber) -> HttpResponse:
    """Give the receipt of the share that brought a fact about the reader, as one file that proves itself.

    Hand it to tongban-verify (docs/licence-files.md). 409 until the log has published it, some seconds.
    """
    data = cases.share_receipt_for(number, fact, request.auth, at=request.workplace)
    return self_proving(data, "share-receipt.json")


@router.get(
    "/{number}/cases/{case}/proof",
    response=REFUSALS,
    operation_id="read_decision_proof",
    openapi_extra=FILE,
)
def read_decision_proof(request: Asking, number: FilingNumber, case: CaseNumber) -> HttpResponse:
    """Give the proof of a decision in one's own filing, as one file that proves itself.

    Hand it to tongban-verify (docs/licence-files.md). 409 until the log has published it, some seconds.
    """
    return self_proving(cases.decision_proof_for(number, case, request.auth), "decision.json")


@router.post("/{number}/contest", response={200: told.DisputeTold, **REFUSALS}, operation_id="contest_fact")
def contest_fact(request: Asking, number: FilingNumber, body: Dispute) -> told.DisputeTold:
    """Say that a fetched fact about oneself is wrong; its source is asked to verify it. Twice is once."""
    contest = cases.contest(number, body.fact, subject=request.auth, said=body.said, at=request.workplace)
    return told.DisputeTold(contest=contest)


@router.post("/{number}/confirm", response={200: told.FilingTold, **REFUSALS}, operation_id="confirm_filing")
def confirm_filing(request: Asking, number: FilingNumber, body: Confirmation) -> told.FilingTold:
    """Confirm for oneself, or decline, what another has filed; the last one lets it go on."""
    at = request.workplace
    lease = cases.confirm(number, subject=request.auth, agrees=body.agrees, at=at)
    if lease is not None:
        cases.carry_within(lease, at=at, seconds=CARRY_S)
    return telling.filing(cases.filing_page(number, request.auth))


@router.post(
    "/{number}/withdraw", response={200: told.FilingTold, **REFUSALS}, operation_id="withdraw_filing"
)
def withdraw_filing(request: Asking, number: FilingNumber) -> told.FilingTold:
    """Withdraw one's filing: what is undecided ends, what was granted stays granted."""
    cases.withdraw(number, subject=request.auth, at=request.workplace)
    return telling.filing(cases.filing_page(number, request.auth))


@router.post(
    "/{number}/ask-for-person", response={200: told.FilingTold, **REFUSALS}, operation_id="ask_for_person"
)
def ask_for_person(request: Asking, number: FilingNumber) -> told.FilingTold:
    """Have a person decide: no machine decides this filing from here on. Twice is once."""
    cases.ask_for_person(number, subject=request.auth, at=request.workplace)
    return telling.filing(cases.filing_page(number, request.auth))


@router.post("/{number}/supply", response={200: told.Supplied, **REFUSALS}, operation_id="supply_filing")
def supply_filing(request: Asking, number: FilingNumber) -> told.Supplied:
    """Hand in what the one correction notice asked for; the answers were put before. Twice is once."""
    cases.require_owner(number, request.auth)
    return told.Supplied(cases=cases.supply(number, at=request.workplace))


@router.post("/{number}/search", response={200: told.Hits, **REFUSALS}, operation_id="search_answer")
def search_answer(request: Asking, number: FilingNumber, body: Search) -> told.Hits:
    """Look for the answer of a draft by words, in the open register that it is the key of (an address).

    Each search is a share of data, judged and on record for this filing.
    """
    cases.require_owner(number, request.auth)
    ref = items.read_ref(body.participant)
    return telling.hits(cases.find(number, ref, body.question, body.words, at=request.workplace))


@router.post(
    "/{number}/cases/{case}/rating", response={200: told.FilingTold, **REFUSALS}, operation_id="rate_case"
)
def rate_case(
    request: Asking, number: FilingNumber, case: CaseNumber, body: Rating, idempotency_key: IdempotencyKey
) -> told.FilingTold:
    """Say how satisfied one was with an ended case of one's own: once, and never required."""
    cases.require_owner(number, request.auth)
    sent = _sent(f"rest:rating:{number}", idempotency_key, case, body)
    cases.rate(
        number,
        case,
        subject=request.auth,
        code=body.code,
        said=body.said,
        request=sent,
        at=request.workplace,
    )
    return telling.filing(cases.filing_page(number, request.auth))


@router.post(
    "/{number}/cases/{case}/reasons", response={200: told.FilingTold, **REFUSALS}, operation_id="ask_reasons"
)
def ask_reasons(
    request: Asking, number: FilingNumber, case: CaseNumber, body: Doubt, idempotency_key: IdempotencyKey
) -> told.FilingTold:
    """Have a person look at a decision that a rule made, and explain it (PIPL art. 24). Twice is once."""
    cases.require_owner(number, request.auth)
    sent = _sent(f"rest:reasons:{number}", idempotency_key, case, body)
    cases.ask_for_review(
        number, case, subject=request.auth, said=body.said, request=sent, at=request.workplace
    )
    return telling.filing(cases.filing_page(number, request.auth))


def _sent(purpose: str, key: str, case: str, body: Rating | Doubt) -> cases.Request:
    return cases.Request(purpose, key, digest({"case": case, **body.model_dump()}))
