"""What every part of the whitelist shares: the names in scope, and the way to refuse."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from sqlglot import exp

from tongban.kernel.texts import Text
from tongban.rules.kinds import ElementType, Kind, Vocabulary
from tongban.rules.parsing import Source
from tongban.rules.tree import Literally, Node

MOST_DEEP: Final = 60  # nodes inside one another; both engines recurse on each


@dataclass(frozen=True, slots=True)
class GivenType:
    """What a rule knows of a parameter or a filing's date before it has a value."""

    kind: Kind
    title: Text


Handler = Callable[["Reader", exp.Expr], Node]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one rule: names in scope, how deep it stands, and inside which list's record."""

    source: Source
    vocabulary: Vocabulary
    given: Mapping[str, GivenType]
    handlers: Mapping[type[exp.Expr], Handler]
    refused: Callable[["Reader", exp.Expr], NoReturn]
    record: tuple[str, ElementType] | None = None
    depth: int = field(default=0)

    def read(self, written: exp.Expr) -> Node:
        """Give the checked node of what is written, or refuse it."""
        if self.depth > MOST_DEEP:
            self.refuse(
                written,
                "too_large",
                Text("嵌套过深。", "this is nested too deeply."),
                Text("请拆成几条规则。", "Split it into several rules."),
            )
        handler = self.handlers.get(type(written))
        if handler is None:
            self.refused(self, written)
        return handler(replace(self, depth=self.depth + 1), written)

    def inside(self, code: str, element: ElementType) -> "Reader":
        """Give the reader of a condition over one record of a list."""
        return replace(self, record=(code, element))

    def refuse(self, at: exp.Expr, code: str, why: Text, todo: Text) -> NoReturn:
        """Refuse what stands at a place, saying why and what to write instead."""
        raise self.source.refusal(code, why, todo, at=at)

    def read_as(self, written: exp.Expr, *kinds: Kind) -> Node:
        """Read what must be of one of these kinds."""
        node = self.read(written)
        if node.kind not in kinds:
            wanted = Text("或".join(k.spoken.zh for k in kinds), " or ".join(k.spoken.en for k in kinds))
            self.refuse(
                written,
                "kind",
                Text(
                    zh=f"这里应为{wanted.zh}，实际是{node.kind.spoken.zh}。",
                    en=f"this place takes {wanted.en}, not {node.kind.spoken.en}.",
                ),
                _how_to_write(kinds[0], node),
            )
        return node

    def same_kind(self, at: exp.Expr, nodes: Iterable[Node]) -> Kind:
        """Give the one kind that all these share; a text written in the rule may stand for a code."""
        nodes = tuple(nodes)
        kinds = {node.kind for node in nodes if not _is_written_text(node)}
        written = any(_is_written_text(node) for node in nodes)
        if not kinds:
            return Kind.TEXT
        if len(kinds) == 1 and (not written or kinds <= {Kind.CODE, Kind.TEXT}):
            return kinds.pop()
        self._refuse_mixture(at, nodes)

    def _refuse_mixture(self, at: exp.Expr, nodes: tuple[Node, ...]) -> NoReturn:
        kinds = dict.fromkeys(node.kind for node in nodes)
        todo = Text(
            "请让两边同类：日期写DATE '2026-01-01'，文本和代码写'…'，金额写yuan(3000)。",
            "Make both sides one kind: DATE '2026-01-01', 'text' or 'code', yuan(3000).",
        )
        if kinds.keys() == {Kind.INTEGER, Kind.MONEY}:
            todo = Text(
                "金额请写yuan(3000)、cents(300000)，或用类型为money_cents的参数；整数只能与金额相乘。",
                "Write yuan(3000), cents(300000) or a money_cents parameter; integers only multiply money.",
            )
        self.refuse(
            at,
            "kinds_differ",
            Text(
                zh=f"不能把{'与'.join(k.spoken.zh for k in kinds)}放在一起比较或计算。",
                en=f"{' and '.join(k.spoken.en for k in kinds)} do not compare or combine.",
            ),
            todo,
        )

    def nearest(self, word: str, known: Iterable[str]) -> Text:
        """Say which known word was probably meant, or list what is known."""
        known = sorted(known)
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
        if close:
            return Text(f"是否应为“{close[0]}”？", f"Did you mean `{close[0]}`?")
        listed = ", ".join(known[:12]) + ("…" if len(known) > 12 else "")
        if not listed:
            return Text("此处没有可用的名称，请先声明。", "Nothing is declared here yet: declare it first.")
        return Text(f"可用：{listed}。", f"Known here: {listed}.")


def _is_written_text(node: Node) -> bool:
    return isinstance(node, Literally) and node.kind is Kind.TEXT


def _how_to_write(wanted: Kind, node: Node) -> Text:
    if wanted is Kind.BOOLEAN:
        return Text(
            "请写成条件，例如与某个值比较：… >= 65。",
            "Write a condition, for instance by comparing it: … >= 65.",
        )
    if wanted is Kind.DATE and node.kind is Kind.TEXT:
        return Text("日期请写DATE '2026-01-01'。", "Write a date as DATE '2026-01-01'.")
    if node.kind is Kind.DATE:
        return Text(
            "日期不能加减，请写add_months(某日, 月数)、full_months(起, 止)或age_on(出生日期, 某日)。",
            "Dates are not added up: write add_months(day, n), full_months(a, b) or age_on(birth_date, day).",
        )
    if wanted is Kind.LIST:
        return Text("请给出类型为list的数据元。", "Name an element of the type list.")
    return Text("请改用该类型的数据元、参数或值。", "Use an element, parameter or value of that kind.")
