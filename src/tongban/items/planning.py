"""The plan: how each value that a filing needs will be obtained, and what is left to ask. Pure.

`items.ways` says how one value is obtained; here all of them are joined into one form.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from tongban.catalogue import api as catalogue
from tongban.items.bundle import Bundle, Confirmation, Derived, Item, Need, Pledge, Question
from tongban.items.expressions import Dates, expressions
from tongban.items.fallbacks import Wanted, stands_for
from tongban.items.fetching import fetches_of
from tongban.items.judging import is_chosen
from tongban.items.planned import Answers, How, Naming, Plan, PlannedNeed, PlannedQuestion, Ref
from tongban.items.policies import NO_POLICIES, Policies
from tongban.items.totals import totals_of
from tongban.items.values import cast_of, values_of
from tongban.items.ways import Desk, Want, grounds, holds, obtain, ungranted, way_to
from tongban.kernel.texts import Text
from tongban.rules import api as rules

SIGNED_IN = Text("由您登录时的身份认证提供。", "Given by the identity you signed in with.")
NAMED = Text("由申报人指明，本人确认。", "Named by the filer, confirmed by the person.")
NO_SOURCE = Text("没有部门能够提供，只有您知道。", "No organisation can supply it; only you know.")
NO_GRANT = Text(
    "有部门掌握，但未授权给需要它的部门。", "A source has it, under no grant to the office that needs it."
)
NO_RECORD = Text("来源部门查无此记录。", "The source has no record of it.")


def plan(
    bundle: Bundle,
    book: catalogue.Book,
    division: str,
    answers: Answers,
    on: date,
    *,
    filed_on: date | None = None,
    offices: Mapping[str, str] | None = None,
    policies: Policies = NO_POLICIES,
    none: Collection[Wanted] = (),
) -> Plan:
    """Join the needs of all items into one form and sort each need by how it is obtained.

    `on` is the day on which sources are asked; what is taken at filing is taken on `filed_on`, while it is
    a draft on the same day. `offices` maps items to the organisations that decide them; without it rights
    are not judged, only sources. `none` names values of which a source said that it has no record: what
    may be asked then, is asked. Nothing that a granted source can supply is asked.
    """
    dates = {"filing_date": filed_on or on}
    desk = _lay_out(bundle, book, division, answers, on, dates, offices or {}, policies, none)
    _want_all(desk)
    needs = _sort(desk)
    fetches = fetches_of(bundle, book, desk.cast, needs, desk.offices)
    offered = tuple(
        _told(pledge, policies, division, on)
        for pledge in _pledges(desk)
        if _allowed(pledge, policies, division, dates)
    )
    closed = {pledge.asked_by for pledge in _pledges(desk)} - {pledge.asked_by for pledge in offered}
    questions = _questions(desk, needs, closed)
    namings = _namings(desk)
    confirmations = _confirmations(desk)
    return Plan(
        bundle=bundle.code,
        version=bundle.version,
        digest=bundle.digest,
        division=division,
        on=on,
        items=tuple(item.key for item in desk.items),
        needs=needs,
        fetches=fetches,
        namings=namings,
        questions=questions,
        fallbacks=_fallbacks(desk, closed),
        confirmations=confirmations,
        pledges=offered,
        totals=totals_of(bundle, desk.items, questions, namings, answers.parties, len(confirmations)),
    )


def _lay_out(
    bundle: Bundle,
    book: catalogue.Book,
    division: str,
    answers: Answers,
    on: date,
    dates: Dates,
    offices: Mapping[str, str],
    policies: Policies,
    none: Collection[Wanted],
) -> Desk:
    values = values_of(bundle, answers)
    known = expressions(bundle)
    items = tuple(i for i in bundle.items if known.holds(i.when, answers.parties, values, dates) is True)
    pledged = frozenset(
        element
        for item in items
        for pledge in item.pledges
        if _allowed(pledge, policies, division, dates) and is_chosen(bundle, pledge, answers.parties, values)
        for element in pledge.replaces
    )
    return Desk(
        bundle,
        book,
        division,
        on,
        answers,
        values,
        offices,
        pledged,
        none,
        dates,
        items,
        cast_of(bundle, answers.parties),
    )


def _pledges(desk: Desk) -> tuple[Pledge, ...]:
    return tuple(pledge for item in desk.items for pledge in item.pledges)


def _allowed(pledge: Pledge, policies: Policies, division: str, dates: Dates) -> bool:
    return policies.allows(f"pledge.{pledge.id}.allowed", division, dates)


def _told(pledge: Pledge, policies: Policies, division: str, on: date) -> Pledge:
    """Give a pledge in the words in which it is signed: the pack's, and the jurisdiction's for its periods.

    What is taken at a day yet to come, the decision's or the check's, is told as it stands today.
    """
    today = dict.fromkeys(rules.DATE_OF.values(), on)
    checked = policies.says(f"pledge.{pledge.id}.post_check", division, today)
    rectified = policies.says(f"pledge.{pledge.id}.rectification", division, today)
    return replace(pledge, tells=(*pledge.tells, *checked), on_breach=(*rectified, *pledge.on_breach))


def _want_all(desk: Desk) -> None:
    """Collect what the items need, and what must be known to obtain that.

    Whether a value is fetched depends on whose office wants it: what wants a value only as the ground of
    another is found on the way, and each value is looked at again when one more item turns out to want it.
    """
    for item in desk.items:
        for need in item.needs:
            if holds(desk, need.only_if):
                for ref in desk.cast.refs[need.of]:
                    _want(desk, (ref, need.element), item.key, need)
    waiting = list(desk.wants)
    while waiting:
        wanted = waiting.pop(0)
        want, out = desk.wants[wanted], ungranted(desk, wanted)
        fetching = {item: None for item in want.items if item not in out}
        for further in grounds(desk, wanted):
            ground = desk.wants.setdefault(further, Want())
            if not fetching.keys() <= ground.items.keys() or not ground.basis:
                ground.items.update(fetching)
                ground.basis = ground.basis or dict(want.basis)
                waiting.append(further)


def _want(desk: Desk, wanted: Wanted, item: str, need: Need) -> None:
    want = desk.wants.setdefault(wanted, Want())
    want.items[item] = None
    want.uses.update(dict.fromkeys(need.uses))
    want.basis[need.basis] = None


def _sort(desk: Desk) -> tuple[PlannedNeed, ...]:
    return tuple(_planned(desk, wanted, want) for wanted, want in desk.wants.items())


def _planned(desk: Desk, wanted: Wanted, want: Want) -> PlannedNeed:
    ref, element = wanted
    how, by = obtain(desk, ref, element)
    return PlannedNeed(
        ref=ref,
        element=element,
        how=how,
        items=tuple(want.items),
        uses=tuple(want.uses),
        basis=tuple(want.basis),
        reason=_reason(how, by),
        resource=by.code if isinstance(by, catalogue.Resource) else "",
        question=by.id if isinstance(by, Question) else "",
        produced_by=by.key if isinstance(by, Item) else "",
        pledge=_pledge_for(desk, element) if how == "pledged" else "",
        ungranted=ungranted(desk, wanted) if how == "fetched" else (),
    )


def _pledge_for(desk: Desk, element: str) -> str:
    return next(pledge.id for pledge in _pledges(desk) if element in pledge.replaces)


def _reason(how: How, by: object) -> Text:
    if isinstance(by, Derived | Question):
        return by.why
    if isinstance(by, catalogue.Resource):
        return Text(f"由“{by.name.zh}”提供，无需填写。", f"Supplied by {by.name.en}; nothing to type.")
    if isinstance(by, Item):
        return Text(f"“{by.name.zh}”办结时产生。", f"Comes into being with: {by.name.en}.")
    if how == "pledged":
        return Text("由告知承诺代替，事后核查。", "A pledge stands for it; checked afterwards.")
    return SIGNED_IN if how == "signed_in" else NAMED


def _questions(
    desk: Desk, needs: tuple[PlannedNeed, ...], closed: Collection[str]
) -> tuple[PlannedQuestion, ...]:
    """Give what is asked now; `closed` are the questions of pledges that are not on offer here."""
    asked = {(need.ref, need.question): need.items for need in needs if need.how == "asked" and need.question}
    for need in needs:
        otherwise = way_to(desk, need.ref, need.element).otherwise
        if need.ungranted and otherwise is not None:
            asked[need.ref, otherwise.id] = need.ungranted
    lacking = _lacking(desk)
    planned = []
    for question in desk.bundle.questions:
        for ref in desk.cast.refs[question.of]:
            items = asked.get((ref, question.id), ())
            if question.fallback_for:
                stands = stands_for(desk.bundle, question, ref, desk.cast)
                is_open = not lacking.isdisjoint(stands) and question.id not in closed
                if is_open and holds(desk, question.only_if):
                    planned.append(PlannedQuestion(ref, question, items, NO_RECORD))
            elif items and holds(desk, question.only_if):
                has_source = way_to(desk, ref, question.element).otherwise is not None
                planned.append(PlannedQuestion(ref, question, items, NO_GRANT if has_source else NO_SOURCE))
    return tuple(planned)


def _lacking(desk: Desk) -> frozenset[Wanted]:
    """Give the values that their source has no record of, or about which the filer has already answered."""
    last_resort = {question.id: question for question in desk.bundle.questions if question.fallback_for}
    answered = (
        wanted
        for ref, id in desk.answers.values
        if id in last_resort
        for wanted in stands_for(desk.bundle, last_resort[id], ref, desk.cast)
    )
    return frozenset((*desk.none, *answered))


def _fallbacks(desk: Desk, closed: Collection[str]) -> tuple[PlannedQuestion, ...]:
    """Give what may be asked once a source has no record; a pledge only where it is on offer."""
    return tuple(
        PlannedQuestion(ref, question, (), NO_RECORD)
        for question in desk.bundle.questions
        if question.fallback_for and question.id not in closed
        for ref in desk.cast.refs[question.of]
    )


def _namings(desk: Desk) -> tuple[Naming, ...]:
    parties = {party.ref: party for party in desk.answers.parties}
    named = []
    for participant in desk.bundle.participants:
        if participant.known_by != "named" or (participant.assumed and not _given(desk, participant.role)):
            continue
        refs = [ref for ref in parties if ref.role == participant.role]
        for ref in sorted(refs) or [Ref(participant.role, n) for n in range(participant.min)]:
            chosen = ref in parties and parties[ref].same_as is not None
            named.append(Naming(ref, participant.why or NAMED, participant.basis, chosen))
    return tuple(named)


def _given(desk: Desk, role: str) -> bool:
    """Say whether the filer named somebody for an assumed role, other than the one assumed."""
    assumed = desk.bundle.roles[role].assumed
    return any(p.ref.role == role and p.same_as != Ref(assumed) for p in desk.answers.parties)


def _confirmations(desk: Desk) -> tuple[tuple[Ref, Confirmation], ...]:
    return tuple(
        (ref, confirmation)
        for confirmation in desk.bundle.confirmations
        if holds(desk, confirmation.only_if)
        for ref in desk.cast.refs[confirmation.of]
    )
