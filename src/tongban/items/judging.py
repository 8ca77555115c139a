"""The checks of an item over the values there are. Nothing here can say no: it says what is met."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tongban.items.bundle import Bundle, Check, Item, Pledge
from tongban.items.expressions import Dates, expressions
from tongban.items.planned import Party, Plan, Ref
from tongban.items.values import Values, facts_for, refs_of, value_named
from tongban.rules import api as rules


@dataclass(frozen=True, slots=True)
class Judged:
    """One check and what came of it; `pledge` names the promise that stands for what was missing."""

    check: Check
    outcome: rules.Outcome
    pledge: str = ""

    @property
    def trace(self) -> rules.Trace:
        return self.outcome.trace


def judge(
    bundle: Bundle,
    item: Item,
    parties: Sequence[Party],
    values: Values,
    dates: Dates,
    *,
    only: str = "",
    closed: Collection[str] = (),
) -> tuple[Judged, ...]:
    """Run the checks of an item; `only` keeps those with that consequence, `closed` names pledges not open.

    Where everything that a check misses is replaced by a pledge that was chosen and is not barred, the
    check counts as met on the strength of the pledge, to be verified afterwards.
    """
    known = expressions(bundle)
    signed = tuple(
        pledge
        for pledge in item.pledges
        if pledge.id not in closed and is_chosen(bundle, pledge, parties, values)
    )
    judged = []
    for check in item.checks:
        if (only and check.if_not_met != only) or not in_force(check, dates):
            continue
        rule = known.of_check(check)
        facts = facts_for(bundle, rule, parties, values)
        outcome = rules.evaluate(rule, facts, known.parameters, dates)
        judged.append(_with_pledge(bundle, Judged(check, outcome), signed, parties, values))
    return tuple(judged)


def in_force(check: Check, dates: Dates) -> bool:
    """Say whether a check's article is in force: at acceptance, which pins a case's rules, or at filing."""
    day = dates.get("acceptance_date") or dates.get("filing_date")
    if day is None:
        return True
    return (check.starts is None or check.starts <= day) and (check.ends is None or day <= check.ends)


def is_chosen(bundle: Bundle, pledge: Pledge, parties: Sequence[Party], values: Values) -> bool:
    """Say whether the applicant chose to pledge; whether it is barred is another question."""
    asked = bundle.question(pledge.asked_by)
    return any(values.get((ref, asked.element)) is True for ref in refs_of(bundle.roles[asked.of], parties))


def is_barred(bundle: Bundle, pledge: Pledge, parties: Sequence[Party], values: Values) -> bool | None:
    """Say whether the signer may not pledge (an unrepaired serious record); None while unknown."""
    held = value_named(bundle, pledge.not_for, parties, values, {})
    return held if isinstance(held, bool) else None


def _with_pledge(
    bundle: Bundle, judged: Judged, signed: Iterable[Pledge], parties: Sequence[Party], values: Values
) -> Judged:
    if not isinstance(judged.outcome, rules.Unknown) or not judged.outcome.missing:
        return judged
    for pledge in signed:
        missing = {bundle.names[name][1] for name in judged.outcome.missing if name in bundle.names}
        covered = missing <= set(pledge.replaces) and len(missing) == len(judged.outcome.missing)
        if covered and is_barred(bundle, pledge, parties, values) is False:
            return Judged(judged.check, rules.Met(judged.outcome.trace), pledge.id)
    return judged


def required_materials(
    bundle: Bundle, item: Item, plan: Plan, parties: Sequence[Party], values: Values, dates: Dates
) -> tuple[str, ...]:
    """Give the ids of the documents that must be handed in: those whose condition is met,
    and those that stand in for a value of which no source has a record."""
    known = expressions(bundle)
    asked = [
        material.id
        for material in item.materials
        if material.obtained == "handed_in"
        and material.necessity == "1"
        and known.holds(material.only_if, parties, values, dates) is True
    ]
    uploads = {material.id for material in item.materials if material.obtained == "handed_in"}
    standing_in = [
        need.if_none
        for need in item.needs
        if need.if_none in uploads
        for ref in refs_of(bundle.roles[need.of], parties)
        if (ref, need.element) not in values or values[ref, need.element] is None
        if any(planned.ref == ref and planned.element == need.element for planned in plan.needs)
    ]
    return tuple(dict.fromkeys((*asked, *standing_in)))


def stand_in(item: Item, of: str, element: str) -> str:
    """Give what may stand for a value that no source has: a material's id, a pledge's id, or nothing."""
    for need in item.needs:
        if need.of == of and need.element == element:
            return need.if_none
    return ""


def missing_of(
    bundle: Bundle, name: str, parties: Sequence[Party], values: Values
) -> tuple[tuple[Ref, str], ...]:
    """Give the participants and the element for whose lack a rule called a name missing."""
    if name not in bundle.names:
        return ()
    role, element = bundle.names[name]
    refs = refs_of(bundle.roles[role], parties)
    return tuple((ref, element) for ref in refs if values.get((ref, element)) is None)
