"""Values that follow from others, so that nobody types them."""

from collections.abc import Collection, Sequence

from tongban.items.bundle import Bundle, Derived
from tongban.items.expressions import NO_DATES, Dates, expressions
from tongban.items.planned import Party, Ref
from tongban.items.values import About, Held, Values, refs_of, value_named

ROUNDS = 4  # a derived value may stand on a derived value; more would be a fault of the pack


def derive(
    bundle: Bundle,
    parties: Sequence[Party],
    values: Values,
    about: About,
    dates: Dates = NO_DATES,
    *,
    fetched: Collection[tuple[Ref, str]] = (),
) -> Values:
    """Add the values that follow from those there are; what is already there is never replaced.

    `about` brings "division.name" and its like, `dates` the filing date that a rule may stand on; what a
    source is to give (`fetched`) is not made here, however long it stays away.
    """
    known = dict(values)
    for _ in range(ROUNDS):
        found = {
            (ref, derived.element): value
            for derived in bundle.derived
            for ref in refs_of(bundle.roles[derived.of], parties)
            if known.get((ref, derived.element)) is None
            and (ref, derived.element) not in fetched
            and (value := made(bundle, derived, parties, known, about, dates)) is not None
        }
        if not found:
            break
        known.update(found)
    return known


def applies(
    bundle: Bundle, derived: Derived, parties: Sequence[Party], values: Values, dates: Dates = NO_DATES
) -> bool:
    """Say whether the value is derived here rather than asked."""
    if derived.when_only_one and len(refs_of(bundle.roles[derived.of], parties)) != 1:
        return False
    return expressions(bundle).holds(derived.only_if, parties, values, dates) is True


def made(
    bundle: Bundle,
    derived: Derived,
    parties: Sequence[Party],
    values: Values,
    about: About,
    dates: Dates = NO_DATES,
) -> Held:
    """Give the derived value, or None while something it stands on is missing."""
    if not applies(bundle, derived, parties, values, dates):
        return None
    if derived.join:
        return _joined(bundle, derived.join, parties, values, about)
    if derived.count_of:
        number = len(refs_of(bundle.roles[derived.count_of], parties))
        return derived.one if number == 1 else derived.more
    if derived.code_of:
        return _code(bundle, derived.code_of, parties, values)
    if derived.rule:
        return expressions(bundle).value(derived.rule, parties, values, dates)
    return value_named(bundle, derived.copy or derived.when_only_one, parties, values, about)


def _joined(
    bundle: Bundle, parts: Sequence[str], parties: Sequence[Party], values: Values, about: About
) -> str | None:
    found = [value_named(bundle, part, parties, values, about) for part in parts]
    if any(part is None for part in found):
        return None
    return "".join(str(part) for part in found)


def _code(bundle: Bundle, question: str, parties: Sequence[Party], values: Values) -> str | None:
    asked = bundle.question(question)
    for ref in refs_of(bundle.roles[asked.of], parties):
        for choice in asked.choices:
            if choice.value == values.get((ref, asked.element)):
                return choice.code or None
    return None


def inputs(bundle: Bundle, derived: Derived) -> tuple[str, ...]:
    """Give the value names that a derived value stands on; names about the case are left out."""
    if derived.rule:
        rule = expressions(bundle).rule(derived.rule)
        return tuple(name for name in rule.elements if name in bundle.names)
    if derived.code_of:
        asked = bundle.question(derived.code_of)
        return tuple(name for name, at in bundle.names.items() if at == (asked.of, asked.element))
    written = (*derived.join, derived.copy, derived.when_only_one)
    return tuple(name for part in written if (name := part.removesuffix(".word")) in bundle.names)
