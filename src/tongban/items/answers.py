"""What people answer: read from a form or a program, and what is wrong with it, told on the spot.

An error found here is corrected before submission; it is never a decision (DESIGN §2, promise 5).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.items.bundle import Bundle, Question, ValueType
from tongban.items.planned import Answers, Plan, Ref, Value
from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import mobile, money, resident_id

YES, NO = {"true", "1", "on", "yes", "是"}, {"false", "0", "off", "no", "否"}
MOST_TEXT = 2000  # characters of one answer, whatever a question forgets to say


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to be corrected before submission; `question` is empty where it is about a person."""

    ref: Ref
    question: str
    what: Text
    todo: Text


def parse_answer(question: Question, raw: object) -> Value:
    """Read one answer in its question's type, or explain by InvalidValue.

    Amounts: a whole number is cents, as programs give them; a text is yuan, as people write them.
    """
    return READERS[question.type](question, raw)


def _text(question: Question, raw: object) -> str:
    if not isinstance(raw, str):
        raise _refusal(question, Text("应为文本。", "this takes a text."))
    written = unicodedata.normalize("NFC", raw).strip()
    if len(written) > MOST_TEXT or any(unicodedata.category(c) == "Cc" for c in written):
        raise _refusal(
            question, Text("文字过长或含有控制字符。", "this is too long or holds control characters.")
        )
    return written


def _mobile(question: Question, raw: object) -> str:
    # Whether numbers of nobody will do is asked before submission, of the node: see `problems`.
    return mobile.parse(_text(question, raw), demonstration=True).number


def _boolean(question: Question, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    written = str(raw).strip().lower()
    if written in YES | NO:
        return written in YES
    raise _refusal(question, Text("请选择是或否。", "answer yes or no."))


def _integer(question: Question, raw: object) -> int:
    if type(raw) is int:
        return raw
    written = unicodedata.normalize("NFKC", str(raw)).strip()
    if re.fullmatch(r"-?[0-9]{1,15}", written):
        return int(written)
    raise _refusal(question, Text("请填写整数。", "write a whole number."))


def _date(question: Question, raw: object) -> date:
    if type(raw) is date:
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError as trouble:
        text = Text("请填写日期，如2026-01-31。", "write a date such as 2026-01-31.")
        raise _refusal(question, text) from trouble


def _choice(question: Question, raw: object) -> str | int:
    for choice in question.choices:
        if raw == choice.value or str(raw) == str(choice.value):
            return choice.value
    raise _refusal(question, _offered(question))


def _choices(question: Question, raw: object) -> tuple[str, ...]:
    given = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple):
        raise _refusal(question, Text("请选择一项或多项。", "choose one or several."))
    return tuple(dict.fromkeys(str(_choice(question, each)) for each in given if each != ""))


def _cents(question: Question, raw: object) -> int:
    return raw if type(raw) is int else money.parse(_text(question, raw)).amount


def _offered(question: Question) -> Text:
    values = [str(choice.value) for choice in question.choices]
    return Text(f"请从中选择：{'、'.join(values)}。", f"choose from: {', '.join(values)}.")


def _refusal(question: Question, why: Text) -> InvalidValue:
    return InvalidValue(
        "items.answer",
        what=Text(f"“{question.label.zh}”的填写不符合要求。", f"{question.label.en}: this will not do."),
        todo=why,
    )


READERS: Mapping[ValueType, Callable[[Question, object], Value]] = {
    "text": _text,
    "mobile": _mobile,
    "integer": _integer,
    "cents": _cents,
    "date": _date,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
}


def problems(bundle: Bundle, plan: Plan, answers: Answers, *, demonstration: bool) -> tuple[Problem, ...]:
    """Give everything that must be corrected before the filing can be submitted.

    People and telephones that are nobody's are among it wherever this is no `demonstration`.
    """
    return (
        *_unnamed(bundle, plan, answers, demonstration=demonstration),
        *_answered(plan, answers, demonstration=demonstration),
    )


def unconfirmed(plan: Plan, answers: Answers) -> tuple[Problem, ...]:
    """Give the statements that were not confirmed yet, by participant."""
    return tuple(
        Problem(ref, confirmation.id, confirmation.text, Text("请确认。", "Please confirm."))
        for ref, confirmation in plan.confirmations
        if answers.values.get((ref, confirmation.id)) is not True
    )


def _unnamed(bundle: Bundle, plan: Plan, answers: Answers, *, demonstration: bool) -> Iterator[Problem]:
    parties = {party.ref: party for party in answers.parties}
    for naming in plan.namings:
        party = parties.get(naming.ref)
        role = bundle.roles[naming.ref.role]
        if naming.chosen:
            continue
        if party is None or not party.number or not party.name:
            what = Text(f"请指明{role.name.zh}。", f"Say who is the {role.name.en}.")
            yield Problem(naming.ref, "", what, naming.reason)
            continue
        try:
            resident_id.admit(party.number, demonstration=demonstration)
        except InvalidValue as refusal:
            yield Problem(naming.ref, "", refusal.what, refusal.todo)


def _answered(plan: Plan, answers: Answers, *, demonstration: bool) -> Iterator[Problem]:
    for planned in plan.questions:
        question = planned.question
        value = answers.values.get((planned.ref, question.id), question.default)
        if value is None or value in ("", ()):
            what = Text(f"请填写“{question.label.zh}”。", f"Please answer: {question.label.en}.")
            yield Problem(planned.ref, question.id, what, question.why)
            continue
        try:
            parsed = parse_answer(question, value)
            if question.type == "mobile":
                mobile.parse(str(parsed), demonstration=demonstration)
        except InvalidValue as refusal:
            yield Problem(planned.ref, question.id, refusal.what, refusal.todo)
            continue
        why = outside(question, parsed)
        if why is not None:
            yield Problem(planned.ref, question.id, _refusal(question, why).what, why)


def outside(question: Question, value: Value) -> Text | None:
    """Say how a well-formed answer lies outside what its question admits, or None."""
    if isinstance(value, str) and question.pattern and not re.fullmatch(question.pattern, value):
        return question.pattern_says or Text(
            f"应符合{question.pattern}。", f"It must match {question.pattern}."
        )
    if isinstance(value, str):
        for word in question.forbidden:
            if word in value:
                return Text(f"不得含有“{word}”。", f"It may not contain {word}.")
    size = value if isinstance(value, int) else len(value) if isinstance(value, str | tuple) else None
    if size is None or isinstance(value, bool):
        return None
    if question.minimum is not None and size < question.minimum:
        return _bound(question, question.minimum, Text("不少于", "at least"))
    if question.maximum is not None and size > question.maximum:
        return _bound(question, question.maximum, Text("不超过", "at most"))
    return None


UNITS = {
    "text": Text("个字", " characters"),
    "choices": Text("项", " choices"),
    "cents": Text("元", " yuan"),
}


def _bound(question: Question, bound: int, words: Text) -> Text:
    shown = money.Cents(bound).yuan if question.type == "cents" else str(bound)
    unit = UNITS.get(question.type)
    zh, en = ("", "") if unit is None else (unit.zh, unit.en)
    return Text(f"应{words.zh}{shown}{zh}。", f"It takes {words.en} {shown}{en}.")
