"""Which values a filing has now, and which lookups would bring more. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tongban.cases.snapshot import FactView, Snapshot
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.rules import api as rules

# Why a value is not there, what matters most first: one that comes late may still come.
REASONS = ("late", "withheld", "contested", "not_applicable", "none_on_record", "unknown")


@dataclass(frozen=True, slots=True)
class Lookup:
    """One planned fetch with its key filled in."""

    fetch: items.PlannedFetch
    key: Mapping[str, str]
    key_digest: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """All values, each fact that stands behind one, and the lookups still to make.

    `facts` holds per (participant, element) the fact that speaks for it, whatever its status.
    """

    values: items.Values
    facts: Mapping[tuple[items.Ref, str], FactView]
    unasked: Mapping[tuple[items.Ref, str], tuple[items.KeyPart, ...]]  # no lookup yet: its key is not there
    contested: frozenset[int]
    missing: tuple[Lookup, ...]
    late: tuple[Lookup, ...]
    ungranted: tuple[Lookup, ...]  # made before, and withheld for want of a grant

    def status_of(self, ref: items.Ref, element: str) -> str:
        """Say why a value is not there: late, withheld, contested, unknown; known where it is.

        What could not be asked for yet is missing for the reason that its key is.
        """
        return self._status(ref, element, frozenset())

    def _status(self, ref: items.Ref, element: str, passed: frozenset[tuple[items.Ref, str]]) -> str:
        fact = self.facts.get((ref, element))
        has_value = self.values.get((ref, element)) is not None
        if fact is None:
            if has_value:
                return "known"
            passed |= {(ref, element)}
            keys = [(key.ref, key.element) for key in self.unasked.get((ref, element), ())]
            reasons = {self._status(*key, passed) for key in keys if key not in passed} - {"known"}
            return min(reasons, default="unknown", key=REASONS.index)
        if fact.id in self.contested:
            return "contested"
        return "unknown" if fact.status == "none_on_record" and not has_value else fact.status


@dataclass(frozen=True, slots=True)
class Given:
    """What a filing has before any lookup: what was answered and produced, and what follows from that.

    `supplied` are the values that sources are to give. They are never derived instead: late, withheld or
    disputed, they would look known.
    """

    bundle: items.Bundle
    plan: items.Plan
    parties: Sequence[items.Party]
    about: Mapping[str, items.Value]
    dates: items.Dates
    supplied: frozenset[tuple[items.Ref, str]]
    values: items.Values

    def with_derived(self, values: items.Values) -> dict[tuple[items.Ref, str], items.Held]:
        """Add to these values what follows from them."""
        found = items.derive(self.bundle, self.parties, values, self.about, self.dates, fetched=self.supplied)
        return dict(found)


def given(
    bundle: items.Bundle,
    plan: items.Plan,
    answers: items.Answers,
    *,
    about: Mapping[str, items.Value],
    produced: items.Values,
    dates: items.Dates,
) -> Given:
    """Join answers and products with what follows from them; `answers` are those that are heard."""
    supplied = frozenset((fetch.ref, element) for fetch in plan.fetches for element in fetch.elements)
    bare = Given(
        bundle,
        plan,
        answers.parties,
        about,
        dates,
        supplied,
        {**items.values_of(bundle, answers), **produced},
    )
    return replace(bare, values=bare.with_derived(bare.values))


def collect(
    have: Given,
    snapshot: Snapshot,
    *,
    book: catalogue.Book,
    wanted: Callable[[items.PlannedFetch], bool],
) -> Gathered:
    """Join what there is with the facts and what follows from them; list the lookups still to make.

    Lookups come in stages, since one's answer may be the next one's key; each round uses what the round
    before brought, until nothing new comes. A fact counts only for the key it was asked by and the purpose
    it came for.
    """
    known = {identity(fact): fact for fact in snapshot.facts}
    values = dict(have.values)
    facts: dict[tuple[items.Ref, str], FactView] = {}
    waiting = [fetch for fetch in have.plan.fetches if wanted(fetch)]
    missing, late, ungranted = _Lookups(), _Lookups(), _Lookups()
    while fresh := [fetch for fetch in waiting if items.is_ready(fetch, values)]:
        waiting = [fetch for fetch in waiting if not items.is_ready(fetch, values)]
        for fetch in fresh:
            lookup = fill(fetch, values)
            for element in fetch.elements:
                fact = known.get((*asked_as(lookup), element))
                if fact is None:
                    missing.add(lookup, element)
                    continue
                if fact.status == "late":
                    late.add(lookup, element)
                elif fact.wants_grant:
                    ungranted.add(lookup, element)
                facts[fact.ref, fact.element] = fact
                values[fact.ref, fact.element] = _value(fact, snapshot.contested, book)
        values = have.with_derived(values)
    unasked = {(fetch.ref, element): fetch.keys for fetch in waiting for element in fetch.elements}
    return Gathered(values, facts, unasked, snapshot.contested, missing.all(), late.all(), ungranted.all())


def fill(fetch: items.PlannedFetch, values: items.Values) -> Lookup:
    """Fill a ready fetch's key with its values, as the text that sources are asked with."""
    key = {part.key: text_of(values[part.ref, part.element]) for part in fetch.keys}
    return Lookup(fetch, key, digest(key))


def packed(fields: Mapping[str, items.Value | None]) -> dict[str, object]:
    """Turn an act's fields into JSON that keeps their types: a date is {"date": …}.

    What a recovered worker sends is then byte for byte what the first one sent.
    """
    return {
        name: {"date": value.isoformat()} if isinstance(value, date) else stored_value(value)
        for name, value in fields.items()
    }


def unpacked(stored: Mapping[str, object]) -> dict[str, exchange.FieldValue]:
    """Give an act's fields back as they were packed."""
    return {
        name: date.fromisoformat(value["date"]) if isinstance(value, dict) else read_value("", value)
        for name, value in stored.items()
    }


def supposed_fact(
    lookup: Lookup, answer: exchange.ShareAnswer, element: str, fetched: exchange.FetchedValue
) -> FactView:
    """Give what a source said as a fact that is not stored: to see what would be, if."""
    return FactView(
        id=0,
        ref=lookup.fetch.ref,
        element=element,
        value=stored_value(fetched.value),
        status=fetched.status,
        source="",
        consumer=lookup.fetch.consumer,
        purpose=lookup.fetch.purpose,
        resource=lookup.fetch.resource,
        key_digest=lookup.key_digest,
        reason=answer.reason,
        by_source=answer.by_source,
        as_of=answer.as_of,
        fetched_at=answer.fetched_at,
        share_id=answer.share,
    )


def text_of(value: items.Held) -> str:
    """Give a key value as text: dates as ISO, numbers as digits."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None or isinstance(value, rules.NoneOnRecord) else str(value)


def _value(fact: FactView, contested: frozenset[int], book: catalogue.Book) -> items.Held:
    """Give what rules may see of a fact: values of known and none_on_record alone (DESIGN §5)."""
    if fact.id in contested:
        return None
    element = book.element(fact.element)
    if element is None:
        return None
    if fact.status == "known":
        return read_value(element.kind, fact.value)
    resource = book.resource(fact.resource)
    if fact.status != "none_on_record" or resource is None or resource.coverage == "all":
        return None  # missing from a register of everybody: nothing is known
    return rules.NONE_ON_RECORD if element.none_value is None else element.none_value


def read_value(kind: str, stored: object) -> items.Value | None:
    """Turn a value as it is stored (JSON) into its own type: dates and lists have none in JSON."""
    if kind == "date" and isinstance(stored, str):
        return date.fromisoformat(stored)
    if isinstance(stored, list):
        return tuple(str(each) for each in stored)
    return stored if isinstance(stored, str | int | bool) else None


def stored_value(value: items.Held) -> object:
    """Turn a value into what JSON can store; `read_value` gives it back. Nothing on record is null."""
    if isinstance(value, rules.NoneOnRecord):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


AskedAs = tuple[str, str, str, items.Ref, str]


def asked_as(lookup: Lookup) -> AskedAs:
    """Name what makes two lookups one share: office, purpose, resource, about whom, by which key."""
    fetch = lookup.fetch
    return fetch.consumer, fetch.purpose, fetch.resource, fetch.ref, lookup.key_digest


def identity(fact: FactView) -> tuple[str, str, str, items.Ref, str, str]:
    """Name which value a fact is: the same element asked for as the same share."""
    return fact.consumer, fact.purpose, fact.resource, fact.ref, fact.key_digest, fact.element


class _Lookups:
    """Lookups still to make: what several items want for one purpose is asked for once."""

    def __init__(self) -> None:
        self._found: dict[AskedAs, tuple[Lookup, dict[str, None]]] = {}

    def add(self, lookup: Lookup, element: str) -> None:
        """Ask for one more element of a lookup."""
        self._found.setdefault(asked_as(lookup), (lookup, {}))[1][element] = None

    def all(self) -> tuple[Lookup, ...]:
        """Give each with all that it is to bring."""
        return tuple(
            replace(lookup, fetch=replace(lookup.fetch, elements=tuple(elements)))
            for lookup, elements in self._found.values()
        )
