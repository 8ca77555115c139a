"""A rule: a checked expression with the law it stands for, and whether it is in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.rules.checking import check_tree
from tongban.rules.kinds import ElementType, Kind, Scalar, Vocabulary
from tongban.rules.parameters import DATES, NO_PARAMETERS, Dates, Mark, Parameters, require_dates
from tongban.rules.parsing import Source
from tongban.rules.tree import Element, Field, Given, Node, walk


@dataclass(frozen=True, slots=True)
class Law:
    """Where a rule comes from: its article, how sure that is, when it is in force, and its words.

    `because` is said to whoever does not meet it, `remedy` what they can do; without `because` the
    clauses that failed speak for themselves. Both days of the period are included; None is open.
    """

    article: Text
    mark: Mark
    title: Text | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    because: Text | None = None
    remedy: Text | None = None


NO_LAW: Final = Law(Text("（未注明条款）", "(no article named)"), "gap")


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked expression. `elements` and `given` are what it speaks of, in the order written.

    `names` says in words whatever an Unknown may call missing.
    """

    id: str
    text: str
    tree: Node
    elements: Mapping[str, ElementType]
    given: tuple[str, ...]
    names: Mapping[str, Text]
    law: Law

    @property
    def kind(self) -> Kind:
        """What the rule gives: a condition (boolean) or a value such as an amount."""
        return self.tree.kind


def check(
    text: str,
    vocabulary: Vocabulary,
    parameters: Parameters = NO_PARAMETERS,
    *,
    id: str = "rule",
    law: Law = NO_LAW,
    file: str = "rule",
    line: int = 1,
) -> Rule:
    """Check an expression against the whitelist and the vocabulary, and give the rule.

    Refuses with InvalidDeclaration: place in the text, why, and what to write instead.
    """
    source = Source(text, file, line)
    tree = check_tree(source, vocabulary, parameters.types())
    if tree.kind is Kind.LIST:
        raise source.refusal(
            "a_list",
            Text("规则不能得出一个列表。", "a rule does not give a list."),
            Text("请写every、some、count_of或sum_of。", "Write every, some, count_of or sum_of."),
            at=None,
        )
    nodes = tuple(walk(tree))
    return Rule(
        id=id,
        text=text,
        tree=tree,
        elements={node.code: node.type for node in nodes if isinstance(node, Element)},
        given=tuple(dict.fromkeys(node.name for node in nodes if isinstance(node, Given))),
        names=_names(nodes),
        law=law,
    )


def _names(nodes: Iterable[Node]) -> dict[str, Text]:
    names = {f":{name}": title for name, title in DATES.items()}
    for node in nodes:
        if isinstance(node, Element | Field):
            names[node.code] = node.type.name
        elif isinstance(node, Given):
            names[f":{node.name}"] = node.title
    return names


def given_of(rule: Rule, parameters: Parameters, dates: Dates) -> dict[str, tuple[Scalar | None, str]]:
    """Give the value of everything that the rule writes after a colon, with the name to call missing."""
    require_dates(dates)
    for name in rule.given:
        if name not in DATES and name not in parameters.by_name:
            raise Invalid(
                "rules.parameter_not_given",
                what=Text(
                    zh=f"规则“{rule.id}”用到参数“:{name}”，但没有提供其声明。",
                    en=f"The rule `{rule.id}` speaks of :{name}, whose declaration was not handed over.",
                ),
                todo=Text(
                    zh="请一并提供该参数。", en="Hand over the parameters that the rule was checked with."
                ),
            )
    return {name: parameters.given(name, dates) for name in rule.given}


def in_force(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """Give the rules in force on a day, both ends of each period included."""
    return tuple(
        rule
        for rule in rules
        if (rule.law.effective_from is None or rule.law.effective_from <= day)
        and (rule.law.effective_to is None or day <= rule.law.effective_to)
    )
