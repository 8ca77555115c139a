"""Ask once: nothing is asked or handed in that a granted source has; nothing is fetched without a right."""

from collections.abc import Iterator

from tongban.items.bundle import Need, identity
from tongban.items.checking.desk import Desk, Place
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.texts import Text


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at what is collected twice, and at what is to be fetched without a grant."""
    yield from _asked_again(desk)
    for item, place in desk.items:
        for index, need in enumerate(item.needs):
            yield from _without_grant(desk, item.basic_code, need, place.below("needs", index))
        for index, material in enumerate(item.materials):
            if material.obtained != "handed_in":
                continue
            for number, element in enumerate(material.stands_for):
                resource = _granted_source(desk, element)
                if resource:
                    yield place.fault(
                        "collected_again",
                        Text(
                            f"“{resource}”已能提供{element}，不得再要求提交。",
                            f"{resource} supplies {element}; no document may be asked for it.",
                        ),
                        Text("请改为obtained: fetched。", "Write obtained: fetched."),
                        "materials",
                        index,
                        "stands_for",
                        number,
                    )


def _asked_again(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Decree 809 art. 19: what sharing supplies is not collected again."""
    for index, question in enumerate(desk.pack.whole.value.questions):
        resource = _granted_source(desk, question.element)
        if resource and not question.fallback_for:
            yield desk.whole.fault(
                "collected_again",
                Text(
                    f"“{resource}”已能提供{question.element}，不得再问。",
                    f"{resource} supplies {question.element}; do not ask again (Decree 809 art. 19).",
                ),
                Text(
                    "请删除该问题；来源查无记录时才问的，写fallback_for。",
                    "Remove the question, or write fallback_for if it is asked only when there is no record.",
                ),
                "questions",
                index,
                "element",
            )
        if question.fallback_for:
            element = desk.bundle.names[question.fallback_for][1]
            if not desk.around.sources(element):
                yield desk.whole.fault(
                    "no_source",
                    Text(
                        f"{element}没有来源，谈不上“查无记录时再问”。",
                        f"{element} has no source that could lack a record.",
                    ),
                    Text("请删除fallback_for，直接提问。", "Remove fallback_for and simply ask."),
                    "questions",
                    index,
                    "fallback_for",
                )


def _granted_source(desk: Desk, element: str) -> str:
    """Give the resource that some item's office may read the element from before the filing is decided."""
    produced = {made.element for item, _ in desk.items for made in item.produces}
    for resource in desk.around.sources(element):
        if (
            produced.isdisjoint(resource.keys)
            and element not in resource.keys
            and any(desk.around.is_granted(resource.code, element, item.basic_code) for item, _ in desk.items)
        ):
            return resource.code
    return ""


def _without_grant(desk: Desk, purpose: str, need: Need, place: Place) -> Iterator[InvalidDeclaration]:
    if not _must_be_fetched(desk, need):
        return
    sources = desk.around.sources(need.element)
    if not any(desk.around.is_granted(source.code, need.element, purpose) for source in sources):
        yield place.fault(
            "no_grant",
            Text(
                f"没有授权允许为{purpose}读取“{sources[0].code}”的{need.element}。",
                f"No grant lets anybody read {need.element} of {sources[0].code} for {purpose}.",
            ),
            Text(
                "请在grants.yaml中登记共享授权，或删除该需求。",
                "Write a grant in grants.yaml, or remove the need.",
            ),
            "element",
        )
    for source in sources:
        for key in source.keys:
            if key not in desk.bundle.holders:
                yield place.fault(
                    "no_key",
                    Text(
                        f"查询“{source.code}”需要{key}，本包没有这个值。",
                        f"{source.code} is asked by {key}, of which the pack has no value.",
                    ),
                    Text("请为它增加问题或推导。", "Add a question or a derivation for it."),
                    "element",
                )


def _must_be_fetched(desk: Desk, need: Need) -> bool:
    """Say whether a source is the only way to the value."""
    if need.element in identity(desk.roles[need.of]) or not desk.around.sources(need.element):
        return False
    whole = desk.pack.whole.value
    made = {made.element for item, _ in desk.items for made in item.produces}
    derived = {each.element for each in whole.derived if not each.only_if}
    asked = {each.element for each in whole.questions if not each.fallback_for}
    return need.element not in made | derived | asked
