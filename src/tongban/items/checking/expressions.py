"""Rule expressions: each is checked where it stands, and reads nothing that its item does not need."""

from collections.abc import Iterator

from tongban.items.alternatives import GENERATORS
from tongban.items.bundle import Item
from tongban.items.checking.desk import Desk, Place, unknown
from tongban.items.expressions import Expressions
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import DeclarationErrors
from tongban.kernel.texts import Text
from tongban.rules import api as rules


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at every condition, check and computed value."""
    known = Expressions(desk.bundle)
    given: set[str] = set()
    for text, place, wants_yes in _written(desk):
        if not text:
            continue
        checked = _check(known, text, place)
        if isinstance(checked, InvalidDeclaration):
            yield checked
            continue
        given |= set(checked.given)
        if wants_yes and checked.kind is not rules.Kind.BOOLEAN:
            yield place.fault(
                "condition",
                Text("这里需要一个条件（是或否）。", "A condition belongs here: a yes or a no."),
                Text("请写成比较，例如company.articles = 'own'。", "Compare it: company.articles = 'own'."),
            )
    for item, place in desk.items:
        yield from _checks(desk, known, item, place)
    yield from _repeated(desk)
    yield from _unused(desk, given)


def _repeated(desk: Desk) -> Iterator[InvalidDeclaration]:
    """A check's word stands in traces and tables: it is unique in the pack, not only in its item."""
    seen: set[str] = set()
    for item, place in desk.items:
        for index, check in enumerate(item.checks):
            if check.code in seen:
                yield place.fault(
                    "twice",
                    Text(f"检查“{check.code}”重复。", f"The check {check.code} is there twice."),
                    Text("请改名。", "Rename one of them."),
                    "checks",
                    index,
                    "code",
                )
            seen.add(check.code)


def _written(desk: Desk) -> Iterator[tuple[str, Place, bool]]:
    """Give every expression of the pack with its place, and whether it must be a condition."""
    whole = desk.pack.whole.value
    for index, question in enumerate(whole.questions):
        yield question.only_if, desk.whole.below("questions", index, "only_if"), True
    for index, confirmation in enumerate(whole.confirmations):
        yield confirmation.only_if, desk.whole.below("confirmations", index, "only_if"), True
    for index, derived in enumerate(whole.derived):
        yield derived.only_if, desk.whole.below("derived", index, "only_if"), True
        yield derived.rule, desk.whole.below("derived", index, "rule"), False
    for item, place in desk.items:
        yield item.when, place.below("when"), True
        for index, need in enumerate(item.needs):
            yield need.only_if, place.below("needs", index, "only_if"), True
        for index, material in enumerate(item.materials):
            yield material.only_if, place.below("materials", index, "only_if"), True
        for index, check in enumerate(item.checks):
            yield check.when, place.below("checks", index, "when"), True


def _check(known: Expressions, text: str, place: Place) -> rules.Rule | InvalidDeclaration:
    try:
        return rules.check(
            text, known.vocabulary, known.parameters, file=place.declared.file, line=place.line
        )
    except DeclarationErrors as several:
        return several.errors[0]
    except InvalidDeclaration as refusal:
        return refusal


def _checks(desk: Desk, known: Expressions, item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    """A check reads what its item needs; what an item needs for checking is read by some check."""
    needed = {(need.of, need.element) for need in item.needs}
    read: set[tuple[str, str]] = set()
    for index, check in enumerate(item.checks):
        at = place.below("checks", index)
        rule = _check(known, check.when, at.below("when"))
        if isinstance(rule, rules.Rule):
            for name in _names_in(desk, rule):
                read.add(desk.bundle.names[name])
                if desk.bundle.names[name] not in needed:
                    yield at.fault(
                        "not_needed",
                        Text(
                            f"规则读取了本事项未列入needs的“{name}”。",
                            f"The rule reads {name}, which the item does not need.",
                        ),
                        Text(
                            "请在needs中写明及其依据，或不要读取。",
                            "List it among needs with its basis, or do not read it.",
                        ),
                        "when",
                    )
        if check.alternatives and check.alternatives not in GENERATORS:
            yield unknown(
                at, Text("备选生成方式", "generator"), check.alternatives, tuple(GENERATORS), "alternatives"
            )
    for index, need in enumerate(item.needs):
        barred = {pledge.not_for for pledge in item.pledges}
        name = f"{need.of}.{need.element.partition('.')[2]}"
        is_read = (need.of, need.element) in read or name in barred
        if need.uses == ("check",) and not is_read and not _serves(desk, need.of, need.element):
            yield place.fault(
                "unread",
                Text(
                    f"“{name}”用于检查，却没有检查读取它。",
                    f"{name} is needed for checking, and no check reads it.",
                ),
                Text("请删除该需求，或写出相应检查。", "Remove the need, or write the check."),
                "needs",
                index,
            )


def _serves(desk: Desk, of: str, element: str) -> bool:
    """Say whether a value is needed to obtain another: as a key of a lookup, or to derive one."""
    name = f"{of}.{element.partition('.')[2]}"
    if any(element in resource.keys for resource in desk.around.book.resources.values()):
        return True
    return any(
        name == part.removesuffix(".word")
        for derived in desk.bundle.derived
        for part in (*derived.join, derived.copy, derived.when_only_one)
    )


def _names_in(desk: Desk, rule: rules.Rule) -> list[str]:
    """Give the value names that a rule reads, a list's fields among them."""
    found = [name for name in rule.elements if name in desk.bundle.names]
    text = rules.canonical_text(rule)
    for role in (name for name in rule.elements if name in desk.roles):
        found += [
            name
            for name, (of, _) in desk.bundle.names.items()
            if of == role and f"each.{name.partition('.')[2]}" in text
        ]
    return found


def _unused(desk: Desk, given: set[str]) -> Iterator[InvalidDeclaration]:
    if desk.pack.parameters_file is None:
        return
    for index, parameter in enumerate(desk.pack.parameters):
        if parameter.name not in given:
            yield Place(desk.pack.parameters_file).fault(
                "unused_parameter",
                Text(f"没有规则用到参数“:{parameter.name}”。", f"No rule uses :{parameter.name}."),
                Text("请删除，或在规则中使用。", "Remove it, or use it."),
                "parameters",
                index,
                "name",
            )
