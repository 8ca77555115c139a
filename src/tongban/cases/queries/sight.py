"""A filing seen with its pack, the book of data and the competent offices: all that rules need."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from tongban.cases.rules.gathering import Gathered, Given, collect, given, read_value
from tongban.cases.snapshot import Snapshot
from tongban.cases.workplace import Workplace
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.registry import api as registry

Absent = frozenset[tuple[items.Ref, str]]
Wanted = Callable[[items.PlannedFetch], bool]
PLANS_KEPT = 256
NOTHING = Gathered({}, {}, {}, frozenset(), (), (), ())


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a filing: what is planned, what is known, who is competent."""

    snapshot: Snapshot
    answers: items.Answers  # those of the snapshot that count: `items.heard`
    bundle: items.Bundle
    plan: items.Plan
    book: catalogue.Book
    directory: registry.Directory
    offices: Mapping[str, registry.Competence]
    gathered: Gathered
    given: Given

    def of_case(self, item: str) -> "Sight":
        """See what one case's office may use: shares for the purpose of this item alone (promise 3)."""
        return self.gathering(lambda fetch: fetch.item == item)

    def gathering(self, wanted: Wanted) -> "Sight":
        """See what there is beside these lookups alone."""
        return replace(self, gathered=collect(self.given, self.snapshot, book=self.book, wanted=wanted))


def look(
    snapshot: Snapshot,
    *,
    at: Workplace,
    now: datetime,
    wanted: Wanted,
) -> Sight:
    """Plan the filing as it stands, join what is known, and list the wanted lookups still to make.

    Competence follows the place once its division is known; until then the filing's own division. What
    is asked only for want of a record is heard only where some source has said so, for the key that
    stands now: `wanted` decides about asking further, never about what was answered already.
    """
    day = civil_date(now)
    bundle = items.pinned(snapshot.bundle_digest)
    book = catalogue.book(day)
    directory = registry.directory()
    division = directory.division(snapshot.division, day)
    about: dict[str, items.Value] = {"division.code": division.code, "division.name": division.name.zh}
    produced = products(snapshot, book)
    dates = {"filing_date": civil_date(snapshot.submitted_at or now)}

    def seen(place: str, without: Absent, asking: Wanted) -> Sight:
        offices = {item.key: directory.office_for(item.basic_code, place, day) for item in bundle.items}
        answers = items.heard(bundle, snapshot.answers, without)
        plan = _plan(
            _Question(
                bundle_digest=bundle.digest,
                epoch=book.epoch,
                place=place,
                day=day,
                filed_on=dates["filing_date"],
                offices=tuple((key, competence.office.slug) for key, competence in offices.items()),
                parties=answers.parties,
                answered=frozenset(answers.values.items()),
                without=without,
                bundle=bundle,
                book=book,
                policies=at.policies,
            )
        )
        have = given(bundle, plan, answers, about=about, produced=produced, dates=dates)
        bare = Sight(snapshot, answers, bundle, plan, book, directory, offices, NOTHING, have)
        return bare.gathering(asking)

    first = seen(snapshot.division, frozenset(), lambda _: True)
    place = _place_division(bundle, first.gathered) or snapshot.division
    without = _on_no_record(first.gathered)
    if place != snapshot.division or without:
        return seen(place, without, wanted)
    # The plan is the same: another look would differ in the lookups still to make alone.
    return first if all(map(wanted, first.plan.fetches)) else first.gathering(wanted)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a plan follows from. Two questions are equal when their plans are: only small things compare."""

    bundle_digest: str
    epoch: catalogue.Epoch
    place: str
    day: date
    filed_on: date
    offices: tuple[tuple[str, str], ...]
    parties: tuple[items.Party, ...]
    answered: frozenset[tuple[tuple[items.Ref, str], items.Value]]
    without: Absent
    policies: items.Policies
    bundle: items.Bundle = field(compare=False)
    book: catalogue.Book = field(compare=False)


@lru_cache(maxsize=PLANS_KEPT)
def _plan(question: _Question) -> items.Plan:
    """Plan once what is asked again at every step of a filing; equal questions have one answer."""
    return items.plan(
        question.bundle,
        question.book,
        question.place,
        items.Answers(question.parties, dict(question.answered)),
        question.day,
        filed_on=question.filed_on,
        offices=dict(question.offices),
        policies=question.policies,
        none=question.without,
    )


def _on_no_record(gathered: Gathered) -> Absent:
    """Give the values that a register of everybody was asked for and does not have: those may be asked."""
    return frozenset(
        key
        for key, fact in gathered.facts.items()
        if fact.status in {"none_on_record", "unknown"} and gathered.values.get(key) is None
    )


def _place_division(bundle: items.Bundle, gathered: Gathered) -> str | None:
    """Give the division that the filing's place lies in, once a source has said so."""
    for (ref, element), value in gathered.values.items():
        if ref.role == bundle.place and element.endswith(".division") and isinstance(value, str):
            return value
    return None


def products(snapshot: Snapshot, book: catalogue.Book) -> items.Values:
    """Give the values that decisions of this filing have brought into being."""
    values: dict[tuple[items.Ref, str], items.Value | None] = {}
    for case in snapshot.cases:
        for ref, element, stored in case.produced:
            declared = book.element(element)
            values[ref, element] = read_value("text" if declared is None else declared.kind, stored)
    return values


def about_case(sight: Sight, *, in_name_of: str, number: str, decided_on: date) -> Mapping[str, items.Value]:
    """Give the values about a case that its acts and its licence may show."""
    office = sight.directory.organisation(in_name_of)
    return {
        **sight.given.about,
        "case.number": number,
        "case.office_name": office.name.zh,
        "case.office_code": office.credit_code,
        "case.decided_on": decided_on,
    }


def subjects_of_record(sight: Sight, refs: Collection[items.Ref]) -> Mapping[items.Ref, str]:
    """Name in the evidence of shares whose data are asked for: the same person alike in every filing.

    Whoever has a registry id goes by it; a place, or a company in the making, is known by this filing alone.
    """
    parties = {party.ref: (party.identity_type, party.identity_number) for party in sight.snapshot.parties}
    ids = registry.subject_ids({parties[ref] for ref in refs if ref in parties and parties[ref][1]})
    return {
        ref: str(ids[parties[ref]]) if parties.get(ref) in ids else f"{sight.snapshot.number}/{ref}"
        for ref in refs
    }


def startable(snapshot: Snapshot, bundle: items.Bundle) -> Wanted:
    """Give the test for lookups that may be made now.

    Only for items that have begun or have nothing to wait for, and only about people who take part of
    their own will: nobody's data are fetched before they signed in, confirmed, or gave their authority.
    """
    waiting = {case.item for case in snapshot.cases if case.number is None}
    later = waiting if snapshot.cases else {item.key for item in bundle.items if item.after}
    ended = {case.item for case in snapshot.cases if case.state.is_end}
    silent = {party.ref for party in snapshot.parties if party.is_awaited}
    return lambda fetch: fetch.item not in later | ended and fetch.ref not in silent


def see(snapshot: Snapshot, *, at: Workplace) -> Sight:
    """Look at a filing with the lookups that may be made for it now."""
    now = at.clock.now()
    bundle = items.pinned(snapshot.bundle_digest)
    return look(snapshot, at=at, now=now, wanted=startable(snapshot, bundle))
