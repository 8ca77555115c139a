"""Needs: that each names things that exist, is needed for something, and can be had somehow."""

from collections.abc import Iterator

from tongban.items.bundle import Item, Need, Pledge, identity
from tongban.items.checking.desk import ELEMENT, QUESTION, ROLE, Desk, Place, undecided, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.texts import Text

# A role of one kind has elements of that kind; a company in the making has both its own and an entity's.
KINDS = {"person": ("person.",), "place": ("place.",), "entity": ("entity.", "company.")}


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at every need and every pledge."""
    for item, place in desk.items:
        seen: set[tuple[str, str]] = set()
        for index, need in enumerate(item.needs):
            at = place.below("needs", index)
            yield from _named(desk, item, need, at)
            if (need.of, need.element) in seen:
                yield at.fault(
                    "twice",
                    Text(
                        f"“{need.of}”的{need.element}重复。", f"{need.element} of {need.of} is there twice."
                    ),
                    Text("请合并uses后删除一行。", "Join their uses in one line."),
                )
            seen.add((need.of, need.element))
        for index, pledge in enumerate(item.pledges):
            yield from _pledge(desk, item, pledge, place.below("pledges", index))
    yield from _questions_needed(desk)


def _named(desk: Desk, item: Item, need: Need, at: Place) -> Iterator[InvalidDeclaration]:
    if need.of not in desk.roles:
        yield unknown(at, ROLE, need.of, tuple(desk.roles), "of")
        return
    element = desk.around.book.element(need.element)
    if element is None:
        yield unknown(at, ELEMENT, need.element, tuple(desk.around.book.elements), "element")
        return
    if not need.element.startswith(KINDS[desk.roles[need.of].kind]):
        yield at.fault(
            "about",
            Text(
                f"“{need.of}”不是{need.element}所描述的对象。",
                f"{need.element} is not about what {need.of} is.",
            ),
            Text(
                f"请选用以{' 或 '.join(KINDS[desk.roles[need.of].kind])}开头的数据元。",
                f"Use an element that begins with {' or '.join(KINDS[desk.roles[need.of].kind])}.",
            ),
            "element",
        )
    stands = [material.id for material in item.materials] + [pledge.id for pledge in item.pledges]
    if need.if_none and need.if_none not in stands:
        yield unknown(at, Text("材料或承诺", "material or pledge"), need.if_none, stands, "if_none")
    if not _can_be_had(desk, need):
        yield at.fault(
            "nobody_has_it",
            Text(
                f"没有任何来源、问题、推导或办件能给出{need.element}。",
                f"No source, question, derivation or item gives {need.element}.",
            ),
            Text(
                "请增加一个问题，或先在数据目录中登记来源。",
                "Add a question, or register a source in the catalogue first.",
            ),
            "element",
        )


def _can_be_had(desk: Desk, need: Need) -> bool:
    whole = desk.pack.whole.value
    roles = _roles_that_may_be(desk, need.of)
    if need.element in identity(desk.roles[need.of]):
        return True
    if any(asked.of in roles and asked.element == need.element for asked in whole.questions):
        return True
    if any(derived.of in roles and derived.element == need.element for derived in whole.derived):
        return True
    if any(made.element == need.element for item, _ in desk.items for made in item.produces):
        return True
    return bool(desk.around.sources(need.element))


def _roles_that_may_be(desk: Desk, role: str) -> set[str]:
    """Give the roles whose person may be this one."""
    participant = desk.roles[role]
    return {role, *participant.may_be, *((participant.assumed,) if participant.assumed else ())}


def _pledge(desk: Desk, item: Item, pledge: Pledge, at: Place) -> Iterator[InvalidDeclaration]:
    if pledge.signer not in desk.roles:
        yield unknown(at, ROLE, pledge.signer, tuple(desk.roles), "signer")
    questions = {question.id: question for question in desk.bundle.questions}
    if pledge.asked_by not in questions or questions[pledge.asked_by].type != "boolean":
        known = [id for id, question in questions.items() if question.type == "boolean"]
        yield unknown(at, QUESTION, pledge.asked_by, known, "asked_by")
    needed = [need.element for need in item.needs]
    for number, element in enumerate(pledge.replaces):
        if element not in needed:
            yield unknown(at, ELEMENT, element, needed, "replaces", number)
    bar = desk.bundle.names.get(pledge.not_for)
    card = desk.bundle.elements.get(bar[1]) if bar else None
    if bar is None or card is None or card.kind != "boolean" or bar[1] not in needed:
        yield at.fault(
            "pledge_bar",
            Text(
                "not_for须是本事项需要的一个是非值（有未修复的严重违法失信记录）。",
                "not_for is a yes-or-no value that the item needs (an unrepaired serious record).",
            ),
            Text(
                "例如director.serious_record，并列入needs。",
                "Such as director.serious_record, listed among needs.",
            ),
            "not_for",
        )
    keys = tuple(f"pledge.{pledge.id}.{each}" for each in ("allowed", "post_check", "rectification"))
    yield from undecided(desk, at, keys, "id")
    for policy in desk.around.policies.all:
        if policy.key in keys[1:] and policy.says is None:
            yield at.fault(
                "policy_silent",
                Text(
                    f"“{policy.key}”（{policy.division}）没有写明怎样告知承诺人。",
                    f"{policy.key} for {policy.division} has no words for whoever signs.",
                ),
                Text("请在policies.yaml中为它写明says。", "Write its `says` in policies.yaml."),
                "id",
            )


def _questions_needed(desk: Desk) -> Iterator[InvalidDeclaration]:
    needed = {need.element for item, _ in desk.items for need in item.needs}
    needed |= {pledge_question for item, _ in desk.items for pledge_question in _asked_by(desk, item)}
    needed |= _inputs(desk)
    for index, question in enumerate(desk.pack.whole.value.questions):
        if question.element not in needed:
            yield desk.whole.fault(
                "nobody_needs_it",
                Text(
                    f"没有事项需要“{question.id}”，不得收集。",
                    f"No item needs {question.id}; it may not be collected.",
                ),
                Text(
                    "请删除该问题，或在事项的needs中写明用途和依据。",
                    "Remove it, or say in an item's needs what it is for.",
                ),
                "questions",
                index,
                "id",
            )


def _asked_by(desk: Desk, item: Item) -> list[str]:
    asked = {pledge.asked_by for pledge in item.pledges}
    return [question.element for question in desk.bundle.questions if question.id in asked]


def _inputs(desk: Desk) -> set[str]:
    """Give the elements that derived values are made of."""
    words = {
        word.removesuffix(".word")
        for derived in desk.pack.whole.value.derived
        for word in (*derived.join, derived.copy, derived.when_only_one)
    }
    asked = {derived.code_of for derived in desk.pack.whole.value.derived}
    found = {element for name, (_, element) in desk.bundle.names.items() if name in words}
    return found | {question.element for question in desk.bundle.questions if question.id in asked}
