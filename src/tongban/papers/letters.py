"""The words of notices: a city's templates, checked when they are read, and filled from facts."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from tongban.kernel.declarations import Declaration, Declared, TextField, read
from tongban.kernel.errors import Invalid, InvalidDeclaration
from tongban.kernel.marks import Mark, marked
from tongban.kernel.texts import Text
from tongban.papers.rules import NoticeKind, listed, written_day

Fact = Text | str | int | bool | date | datetime | tuple[Text, ...] | None

# Every blank that a template may have, with the facts of that name that `issue_notice` is given.
BLANKS: Final = frozenset(
    {
        "item",
        "case_number",
        "office",
        "addressee",
        "date",
        "due",
        "wanting",
        "reasons",
        "right_office",
        "procedure",
        "days",
        "materials",
        "licence",
        "decided_by",
        "pledge_check",
    }
)
_BLANK: Final = re.compile(r"\{([^{}]*)\}")


class Article(Declaration):
    """One article that a notice cites."""

    text: TextField
    """The article as the notice prints it."""
    mark: Mark
    """How sure it is: found, recalled or gap."""
    source: str
    """Where it was read, or that it is remembered."""
    item_types: tuple[str, ...] = ()
    """It is cited only for items of these types (GB/T 39046 A.1); without any, for all."""


class Paragraph(Declaration):
    """One paragraph of a notice."""

    text: TextField
    """Its words; blanks stand in braces."""
    only_with: str | None = None
    """It is printed only where this fact is given."""
    only_without: str | None = None
    """It is printed only where this fact is not given."""


class Letter(Declaration):
    """One kind of notice."""

    title: TextField
    """What it is called (文书名称)."""
    number_word: Annotated[str, Field(min_length=1, max_length=4)]
    """The word for the kind in its number (受， 补， 准 …)."""
    cites: tuple[str, ...] = ()
    """Names of the articles that it rests on."""
    body: tuple[Paragraph, ...]
    """Its paragraphs in order."""


class Remedy(Declaration):
    """One way to turn against a decision."""

    text: TextField
    """The right, the body and the time, with {body} for who hears it."""
    mark: Mark
    """How sure its period is."""
    source: str
    """Where it was read, or that it is remembered."""


class LettersFile(Declaration):
    """texts/notices.yaml"""

    functions: Mapping[str, str]
    """The word for an office's function in its notices' numbers."""
    divisions: Mapping[str, str]
    """The word for its division."""
    articles: Mapping[str, Article]
    """Articles by name."""
    notices: Mapping[NoticeKind, Letter]
    """Every kind of notice."""
    remedies: tuple[Remedy, ...]
    """What a person may do against a decision of an organ of the state."""
    complaint: Remedy
    """What a person may do against a body that is no organ of the state (nature 9: a bank)."""
    hearing_bodies: Mapping[str, TextField]
    """Who hears a reconsideration, by division, or by office where a line superior hears it."""


@lru_cache(maxsize=8)
def letters_of(city: Path) -> LettersFile:
    """Give a city's letters, read and checked once for each process."""
    return read_letters(city)


def read_letters(city: Path) -> LettersFile:
    """Read a city's letters; raises InvalidDeclaration at the line that is wrong."""
    declared = read(city / "texts" / "notices.yaml", LettersFile)
    letters = declared.value
    missing = [kind.value for kind in NoticeKind if kind not in letters.notices]
    if missing:
        raise _at(
            declared, ("notices",), f"缺少文书：{'、'.join(missing)}", f"there is no {', '.join(missing)}"
        )
    for kind, letter in letters.notices.items():
        for place, name in enumerate(letter.cites):
            if name not in letters.articles:
                raise _at(
                    declared,
                    ("notices", kind.value, "cites", place),
                    f"articles 中没有“{name}”",
                    f"articles has no {name!r}",
                )
        for place, paragraph in enumerate(letter.body):
            _check_paragraph(declared, paragraph, ("notices", kind.value, "body", place))
    return letters


def composed(letter: Letter, facts: Mapping[str, Fact]) -> tuple[Text, ...]:
    """Fill a letter: the paragraphs whose conditions hold, in both languages.

    Raises Invalid when a paragraph that stands without condition lacks a fact.
    """
    words = {name: _words(name, fact, facts) for name, fact in facts.items() if _is_given(fact)}
    return tuple(_filled(paragraph.text, words) for paragraph in letter.body if _is_wanted(paragraph, words))


def cited(letters: LettersFile, letter: Letter, item_type: str) -> tuple[Text, ...]:
    """Give the articles that a letter cites for an item of this type, with how sure each is.

    Licensing law is cited for licences only.
    """
    named = (letters.articles[name] for name in letter.cites)
    return tuple(
        marked(each.text, each.mark) for each in named if not each.item_types or item_type in each.item_types
    )


def number_head(letters: LettersFile, letter: Letter, office: str, year: int) -> str:
    """Give the head of a notice's number: the office's word, the kind's word, the year in 〔〕."""
    function, _, division = office.partition(".")
    words = (letters.divisions.get(division), letters.functions.get(function))
    if None in words:
        raise Invalid(
            "papers.office_word",
            what=Text(f"机构 {office} 没有文号用字。", f"There are no words for notices of {office}."),
            todo=Text(
                "请在 texts/notices.yaml 的 functions 和 divisions 中补充。",
                "Add them to functions and divisions in texts/notices.yaml.",
            ),
        )
    return f"{words[0]}{words[1]}{letter.number_word}〔{year}〕"


def remedies_against(letters: LettersFile, office: str, *, nature: int) -> tuple[Text, ...]:
    """Give what a person may do against a decision of this office, with the body that hears it."""
    if nature == 9:
        return (marked(letters.complaint.text, letters.complaint.mark),)
    division = office.partition(".")[2]
    body = letters.hearing_bodies.get(office) or letters.hearing_bodies.get(division)
    if body is None:
        raise Invalid(
            "papers.no_hearing_body",
            what=Text(
                f"未设定 {office} 的行政复议机关。",
                f"Who hears reconsiderations against {office} is not set.",
            ),
            todo=Text(
                "请在 texts/notices.yaml 的 hearing_bodies 中补充。",
                "Add it to hearing_bodies in texts/notices.yaml.",
            ),
        )
    return tuple(marked(_filled(remedy.text, {"body": body}), remedy.mark) for remedy in letters.remedies)


def _check_paragraph(
    declared: Declared[LettersFile], paragraph: Paragraph, at: tuple[str | int, ...]
) -> None:
    blanks = [set(_BLANK.findall(text)) for text in (paragraph.text.zh, paragraph.text.en)]
    named = {name for name in (paragraph.only_with, paragraph.only_without) if name}
    unknown = sorted((blanks[0] | blanks[1] | named) - BLANKS)
    if unknown:
        raise _at(
            declared, at, f"不认识的空格：{'、'.join(unknown)}", f"no fact is called {', '.join(unknown)}"
        )
    if blanks[0] != blanks[1]:
        odd = sorted(blanks[0] ^ blanks[1])
        raise _at(
            declared,
            at,
            f"中英文的空格不一致：{'、'.join(odd)}",
            f"{', '.join(odd)} stands in one language only",
        )


def _is_given(fact: Fact) -> bool:
    return fact is not None and fact not in ("", ())


def _is_wanted(paragraph: Paragraph, words: Mapping[str, Text]) -> bool:
    if paragraph.only_with is not None and paragraph.only_with not in words:
        return False
    return paragraph.only_without is None or paragraph.only_without not in words


def _words(name: str, fact: Fact, facts: Mapping[str, Fact]) -> Text:
    """Write one fact: a day with its mark when the deadline is provisional, a list with numbers."""
    if isinstance(fact, Text):
        return fact
    if isinstance(fact, date):  # a datetime is a date
        return written_day(fact, provisional=name == "due" and bool(facts.get("provisional")))
    if isinstance(fact, tuple):
        return listed(fact)
    return Text(str(fact), str(fact))


def _filled(text: Text, words: Mapping[str, Text]) -> Text:
    missing = sorted(set(_BLANK.findall(text.zh)) - words.keys())
    if missing:
        raise Invalid(
            "papers.fact_missing",
            what=Text(f"文书缺少：{'、'.join(missing)}。", f"The notice lacks {', '.join(missing)}."),
            todo=Text("请补充后再出具。", "Add it before the notice is given."),
        )
    return Text(
        _BLANK.sub(lambda blank: words[blank[1]].zh, text.zh),
        _BLANK.sub(lambda blank: words[blank[1]].en, text.en),
    )


def _at(declared: Declared[LettersFile], at: Sequence[str | int], zh: str, en: str) -> InvalidDeclaration:
    return declared.error(
        tuple(at),
        what=Text(f"{zh}。", f"In this notice, {en}."),
        todo=Text("请改正该处。", "Correct it there."),
        code="papers.letter",
    )
