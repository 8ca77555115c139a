"""Filing and reading what one has filed: opened after the notice, answered, checked, submitted, followed."""

from typing import Annotated, Any

from django.db import IntegrityError
from ninja import Header, Router, Status

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.clock import budget
from tongban.kernel.errors import Conflict
from tongban.kernel.pages import A_PAGE
from tongban.kernel.texts import Text
from tongban.rest import telling, told
from tongban.rest.asking import Asking
from tongban.rest.bearer import SignedIn
from tongban.rest.bundles import division_here
from tongban.rest.problems import Problem
from tongban.rest.reading import answered, named
from tongban.rest.shapes import After, Content, FilingNumber, Most, NewFiling

router = Router(tags=["filings 申报"], auth=SignedIn())

CHECK_BUDGET_S = 8.0  # for asking sources while somebody waits
CARRY_S = 0.9  # what remains is a worker's

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="the same key never does it twice 同一键只办一次",
    ),
]
REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 503), Problem)


@router.post(
    "",
    response={200: told.Submitted | told.Opened, 201: told.Submitted | told.Opened, **REFUSALS},
    operation_id="open_filing",
)
def open_filing(request: Asking, body: NewFiling, idempotency_key: IdempotencyKey) -> Status[Any]:
    """Open a draft, once the notice was read; with `submit` it is answered and submitted in one request.

    201 when the draft is new, 200 when the key, or the one draft that is allowed, was there before: its
    answers are then laid over those of that draft.
    """
    at, owner = request.workplace, request.auth
    bundle = items.bundle(body.bundle)
    division = division_here(body.division, request)
    sent = cases.Request(f"rest:open:{owner.id}", idempotency_key, digest(body.model_dump()))
    parties = [items.Party(each.ref, each.same_as, each.number, each.name) for each in named(bundle, body)]
    answered(bundle, body, parties)  # what does not fit is refused before anything is opened

    def once() -> cases.Opened:
        return cases.open_draft(
            bundle,
            owner=owner,
            division=division,
            filer=cases.Filer("rest"),
            language=body.language,
            request=sent,
            at=at,
        )

    try:
        opened = once()
    except IntegrityError:  # the same request at the same moment: the other one made it
        opened = once()
    code = 201 if opened.is_new else 200
    is_draft = _require_fit(opened, division, request)
    if is_draft and (body.participants or body.answers):
        _store_in_draft(opened.number, body, request)
    if not body.submit:
        return Status(code, told.Opened(number=opened.number, is_new=opened.is_new))
    return Status(code, _submit(opened.number, f"{idempotency_key}:submit", request))


def _store_in_draft(number: str, body: NewFiling, request: Asking) -> None:
    """Store the answers, unless the same request at the same moment has meanwhile submitted them."""
    try:
        _store(number, body, request)
    except Conflict:
        if cases.require_owner(number, request.auth) == "draft":
            raise


def _require_fit(opened: cases.Opened, division: str, request: Asking) -> bool:
    """Say whether it is still a draft; raise Conflict where the one found is for another division."""
    stage = cases.require_owner(opened.number, request.auth)
    if opened.is_new or cases.snapshot(opened.number).division == division:
        return stage == "draft"
    raise Conflict(
        "rest.other_draft",
        what=Text(
            f"您在另一区划已有未提交的申报 {opened.number}。",
            f"There is an open draft of yours for another division: {opened.number}.",
        ),
        todo=Text("请先提交或撤回它。", "Submit or withdraw it first."),
    )


@router.get("", response={200: told.FilingList, **REFUSALS}, operation_id="list_filings")
def list_filings(
    request: Asking,
    after: After = "",
    most: Most = A_PAGE,
) -> told.FilingList:
    """List the filings that one takes part in, newest first."""
    found = cases.filings(request.auth, after=after, most=most)
    return told.FilingList(
        filings=[telling.filing_card(each) for each in found.lines], next=found.after or None
    )


@router.get("/{number}", response={200: told.FilingTold, **REFUSALS}, operation_id="read_filing")
def read_filing(request: Asking, number: FilingNumber) -> told.FilingTold:
    """Give a filing with its cases and its timeline, as far as the reader may see it."""
    return telling.filing(cases.filing_page(number, request.auth))


@router.get("/{number}/timeline", response={200: told.Timeline, **REFUSALS}, operation_id="read_timeline")
def read_timeline(request: Asking, number: FilingNumber, after: After = "") -> told.Timeline:
    """Give what happened in a filing, the first first; `read_filing` gives the first page of the same."""
    return telling.timeline(cases.filing_page(number, request.auth, after=after))


@router.put("/{number}/answers", response={200: told.Saved, **REFUSALS}, operation_id="put_answers")
def put_answers(request: Asking, number: FilingNumber, body: Content) -> told.Saved:
    """Store who takes part and what is answered; null takes an answer back. Repeating it changes nothing."""
    cases.require_owner(number, request.auth)
    return told.Saved(revision=_store(number, body, request))


@router.post("/{number}/check", response={200: told.Checked, **REFUSALS}, operation_id="check_filing")
def check_filing(request: Asking, number: FilingNumber) -> told.Checked:
    """Say what stands in the way of submitting, with alternatives where there are; decides nothing."""
    cases.require_owner(number, request.auth)
    found = cases.check(number, at=request.workplace, limit=budget(CHECK_BUDGET_S))
    return telling.checked(number, found)


@router.post("/{number}/submit", response={200: told.Submitted, **REFUSALS}, operation_id="submit_filing")
def submit_filing(request: Asking, number: FilingNumber, idempotency_key: IdempotencyKey) -> told.Submitted:
    """Check and, when nothing stands in the way, submit; what goes on by itself is begun at once."""
    return _submit(number, idempotency_key, request)


def _submit(number: str, key: str, request: Asking) -> told.Submitted:
    at, owner = request.workplace, request.auth
    cases.require_owner(number, owner)
    sent = cases.Request(f"rest:submit:{owner.id}", key, digest({"filing": number}))
    checked, lease = cases.submit(number, by=owner, request=sent, at=at, limit=budget(CHECK_BUDGET_S))
    if lease is not None:
        cases.carry_within(lease, at=at, seconds=CARRY_S)
    filing = telling.filing(cases.filing_page(number, owner)) if checked.is_clean else None
    return told.Submitted(**telling.checked(number, checked).model_dump(), filing=filing)


def _store(number: str, content: Content, request: Asking) -> int:
    snapshot = cases.snapshot(number)
    bundle = items.bundle(snapshot.bundle, snapshot.bundle_version)
    parties = named(bundle, content)
    known = [items.Party(each.ref, each.same_as, each.number, each.name) for each in parties]
    roles = {each.ref.role for each in parties}
    known += [party for party in snapshot.answers.parties if party.ref.role not in roles]
    answers = answered(bundle, content, known)
    return cases.put_answers(number, bundle, parties=parties, answers=answers, at=request.workplace)
