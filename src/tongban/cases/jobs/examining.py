"""Opening a case: what the applicant claims beside what each source says, and every rule with its trace.

The look is evidence before anything is shown (`open_facts`); then the filing is read and judged again,
outside any transaction, on what is known now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongban.cases.actions.looking import open_facts
from tongban.cases.jobs.advance import judge_case
from tongban.cases.queries.desk import FactLine, filing_answered_for
from tongban.cases.queries.sight import Sight, see
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.rules.records import decision_record
from tongban.cases.rules.verdicts import Way
from tongban.cases.snapshot import CaseView, PartyView
from tongban.cases.workplace import Workplace
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.rules import api as rules

FACT_WORDS = {
    "known": Text("已知", "known"),
    "none_on_record": Text("无记录", "none on record"),
    "not_applicable": Text("不适用", "not applicable"),
    "late": Text("未及时返回", "late"),
    "withheld": Text("未获授权", "withheld"),
    "contested": Text("有异议", "contested"),
    "unknown": Text("未知", "unknown"),
}
WITH_VALUE = frozenset({"known", "contested"})


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What one source says about one element."""

    office: Text
    resource: Text
    value: Text | None  # None where the status says why there is none
    status: str
    words: Text
    as_of: datetime | None
    fetched_at: datetime
    share_id: str | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value that the item needs: what the applicant says, and what sources say."""

    element: str
    name: Text
    how: str
    why: Text
    claimed: Text | None
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class PartyLines:
    """One participant, by all the roles they fill, with the values about them."""

    roles: tuple[Text, ...]
    name: str
    identity_type: str
    identity_number: str
    confirmed_at: datetime | None
    awaited: bool
    values: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One rule: title, article, outcome, and its trace in words."""

    code: str
    title: Text
    article: Text
    outcome: rules.Outcome
    result: str  # met, not_met, unknown
    because: Text | None
    compares: Text | None
    pledge: str
    missing: tuple[Text, ...]
    trace: tuple[rules.Line, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """A case opened by an officer: who looked and why is on record already."""

    parties: tuple[PartyLines, ...]
    checks: tuple[CheckLine, ...]
    way: Way  # what rules alone would come to now
    reasons: tuple[Text, ...]
    materials: tuple[papers.Material, ...]
    competent: registry.Competence | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a decision is made on: the filing as seen now, and the record that is kept of it."""

    filing: str
    sight: Sight
    record: Mapping[str, object]
    other_offices: tuple[registry.Organisation, ...]  # that may be named instead, the competent one first


def prepare_decision(case_number: str, staff: registry.Staff, *, at: Workplace) -> Prepared:
    """See a case of the officer's office once more before acting on it; NotFound for any other."""
    number, sight, case = _seen(case_number, staff, at)
    verdict, dates = judge_case(sight, case, at=at)
    item = sight.bundle.item(case.item)
    record = decision_record(sight.bundle, item, verdict.judged, sight.gathered, dates)
    return Prepared(number, sight, record, _other_offices(sight, case, civil_date(at.clock.now())))


def _other_offices(sight: Sight, case: CaseView, today: date) -> tuple[registry.Organisation, ...]:
    """Give the offices whose case it may be: the competent one by its place, then its like elsewhere."""
    known = registry.directory()
    function = known.organisation(case.office).function
    competent = [sight.offices[case.item].office] if case.item in sight.offices else []
    alike = [office for office in known.organisations(today) if office.function == function]
    return tuple(dict.fromkeys(each for each in (*competent, *alike) if each.slug != case.office))


def examine(case_number: str, staff: registry.Staff, *, cause: str, at: Workplace) -> Examined:
    """Open a case for its officer. Raises NotFound for a case of another office, Invalid without a cause;
    nothing is given before the look is evidence."""
    facts = open_facts(case_number, staff=staff, cause=cause, at=at)
    number, sight, case = _seen(case_number, staff, at)
    verdict, _ = judge_case(sight, case, at=at)
    return Examined(
        parties=tuple(_parties(sight, case, facts)),
        checks=tuple(_check(sight, judged) for judged in verdict.judged),
        way=verdict.way,
        reasons=verdict.reasons,
        materials=tuple(
            each for each in papers.materials(number) if each.material.startswith(f"{case.item}.")
        ),
        competent=sight.offices.get(case.item),
    )


def _seen(case_number: str, staff: registry.Staff, at: Workplace) -> tuple[str, Sight, CaseView]:
    number = filing_answered_for(case_number, staff)
    sight = see(read(number), at=at)
    return number, sight, next(case for case in sight.snapshot.cases if case.number == case_number)


def _parties(sight: Sight, case: CaseView, facts: Sequence[FactLine]) -> Iterator[PartyLines]:
    """Give each participant that the item needs something about, with one line a value."""
    parties = sight.snapshot.answers.parties
    known = registry.directory()
    needed: dict[items.Ref, list[items.PlannedNeed]] = {}
    for need in sight.plan.needs:
        if case.item in need.items:
            needed.setdefault(need.ref, []).append(need)
    for ref, needs in needed.items():
        filling = [p for p in sight.snapshot.parties if items.canonical(p.ref, parties) == ref]
        own = next((party for party in filling if party.ref == ref), None)
        yield PartyLines(
            roles=tuple(_role(sight, party.ref) for party in filling) or (_role(sight, ref),),
            name="" if own is None else own.name,
            identity_type="" if own is None else own.identity_type,
            identity_number="" if own is None else own.identity_number,
            confirmed_at=_first(party.confirmed_at for party in filling),
            awaited=any(party.is_awaited for party in filling),
            values=tuple(_value(sight, need, filling, facts, known) for need in needs),
        )


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return next((moment for moment in moments if moment is not None), None)


def _role(sight: Sight, ref: items.Ref) -> Text:
    name = sight.bundle.participant(ref.role).name
    if ref.position == 0:
        return name
    return Text(f"{name.zh}{ref.position + 1}", f"{name.en} {ref.position + 1}")


def _value(
    sight: Sight,
    need: items.PlannedNeed,
    filling: Sequence[PartyView],
    facts: Sequence[FactLine],
    known: registry.Directory,
) -> ValueLine:
    element = sight.book.element(need.element)
    card = sight.bundle.elements.get(need.element)
    name = element.name if element is not None else (card.name if card else Text(need.element, need.element))
    about = {str(need.ref), *(str(party.ref) for party in filling)}
    return ValueLine(
        element=need.element,
        name=name,
        how=need.how,
        why=need.reason,
        claimed=_claimed(sight, need, element),
        sources=tuple(
            _source(fact, element, sight.book, known, sight.plan.on)
            for fact in facts
            if fact.element == need.element and fact.participant in about
        ),
    )


def _claimed(sight: Sight, need: items.PlannedNeed, element: catalogue.Element | None) -> Text | None:
    """Give what the applicant says, or what follows from it or from an earlier decision."""
    if need.how == "fetched":
        return None
    held = sight.gathered.values.get((need.ref, need.element))
    if held is None or isinstance(held, rules.NoneOnRecord):
        return None
    for question in sight.bundle.questions:
        if question.element == need.element and question.of == need.ref.role and question.choices:
            return _chosen(question, held)
    return catalogue.in_words(element, held)


def _chosen(question: items.Question, held: items.Value) -> Text:
    labels = {choice.value: choice.label for choice in question.choices}
    several = held if isinstance(held, tuple) else (held,)
    said = [
        labels.get(each, Text(str(each), str(each))) if isinstance(each, str | int) else Text("?", "?")
        for each in several
    ]
    return Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))


def _source(
    fact: FactLine,
    element: catalogue.Element | None,
    book: catalogue.Book,
    known: registry.Directory,
    on: date,
) -> SourceLine:
    resource = book.resource(fact.resource)
    value = _division(known, fact, on) or catalogue.in_words(element, fact.value)
    return SourceLine(
        office=known.organisation(fact.source).name if fact.source else Text("—", "—"),
        resource=Text(fact.resource, fact.resource) if resource is None else resource.name,
        value=value if fact.status in WITH_VALUE else None,
        status=fact.status,
        words=FACT_WORDS.get(fact.status, Text(fact.status, fact.status)),
        as_of=fact.as_of,
        fetched_at=fact.fetched_at,
        share_id=fact.share_id,
        reason=fact.reason,
    )


def _division(known: registry.Directory, fact: FactLine, on: date) -> Text | None:
    """Give a place's division by its name, which people know, beside its code."""
    if not fact.element.endswith(".division") or not isinstance(fact.value, str):
        return None
    try:
        name = known.division(fact.value, on).name
    except NotFound:
        return None
    return Text(f"{name.zh}（{fact.value}）", f"{name.en} ({fact.value})")


def _check(sight: Sight, judged: items.Judged) -> CheckLine:
    check, outcome = judged.check, judged.outcome
    missing = outcome.missing if isinstance(outcome, rules.Unknown) else ()
    return CheckLine(
        code=check.code,
        title=check.title,
        article=items.spoken_basis(sight.bundle.laws, check.article),
        outcome=outcome,
        result=rules.outcome_name(outcome),
        because=check.because if isinstance(outcome, rules.NotMet) else None,
        compares=check.compares,
        pledge=judged.pledge,
        missing=tuple(_named(sight, name) for name in missing),
        trace=outcome.trace.lines,
    )


def _named(sight: Sight, name: str) -> Text:
    """Give what a rule calls a value in the reader's words."""
    _, code = sight.bundle.names.get(name, ("", ""))
    card = sight.bundle.elements.get(code)
    return Text(name, name) if card is None else card.name
