"""Text to sqlglot's tree, with the place of everything in it and no SQL function known by name.

sqlglot only parses: what it accepts says nothing about what a rule may say. Its own functions are
taken away, so that every call arrives as a bare name for the whitelist to know or refuse, and what
its tokenizer would drop without a word (comments, braces) is refused before it parses.
"""

import re
from dataclasses import dataclass
from typing import Final

from sqlglot import exp, parser
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

MOST_CHARACTERS: Final = 8_000  # far above any article of law; a longer text is several rules
MOST_TOKENS: Final = 2_000
MOST_OPEN: Final = 50  # brackets and CASEs inside one another; sqlglot recurses on each
WIDE_MARKS: Final = {
    **dict(zip("（），；：＝＜＞＋－×０１２３４５６７８９、。", "(),;:=<>+-*0123456789,.", strict=True)),
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    **dict.fromkeys("‘’“”＇", "'"),
}
OUTSIDE_QUOTES: Final = re.compile(r"'(?:[^']|'')*'|(.)", re.DOTALL)


class LawDialect(Dialect):
    """The SQL of rules: SQL's operators, and none of its functions."""

    class Parser(parser.Parser):
        FUNCTIONS = {}
        FUNCTION_PARSERS = {}


@dataclass(frozen=True, slots=True)
class Source:
    """A rule's text and where it stands, for pointing at a place in it."""

    text: str
    file: str
    line: int

    def refusal(
        self, code: str, why: Text, todo: Text, *, at: exp.Expr | tuple[int, int] | None
    ) -> InvalidDeclaration:
        """Make the refusal of what stands at a place: line and column are counted within the rule."""
        start, end = (_span(at, self.text) if isinstance(at, exp.Expr) else at) or (0, len(self.text) - 1)
        row = self.text.count("\n", 0, start)
        column = start - (self.text.rfind("\n", 0, start) + 1) + 1
        shown = " ".join(self.text[start : end + 1].split())
        shown = f"{shown[:57]}…" if len(shown) > 58 else shown or "…"
        return InvalidDeclaration(
            f"rules.{code}",
            what=Text(
                zh=f"规则第{row + 1}行第{column}列“{shown}”：{why.zh}",
                en=f"Rule line {row + 1}, column {column}, `{shown}`: {why.en}",
            ),
            todo=todo,
            file=self.file,
            line=self.line + row,
        )


def parse(source: Source) -> exp.Expr:
    """Give sqlglot's tree of one expression, or refuse what is no single expression."""
    tokens = _tokens(source)
    try:
        trees = LawDialect().parser().parse(tokens, source.text)
    except ParseError as trouble:
        raise _unreadable(source, trouble) from trouble
    except RecursionError as trouble:
        raise _too_large(source) from trouble
    if len(trees) != 1 or trees[0] is None:
        raise _not_one(source)
    return trees[0]


def _tokens(source: Source) -> list[Token]:
    if not source.text.strip():
        raise _not_one(source)
    if len(source.text) > MOST_CHARACTERS:
        raise _too_large(source)
    _refuse_wide_marks(source)
    try:
        tokens = LawDialect().tokenize(source.text)
    except TokenError as trouble:
        raise source.refusal(
            "unreadable",
            Text("引号没有配对。", "a quote is never closed."),
            Text("文本写在一对英文单引号内：'餐饮服务'。", "Put a text between single quotes: 'catering'."),
            at=None,
        ) from trouble
    if len(tokens) > MOST_TOKENS or _deepest(tokens) > MOST_OPEN:
        raise _too_large(source)
    for token in tokens:
        _refuse_what_parsers_drop(source, token)
    return tokens


def _refuse_wide_marks(source: Source) -> None:
    for found in OUTSIDE_QUOTES.finditer(source.text):
        mark = found[1]
        if mark in WIDE_MARKS:
            raise source.refusal(
                "wide_mark",
                Text("这是中文（全角）符号。", "this is a Chinese (full-width) mark."),
                Text(
                    zh=f"请改用半角符号 {WIDE_MARKS[mark]} 。",
                    en=f"Write the ASCII mark {WIDE_MARKS[mark]} instead.",
                ),
                at=(found.start(), found.end() - 1),
            )


def _deepest(tokens: list[Token]) -> int:
    opened = deepest = 0
    for token in tokens:
        if token.token_type in (TokenType.L_PAREN, TokenType.CASE):
            opened += 1
            deepest = max(deepest, opened)
        elif token.token_type in (TokenType.R_PAREN, TokenType.END):
            opened -= 1
    return deepest


def _refuse_what_parsers_drop(source: Source, token: Token) -> None:
    if token.comments:
        # YAML folds lines into one: a comment in the middle would then swallow the rest of the law.
        raise source.refusal(
            "comment",
            Text(
                "规则内不能写注释：换行一旦被合并，注释之后的条件会全部失效。",
                "no comments inside a rule: once lines are folded, every condition after one is lost.",
            ),
            Text("请把说明写在YAML的注释（#）里。", "Put the remark in a YAML comment (#) beside the rule."),
            at=(token.start, token.end),
        )
    if token.token_type in (TokenType.SEMICOLON, TokenType.L_BRACE, TokenType.R_BRACE):
        raise source.refusal(
            "stray_mark",
            Text("规则是一个表达式，不含分号和花括号。", "a rule is one expression without ; { or }."),
            Text("请删除该符号。", "Remove this mark."),
            at=(token.start, token.end),
        )


def _unreadable(source: Source, trouble: ParseError) -> InvalidDeclaration:
    first = trouble.errors[0] if trouble.errors else {}
    start = len(str(first.get("start_context") or ""))
    length = len(str(first.get("highlight") or "")) or 1
    # The context that sqlglot gives is cut at a hundred characters; the column is not.
    row, column = int(first.get("line") or 1), int(first.get("col") or 1)
    lines = source.text.split("\n")
    if row <= len(lines):
        start = max(0, sum(len(line) + 1 for line in lines[: row - 1]) + column - length)
    return source.refusal(
        "unreadable",
        Text("这里读不通，不是完整的表达式。", "this cannot be read as an expression."),
        Text(
            "请检查括号、逗号和AND/OR是否齐全；写法见docs/rules.md。",
            "Check brackets, commas and AND/OR; docs/rules.md shows the whole language.",
        ),
        at=(start, start + length - 1),
    )


def _too_large(source: Source) -> InvalidDeclaration:
    return source.refusal(
        "too_large",
        Text("规则过长或嵌套过深。", "the rule is too long or nested too deeply."),
        Text("请拆成几条规则，每条对应一项条件。", "Split it into several rules, one for each condition."),
        at=None,
    )


def _not_one(source: Source) -> InvalidDeclaration:
    return source.refusal(
        "not_one",
        Text("规则必须是一个表达式。", "a rule is exactly one expression."),
        Text(
            "请写一个条件，例如：age_on(person.birth_date, :filing_date) >= 65。",
            "Write one condition, such as: age_on(person.birth_date, :filing_date) >= 65.",
        ),
        at=None,
    )


def _span(node: exp.Expr, text: str) -> tuple[int, int] | None:
    """Give first and last offset of what a node covers, of the nearest thing around it when unmarked."""
    here: exp.Expr | None = node
    while here is not None:
        marks = [part.meta for part in here.walk() if "start" in part.meta]
        if marks:
            return min(m["start"] for m in marks), max(m["end"] for m in marks)
        if isinstance(here, exp.Placeholder) and here.name:
            found = re.search(rf":\s*{re.escape(here.name)}\b", text)
            if found:
                return found.start(), found.end() - 1
        here = here.parent
    return None
