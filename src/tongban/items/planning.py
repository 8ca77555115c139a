"""The plan: how each value that a filing needs will be obtained, and what is left to ask. Pure.

Promise 1 is the order of `_obtain`: a person is asked only when nobody else can say.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from tongban.catalogue import api as catalogue
from tongban.items.bundle import Basis, Bundle, Confirmation, Derived, Item, Need, Pledge, Question
from tongban.items.bundle import Use as NeedUse
from tongban.items.deriving import applies, inputs
from tongban.items.expressions import Dates, expressions
from tongban.items.fallbacks import Wanted, stands_for
from tongban.items.fetching import fetches_of, key_parts
from tongban.items.judging import is_chosen
from tongban.items.planned import Answers, How, Naming, Plan, PlannedNeed, PlannedQuestion, Ref
from tongban.items.policies import NO_POLICIES, Policies
from tongban.items.totals import totals_of
from tongban.items.values import Cast, Values, cast_of, is_identity, values_of
from tongban.kernel.texts import Text

SIGNED_IN = Text("由您登录时的身份认证提供。", "Given by the identity you signed in with.")
NAMED = Text("由申报人指明，本人确认。", "Named by the filer, confirmed by the person.")
NO_SOURCE = Text("没有部门能够提供，只有您知道。", "No organisation can supply it; only you know.")
NO_RECORD = Text("来源部门查无此记录。", "The source has no record of it.")


@dataclass(slots=True)
class _Want:
    """A value that is wanted, by which items and why."""

    items: dict[str, None] = field(default_factory=dict)
    uses: dict[NeedUse, None] = field(default_factory=dict)
    basis: dict[Basis, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Desk:
    """What lies on the desk while a plan is made."""

    bundle: Bundle
    book: catalogue.Book
    division: str
    on: date
    answers: Answers
    values: Values
    offices: Mapping[str, str]
    pledged: frozenset[str]  # elements whose proof a chosen pledge replaces
    none: Collection[Wanted]
    dates: Dates
    items: tuple[Item, ...]
    cast: Cast
    ways: "dict[Wanted, Obtained]" = field(default_factory=dict)
    wants: dict[Wanted, _Want] = field(default_factory=dict)


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
    offered = tuple(pledge for pledge in _pledges(desk) if _allowed(pledge, policies, division, dates))
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
) -> _Desk:
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
    return _Desk(
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


def _pledges(desk: _Desk) -> tuple[Pledge, ...]:
    return tuple(pledge for item in desk.items for pledge in item.pledges)


def _allowed(pledge: Pledge, policies: Policies, division: str, dates: Dates) -> bool:
    return policies.allows(f"pledge.{pledge.id}.allowed", division, dates)


def _want_all(desk: _Desk) -> None:
    """Collect what the items need, and what must be known to obtain that."""
    for item in desk.items:
        for need in item.needs:
            if _holds(desk, need.only_if):
                for ref in desk.cast.refs[need.of]:
                    _want(desk, (ref, need.element), item.key, need)
    waiting = list(desk.wants)
    while waiting:
        wanted = waiting.pop(0)
        for further in _grounds(desk, wanted):
            if further not in desk.wants:
                desk.wants[further] = _Want()
                waiting.append(further)
            ground, want = desk.wants[further], desk.wants[wanted]
            ground.items.update(want.items)
            ground.basis = ground.basis or dict(want.basis)


def _want(desk: _Desk, wanted: Wanted, item: str, need: Need) -> None:
    want = desk.wants.setdefault(wanted, _Want())
    want.items[item] = None
    want.uses.update(dict.fromkeys(need.uses))
    want.basis[need.basis] = None


def _grounds(desk: _Desk, wanted: Wanted) -> tuple[Wanted, ...]:
    """Give what must be known before the wanted value can be: inputs of a derivation, keys of a lookup."""
    ref, element = wanted
    how, by = _obtain(desk, ref, element)
    if how == "derived" and isinstance(by, Derived):
        named = [desk.bundle.names[name] for name in inputs(desk.bundle, by)]
        return tuple((at, needed) for role, needed in named for at in desk.cast.refs[role])
    if how == "fetched" and isinstance(by, catalogue.Resource):
        parts = key_parts(desk.bundle, by, ref, desk.cast)
        return tuple((part.ref, part.element) for part in parts)
    return ()


By = Derived | Question | catalogue.Resource | Item | None
Obtained = tuple[How, By]


def _obtain(desk: _Desk, ref: Ref, element: str) -> Obtained:
    """Say how a value is obtained, found out once for each."""
    if (ref, element) not in desk.ways:
        desk.ways[ref, element] = _way(desk, ref, element)
    return desk.ways[ref, element]


def _way(desk: _Desk, ref: Ref, element: str) -> Obtained:
    """Give the first of these ways that there is; a person comes last."""
    bundle, roles = desk.bundle, desk.cast.roles_of(ref)
    for role in sorted(roles):
        if is_identity(bundle.roles[role], element):
            known = any(bundle.roles[at].known_by == "sign_in" for at in roles)
            return ("signed_in" if known else "asked"), None
    for item in desk.items:
        if any(made.of in roles and made.element == element for made in item.produces):
            return "produced", item
    for derived in bundle.derived:
        if derived.of in roles and derived.element == element and _derivable(desk, derived):
            return "derived", derived
    question = next((q for q in bundle.questions if q.of in roles and q.element == element), None)
    if element in desk.pledged and (question is None or question.fallback_for):
        return ("pledged", None) if question is None else ("asked", question)
    return _fetched_or_asked(desk, ref, element, question)


def _fetched_or_asked(desk: _Desk, ref: Ref, element: str, question: Question | None) -> Obtained:
    """A source is asked wherever it can be; a person only about what no granted source has."""
    source = desk.book.source_of(element, desk.division, desk.on)
    if source is None or _needs_what_comes_after(desk, source):
        return "asked", question
    if question is None:
        return "fetched", source
    if question.fallback_for:
        asked_anyway = (ref, element) in desk.none or (ref, question.id) in desk.answers.values
        return ("asked", question) if asked_anyway else ("fetched", source)
    if _granted(desk, source, element) and not _needs_itself(desk, ref, element, source):
        return "fetched", source
    return "asked", question


def _needs_itself(desk: _Desk, ref: Ref, element: str, source: catalogue.Resource) -> bool:
    """Say whether a lookup would need as its key, by itself or through other lookups, what it is to bring.

    Where one register finds the code of an address by its words, and another the words by the code,
    somebody must say one of the two.
    """
    waiting, passed = [(ref, source)], set[Wanted]()
    while waiting:
        at, asked = waiting.pop()
        for part in key_parts(desk.bundle, asked, at, desk.cast):
            key = (part.ref, part.element)
            if key == (ref, element):
                return True
            further = desk.book.source_of(part.element, desk.division, desk.on)
            is_given = any(is_identity(desk.bundle.roles[r], key[1]) for r in desk.cast.roles_of(key[0]))
            if key not in passed and further is not None and not is_given:
                passed.add(key)
                waiting.append((part.ref, further))
    return False


def _needs_what_comes_after(desk: _Desk, source: catalogue.Resource) -> bool:
    """Say whether a lookup would need a key that this very filing has yet to bring into being.

    The register of companies cannot be asked about the company that is being founded.
    """
    made = {made.element for item in desk.items for made in item.produces}
    return not made.isdisjoint(source.keys)


def _derivable(desk: _Desk, derived: Derived) -> bool:
    return applies(desk.bundle, derived, desk.answers.parties, desk.values, desk.dates)


def _granted(desk: _Desk, source: catalogue.Resource, element: str) -> bool:
    """Say whether some item's office may read it; without offices the source alone counts."""
    if not desk.offices:
        return True
    for item in desk.items:
        office = desk.offices.get(item.key)
        if office and desk.book.grant_for(office, source.code, (element,), item.basic_code, desk.on):
            return True
    return False


def _holds(desk: _Desk, condition: str) -> bool:
    known = expressions(desk.bundle)
    return known.holds(condition, desk.answers.parties, desk.values, desk.dates) is True


def _sort(desk: _Desk) -> tuple[PlannedNeed, ...]:
    return tuple(_planned(desk, wanted, want) for wanted, want in desk.wants.items())


def _planned(desk: _Desk, wanted: Wanted, want: _Want) -> PlannedNeed:
    ref, element = wanted
    how, by = _obtain(desk, ref, element)
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
    )


def _pledge_for(desk: _Desk, element: str) -> str:
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
    desk: _Desk, needs: tuple[PlannedNeed, ...], closed: Collection[str]
) -> tuple[PlannedQuestion, ...]:
    """Give what is asked now; `closed` are the questions of pledges that are not on offer here."""
    asked = {(need.ref, need.question): need for need in needs if need.how == "asked" and need.question}
    lacking = _lacking(desk)
    planned = []
    for question in desk.bundle.questions:
        for ref in desk.cast.refs[question.of]:
            need = asked.get((ref, question.id))
            items = need.items if need is not None else ()
            if question.fallback_for:
                stands = stands_for(desk.bundle, question, ref, desk.cast)
                is_open = not lacking.isdisjoint(stands) and question.id not in closed
                if is_open and _holds(desk, question.only_if):
                    planned.append(PlannedQuestion(ref, question, items, NO_RECORD))
            elif need is not None and _holds(desk, question.only_if):
                planned.append(PlannedQuestion(ref, question, items, NO_SOURCE))
    return tuple(planned)


def _lacking(desk: _Desk) -> frozenset[Wanted]:
    """Give the values that their source has no record of, or about which the filer has already answered."""
    last_resort = {question.id: question for question in desk.bundle.questions if question.fallback_for}
    answered = (
        wanted
        for ref, id in desk.answers.values
        if id in last_resort
        for wanted in stands_for(desk.bundle, last_resort[id], ref, desk.cast)
    )
    return frozenset((*desk.none, *answered))


def _fallbacks(desk: _Desk, closed: Collection[str]) -> tuple[PlannedQuestion, ...]:
    """Give what may be asked once a source has no record; a pledge only where it is on offer."""
    return tuple(
        PlannedQuestion(ref, question, (), NO_RECORD)
        for question in desk.bundle.questions
        if question.fallback_for and question.id not in closed
        for ref in desk.cast.refs[question.of]
    )


def _namings(desk: _Desk) -> tuple[Naming, ...]:
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


def _given(desk: _Desk, role: str) -> bool:
    """Say whether the filer named somebody for an assumed role, other than the one assumed."""
    assumed = desk.bundle.roles[role].assumed
    return any(p.ref.role == role and p.same_as != Ref(assumed) for p in desk.answers.parties)


def _confirmations(desk: _Desk) -> tuple[tuple[Ref, Confirmation], ...]:
    return tuple(
        (ref, confirmation)
        for confirmation in desk.bundle.confirmations
        if _holds(desk, confirmation.only_if)
        for ref in desk.cast.refs[confirmation.of]
    )
