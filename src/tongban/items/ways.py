"""Which way each value of a plan is obtained, for the items that want it. Pure.

Promise 1 is the order of `_way`: a person is asked only when nobody else can say.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from tongban.catalogue import api as catalogue
from tongban.items.bundle import Basis, Bundle, Derived, Item, Question
from tongban.items.bundle import Use as NeedUse
from tongban.items.deriving import applies, inputs
from tongban.items.expressions import Dates, expressions
from tongban.items.fallbacks import Wanted
from tongban.items.fetching import key_parts, may_read
from tongban.items.planned import Answers, How, Ref
from tongban.items.values import Cast, Values, is_identity


@dataclass(slots=True)
class Want:
    """A value that is wanted, by which items and why."""

    items: dict[str, None] = field(default_factory=dict)
    uses: dict[NeedUse, None] = field(default_factory=dict)
    basis: dict[Basis, None] = field(default_factory=dict)


@dataclass(slots=True)
class Desk:
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
    ways: "dict[Wanted, Way]" = field(default_factory=dict)
    wants: dict[Wanted, Want] = field(default_factory=dict)


def grounds(desk: Desk, wanted: Wanted) -> tuple[Wanted, ...]:
    """Give what must be known before the wanted value can be: inputs of a derivation, keys of a lookup."""
    ref, element = wanted
    how, by = obtain(desk, ref, element)
    if how == "derived" and isinstance(by, Derived):
        named = [desk.bundle.names[name] for name in inputs(desk.bundle, by)]
        return tuple((at, needed) for role, needed in named for at in desk.cast.refs[role])
    if how == "fetched" and isinstance(by, catalogue.Resource):
        parts = key_parts(desk.bundle, by, ref, desk.cast)
        return tuple((part.ref, part.element) for part in parts)
    return ()


By = Derived | Question | catalogue.Resource | Item | None
Obtained = tuple[How, By]


@dataclass(frozen=True, slots=True)
class Way:
    """How a value is obtained, rights aside; `otherwise` is asked for the offices that hold no grant."""

    how: How
    by: By
    otherwise: Question | None = None


def obtain(desk: Desk, ref: Ref, element: str) -> Obtained:
    """Say how a value is obtained for the items that want it as far as known now."""
    way, wanting = way_to(desk, ref, element), desk.wants[ref, element].items
    if way.otherwise is not None and len(ungranted(desk, (ref, element))) == len(wanting):
        return "asked", way.otherwise
    return way.how, way.by


def ungranted(desk: Desk, wanted: Wanted) -> tuple[str, ...]:
    """Name the items that want a value which is fetched for others: their office may not read it for them.

    A grant is for one purpose: what an office reads for one item serves none of its others. Without offices
    rights are not judged. What nobody could be asked instead is left to exchange: withheld, it goes to a
    person.
    """
    way = way_to(desk, *wanted)
    if way.otherwise is None or not isinstance(way.by, catalogue.Resource) or not desk.offices:
        return ()
    codes = {item.key: item.basic_code for item in desk.items}
    return tuple(
        item
        for item in desk.wants[wanted].items
        if not may_read(desk.book, desk.offices.get(item, ""), way.by.code, wanted[1], codes[item], desk.on)
    )


def way_to(desk: Desk, ref: Ref, element: str) -> Way:
    """Give how a value is obtained, rights aside: found out once for each."""
    if (ref, element) not in desk.ways:
        desk.ways[ref, element] = _way(desk, ref, element)
    return desk.ways[ref, element]


def _way(desk: Desk, ref: Ref, element: str) -> Way:
    """Give the first of these ways that there is; a person comes last."""
    bundle, roles = desk.bundle, desk.cast.roles_of(ref)
    for role in sorted(roles):
        if is_identity(bundle.roles[role], element):
            known = any(bundle.roles[at].known_by == "sign_in" for at in roles)
            return Way("signed_in" if known else "asked", None)
    for item in desk.items:
        if any(made.of in roles and made.element == element for made in item.produces):
            return Way("produced", item)
    for derived in bundle.derived:
        if derived.of in roles and derived.element == element and _derivable(desk, derived):
            return Way("derived", derived)
    question = next((q for q in bundle.questions if q.of in roles and q.element == element), None)
    if element in desk.pledged and (question is None or question.fallback_for):
        return Way("pledged", None) if question is None else Way("asked", question)
    return _fetched_or_asked(desk, ref, element, question)


def _fetched_or_asked(desk: Desk, ref: Ref, element: str, question: Question | None) -> Way:
    """A source is asked wherever it can be; a person only about what no granted source has."""
    source = desk.book.source_of(element, desk.division, desk.on)
    if source is None or _needs_what_comes_after(desk, source):
        return Way("asked", question)
    if question is None:
        return Way("fetched", source)
    if question.fallback_for:
        asked_anyway = (ref, element) in desk.none or (ref, question.id) in desk.answers.values
        return Way("asked", question) if asked_anyway else Way("fetched", source)
    if _needs_itself(desk, ref, element, source):
        return Way("asked", question)
    return Way("fetched", source, otherwise=question)


def _needs_itself(desk: Desk, ref: Ref, element: str, source: catalogue.Resource) -> bool:
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


def _needs_what_comes_after(desk: Desk, source: catalogue.Resource) -> bool:
    """Say whether a lookup would need a key that this very filing has yet to bring into being.

    The register of companies cannot be asked about the company that is being founded.
    """
    made = {made.element for item in desk.items for made in item.produces}
    return not made.isdisjoint(source.keys)


def _derivable(desk: Desk, derived: Derived) -> bool:
    return applies(desk.bundle, derived, desk.answers.parties, desk.values, desk.dates)


def holds(desk: Desk, condition: str) -> bool:
    known = expressions(desk.bundle)
    return known.holds(condition, desk.answers.parties, desk.values, desk.dates) is True
