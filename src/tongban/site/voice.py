"""How a command speaks: results on standard output, progress and refusals on standard error."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TextIO

from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration, TongbanError
from tongban.kernel.problems import problem_shape
from tongban.kernel.texts import Language, Text

# sysexits(3) keeps 64 and up for itself; 2 is argparse's own, for a command that was not understood.
EXIT_BY_STATUS = {422: 1, 401: 3, 403: 3, 404: 4, 409: 5, 503: 6, 500: 7}

Colour = Literal["green", "cyan", "yellow", "red", "quiet"]
CODES: Mapping[Colour, str] = {"green": "32", "cyan": "36", "yellow": "33", "red": "31", "quiet": "2"}


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Say whether to colour what is written: a terminal, and nobody said NO_COLOR (no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def language_of(environment: Mapping[str, str], given: Sequence[str] = ()) -> Language:
    """Give the language of --lang, else of LC_ALL, LC_MESSAGES, LANG in that order: Chinese where it says zh.

    The line is looked at as it stands, so that one which is not understood is told so in its language.
    """
    for option, value in pairwise([word for each in given for word in each.split("=", 1)] + [""]):
        if option == "--lang" and value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    chosen = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "zh" if chosen.startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Voice:
    """One command's way of answering: a person's language, or JSON for a program."""

    language: Language
    as_json: bool
    out: TextIO
    aside: TextIO
    in_colour: bool = False

    def progress(self, text: Text, colour: Colour | None = None) -> None:
        """Say what is going on, beside the result."""
        said = text.spoken(self.language)
        if colour is not None and self.in_colour:
            said = f"\x1b[{CODES[colour]}m{said}\x1b[0m"
        print(said, file=self.aside, flush=True)

    def result(self, value: Mapping[str, Any] | Sequence[Any], lines: Sequence[Text | str] = ()) -> None:
        """Give the result: `value` as JSON where a program asked, otherwise the lines."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False, default=_plain), file=self.out, flush=True)
            return
        for line in lines:
            print(line.spoken(self.language) if isinstance(line, Text) else line, file=self.out, flush=True)

    def refusal(self, trouble: TongbanError) -> int:
        """Say what is wrong and what to do now; give the exit code."""
        each = trouble.errors if isinstance(trouble, DeclarationErrors) else (trouble,)
        if self.as_json:
            errors = [_error(one, self.language) for one in each]
            told = {"error": errors[0], "errors": errors}
            print(json.dumps(told, ensure_ascii=False), file=self.out, flush=True)
        else:
            for one in each:
                print(self.sentence(one), file=self.aside)
        return EXIT_BY_STATUS.get(trouble.status, 1)

    def sentence(self, trouble: TongbanError) -> str:
        """Put one error into one line, with its file and line where it has them."""
        said = f"{trouble.what.spoken(self.language)} {trouble.todo.spoken(self.language)}"
        if isinstance(trouble, InvalidDeclaration):
            return f"{trouble.file}:{trouble.line}: {said}"
        return said


def voice_of(given: Sequence[str]) -> Voice:
    """Give the voice that a command line asks for, before it is understood."""
    coloured = wants_colour(sys.stderr, os.environ)
    return Voice(language_of(os.environ, given), "--json" in given, sys.stdout, sys.stderr, coloured)


def _error(trouble: TongbanError, language: Language) -> dict[str, object]:
    """Give the shape that the interface for machines answers with, besides the place in a file."""
    shape = problem_shape(trouble.status, trouble.code, trouble.what, trouble.todo, language)
    if isinstance(trouble, InvalidDeclaration):
        shape |= {"file": trouble.file, "line": trouble.line}
    return shape


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return value.as_dict()
    return str(value)
