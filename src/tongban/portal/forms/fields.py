"""One field of the form as the page shows it: the question, why it is asked, what stands there. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.kernel.values.money import Cents
from tongban.portal.forms import names

FEW = 7  # so many choices stand open; more are a list to pull down


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    label: Text
    chosen: bool
    id: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field, and what to do."""

    what: Text
    todo: Text


@dataclass(frozen=True, slots=True)
class Search:
    """Looking for the answer by words: the words, and what they found, each as a button carries it."""

    name: str
    id: str
    by: Text  # what the words are words of
    words: str = ""
    found: tuple[tuple[str, Text], ...] = ()
    told: Text | None = None  # that nothing was found, or that there is more


@dataclass(frozen=True, slots=True)
class Field:
    """One question with what stands there now."""

    name: str
    id: str
    shape: str  # text, amount, number, date, radio, pulldown, boxes
    label: Text
    why: Text
    basis: Text
    hint: Text | None
    value: str
    options: tuple[Option, ...]
    wrong: Wrong | None
    is_open: bool  # nothing was answered yet, and nothing stands there by itself
    orders: bool = False  # several were chosen and one of them stands first
    search: Search | None = None

    @property
    def remedy(self) -> Text | None:
        """Give what to do about what is wrong, unless it only says again why we ask."""
        return None if self.wrong is None or self.wrong.todo == self.why else self.wrong.todo

    @property
    def described(self) -> str:
        """Give the ids of what explains the field, for those who hear the page."""
        return f"{self.id}-why {self.id}-wrong" if self.wrong else f"{self.id}-why"


@dataclass(frozen=True, slots=True)
class Statement:
    """Something to be confirmed by a tick."""

    name: str
    id: str
    text: Text
    basis: Text
    ticked: bool
    wrong: Wrong | None


SHAPES = {
    "text": "text",
    "mobile": "mobile",
    "cents": "amount",
    "integer": "number",
    "date": "date",
    "choices": "boxes",
}


def field_of(
    planned: items.PlannedQuestion,
    at: items.Ref,
    *,
    laws: Mapping[str, items.Law],
    value: items.Value | None,
    raw: str | None,
    wrong: Wrong | None,
    search: Search | None = None,
) -> Field:
    """Show a planned question to the participant `at`; `raw` is what was typed and could not be read."""
    question = planned.question
    name = names.answer(at, question.id)
    id = names.anchor(name)
    shown = question.default if value is None else value
    options = _options(question, id, shown)
    shape = SHAPES.get(question.type) or ("radio" if len(options) <= FEW else "pulldown")
    return Field(
        name=name,
        id=id,
        shape=shape,
        label=question.label,
        why=question.why,
        basis=items.spoken_basis(laws, question.basis),
        hint=question.pattern_says,
        value=_written(question, shown) if raw is None else raw,
        options=options,
        wrong=wrong,
        is_open=value is None and question.default is None,
        orders=shape == "boxes" and sum(option.chosen for option in options) > 1,
        search=search,
    )


def _options(question: items.Question, id: str, shown: items.Value | None) -> tuple[Option, ...]:
    if question.type == "boolean":
        yes, no = Text("是", "Yes"), Text("否", "No")
        return (
            Option("true", yes, shown is True, id),
            Option("false", no, shown is False, f"{id}-no"),
        )
    chosen = {str(each) for each in shown} if isinstance(shown, tuple) else {str(shown)}
    offered = question.choices
    if isinstance(shown, tuple):  # what was put first stands first
        offered = tuple(sorted(offered, key=lambda choice: str(choice.value) != str(next(iter(shown), ""))))
    return tuple(
        Option(
            str(choice.value),
            choice.label,
            str(choice.value) in chosen,
            id if place == 0 else f"{id}-{place}",
        )
        for place, choice in enumerate(offered)
    )


def _written(question: items.Question, value: items.Value | None) -> str:
    """Write a value as its field takes it."""
    if value is None or isinstance(value, tuple):
        return ""
    if question.type == "cents" and isinstance(value, int):
        return Cents(value).yuan.removesuffix(".00")
    return value.isoformat() if isinstance(value, date) else str(value)


def statement_of(
    confirmation: items.Confirmation,
    at: items.Ref,
    *,
    laws: Mapping[str, items.Law],
    ticked: bool,
    wrong: Wrong | None,
) -> Statement:
    """Show a statement to be confirmed."""
    name = names.tick(at, confirmation.id)
    basis = items.spoken_basis(laws, confirmation.basis)
    return Statement(name, names.anchor(name), confirmation.text, basis, ticked, wrong)
