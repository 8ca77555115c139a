"""The two computed totals: what a person types or chooses here, and what separate filings would ask."""

from collections.abc import Sequence

from tongban.items.bundle import Bundle, Item
from tongban.items.planned import Count, Naming, Party, PlannedQuestion, Totals
from tongban.items.values import refs_of


def totals_of(
    bundle: Bundle,
    items: Sequence[Item],
    questions: Sequence[PlannedQuestion],
    namings: Sequence[Naming],
    parties: Sequence[Party],
    confirmations: int,
) -> Totals:
    """Count both by the mark of each value's basis; confirmations stand apart."""
    here = Count()
    for planned in questions:
        here = here.plus(planned.question.basis.mark)
    for naming in namings:
        here = here.plus("recalled" if naming.basis is None else naming.basis.mark, naming.values)
    by_item = {item.key: _separately(bundle, item, parties) for item in items}
    separately = Count()
    for count in by_item.values():
        separately = Count(
            separately.found + count.found,
            separately.recalled + count.recalled,
            separately.gap + count.gap,
        )
    return Totals(here, confirmations, separately, by_item)


def _separately(bundle: Bundle, item: Item, parties: Sequence[Party]) -> Count:
    count = Count()
    for field in item.separate_form:
        times = len(refs_of(bundle.roles[field.per], parties)) if field.per else 1
        count = count.plus(field.basis.mark, times)
    return count
