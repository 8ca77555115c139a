"""What is asked: types, choices, limits, and that no question is asked which has an answer elsewhere."""

import re
from collections.abc import Iterator

from tongban.exchange import api as exchange
from tongban.items.answers import outside, parse_answer
from tongban.items.bundle import Question
from tongban.items.checking.desk import ELEMENT, QUESTION, ROLE, VALUE, Desk, Place, twice, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

# Which kinds of element an answer of a type is a value of.
FITS = {
    "text": {"text", "code"},
    "mobile": {"text"},
    "integer": {"integer"},
    "cents": {"money_cents"},
    "date": {"date"},
    "boolean": {"boolean"},
    "choice": {"code", "text", "integer"},
    "choices": {"list"},
}


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at every question."""
    whole = desk.pack.whole.value
    ids = [question.id for question in whole.questions]
    yield from twice(desk.whole, QUESTION, ids, "questions")
    confirmations = [confirmation.id for confirmation in whole.confirmations]
    for index, question in enumerate(whole.questions):
        place = desk.whole.below("questions", index)
        if question.id in confirmations:
            yield place.fault(
                "twice",
                Text(f"问题与确认项同名“{question.id}”。", f"A confirmation is called {question.id} too."),
                Text("请改名。", "Rename one of them."),
                "id",
            )
        yield from _about(desk, question, place)
        yield from _choices(question, place)
        yield from _limits(question, place)


def _about(desk: Desk, question: Question, place: Place) -> Iterator[InvalidDeclaration]:
    if question.of not in desk.roles:
        yield unknown(place, ROLE, question.of, tuple(desk.roles), "of")
    element = desk.around.book.element(question.element)
    if element is None:
        yield unknown(place, ELEMENT, question.element, tuple(desk.around.book.elements), "element")
        return
    if element.kind not in FITS[question.type]:
        yield place.fault(
            "type",
            Text(
                f"数据元“{question.element}”的类型是{element.kind}，不能用{question.type}来问。",
                f"{question.element} is of kind {element.kind}; type {question.type} cannot give it.",
            ),
            Text(f"请改用type: {_type_for(element.kind)}。", f"Write type: {_type_for(element.kind)}."),
            "type",
        )
    if element.codes and question.choices:
        for index, choice in enumerate(question.choices):
            if str(choice.value) not in element.codes:
                yield unknown(
                    place, VALUE, str(choice.value), tuple(element.codes), "choices", index, "value"
                )
    if question.fallback_for and question.fallback_for not in desk.bundle.names:
        yield unknown(place, VALUE, question.fallback_for, tuple(desk.bundle.names), "fallback_for")
    if question.search:
        yield from _search(desk, question, place)


def _search(desk: Desk, question: Question, place: Place) -> Iterator[InvalidDeclaration]:
    """See that an open register is there to be searched: shared unconditionally, general, about nobody."""
    keyed = [each for each in desk.around.book.resources.values() if each.keys == (question.element,)]
    words = [code for each in keyed if exchange.is_open(each, desk.around.book) for code in each.elements]
    if question.search not in words:
        yield place.fault(
            "search",
            Text(
                f"没有以“{question.element}”为主键、可按“{question.search}”检索的开放数据资源。",
                f"No open resource with the key {question.element} can be searched by {question.search}.",
            ),
            Text(
                f"可写{'、'.join(dict.fromkeys(words))}。" if words else "请删除search。",
                f"Write one of {', '.join(dict.fromkeys(words))}." if words else "Remove search.",
            ),
            "search",
        )


def _type_for(kind: str) -> str:
    return next(type for type, kinds in FITS.items() if kind in kinds)


def _choices(question: Question, place: Place) -> Iterator[InvalidDeclaration]:
    wants = question.type in {"choice", "choices"}
    if wants != bool(question.choices):
        yield place.fault(
            "choices",
            Text(
                "choice和choices须列出选项，其他类型不列。",
                "choice and choices list what to choose from; other types do not.",
            ),
            Text(
                "请补写choices，或改type。" if wants else "请删除choices，或写type: choice。",
                "Add choices, or change type." if wants else "Remove choices, or write type: choice.",
            ),
            "type" if wants else "choices",
        )
    values = [str(choice.value) for choice in question.choices]
    yield from twice(place, Text("选项", "choice"), values, "choices")
    if question.type == "choice" and len(question.choices) == 1:
        yield place.fault(
            "one_choice",
            Text("只有一个选项的问题不必问。", "A question with one choice need not be asked."),
            Text("请改为derived。", "Derive the value instead."),
            "choices",
        )
    if any("," in value for value in values):
        yield place.fault(
            "choice_comma",
            Text("选项的值不得含英文逗号。", "A choice's value holds no comma."),
            Text("请改用中文逗号或其他写法。", "Write it without."),
            "choices",
        )


def _limits(question: Question, place: Place) -> Iterator[InvalidDeclaration]:
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        yield place.fault(
            "limits",
            Text("minimum大于maximum。", "minimum lies above maximum."),
            Text("请改正两者。", "Correct them."),
            "minimum",
        )
    if question.pattern:
        yield from _pattern(question, place)
    if question.forbidden and question.forbidden_basis is None:
        yield place.fault(
            "forbidden_basis",
            Text("禁用词须有依据。", "Words are forbidden by some article."),
            Text("请补写forbidden_basis。", "Add forbidden_basis."),
            "forbidden",
        )
    if question.default is not None:
        yield from _default(question, place)


def _pattern(question: Question, place: Place) -> Iterator[InvalidDeclaration]:
    try:
        re.compile(question.pattern)
    except re.error as trouble:
        yield place.fault(
            "pattern",
            Text(f"正则表达式写错：{trouble}。", f"This is no regular expression: {trouble}."),
            Text("请改正。", "Correct it."),
            "pattern",
        )
    if question.pattern_says is None:
        yield place.fault(
            "pattern_says",
            Text("有pattern就要用文字说明怎样填写。", "A pattern needs words for people."),
            Text("请补写pattern_says。", "Add pattern_says."),
            "pattern",
        )


def _default(question: Question, place: Place) -> Iterator[InvalidDeclaration]:
    try:
        value = parse_answer(question, question.default)
        why = outside(question, value)
    except Invalid as refusal:
        why = refusal.todo
    except re.error:
        return  # the pattern itself is wrong, and told so
    if why is not None:
        yield place.fault("default", Text("默认值不可用。", "The default will not do."), why, "default")
