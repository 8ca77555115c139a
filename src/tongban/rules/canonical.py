"""A rule printed in one way only: what decision records keep and what a court reads back."""

from datetime import date
from typing import Final

from tongban.rules.kinds import Kind
from tongban.rules.rule import Rule
from tongban.rules.tree import (
    AddMonths,
    AgeOn,
    All,
    Any,
    Arithmetic,
    Between,
    Case,
    Collection,
    Compare,
    Divide,
    Element,
    Field,
    FullMonths,
    Given,
    In,
    Known,
    Literally,
    Node,
    Not,
    NothingOnRecord,
)

# What needs no brackets inside anything else.
CLOSED: Final = (
    Literally,
    Element,
    Field,
    Given,
    Known,
    NothingOnRecord,
    Divide,
    AgeOn,
    FullMonths,
    AddMonths,
    Collection,
)


def canonical_text(rule: Rule) -> str:
    """Give the rule's one canonical text; checking it again gives the same tree."""
    return print_tree(rule.tree)


def print_tree(node: Node) -> str:  # noqa: PLR0911, PLR0912 - one case a form
    """Print a checked tree in the language that it was read from."""
    match node:
        case Literally():
            return _literal(node)
        case Element(code=code):
            return code
        case Field(name=name):
            return f"each.{name}"
        case Given(name=name):
            return f":{name}"
        case Compare(operator=operator, left=left, right=right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case All(parts=parts):
            return " AND ".join(_term(part) for part in parts)
        case Any(parts=parts):
            return " OR ".join(_term(part) for part in parts)
        case Not(part=part):
            return f"NOT {_inner(part)}"
        case In(value=value, options=options):
            return f"{_inner(value)} IN ({', '.join(_literal(option) for option in options)})"
        case Between(value=value, low=low, high=high):
            return f"{_inner(value)} BETWEEN {_inner(low)} AND {_inner(high)}"
        case Arithmetic(operator=operator, left=left, right=right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case Case(branches=branches, otherwise=otherwise):
            whens = " ".join(f"WHEN {print_tree(c)} THEN {print_tree(v)}" for c, v in branches)
            return f"CASE {whens} ELSE {print_tree(otherwise)} END"
        case _:
            return _call(node)


def _call(node: Node) -> str:  # noqa: PLR0911 - one case a function
    match node:
        case Known(target=target):
            return f"known({print_tree(target)})"
        case NothingOnRecord(target=target):
            return f"none_on_record({print_tree(target)})"
        case Divide(left=left, right=right, rounding=rounding):
            return f"divide({print_tree(left)}, {print_tree(right)}, '{rounding}')"
        case AgeOn(birth=birth, day=day):
            return f"age_on({print_tree(birth)}, {print_tree(day)})"
        case FullMonths(start=start, end=end):
            return f"full_months({print_tree(start)}, {print_tree(end)})"
        case AddMonths(day=day, months=months):
            return f"add_months({print_tree(day)}, {print_tree(months)})"
        case Collection(verb=verb, over=over, body=None):
            return f"{verb}({over.code})"
        case Collection(verb=verb, over=over, body=body) if body is not None:
            return f"{verb}({over.code}, {print_tree(body)})"
    raise TypeError(f"no such node: {node!r}")


def _inner(node: Node) -> str:
    return print_tree(node) if isinstance(node, CLOSED) else f"({print_tree(node)})"


def _term(node: Node) -> str:
    """Print a part of AND or OR: comparisons and their like stand without brackets there."""
    return print_tree(node) if isinstance(node, Compare | In | Between | Not) else _inner(node)


def _literal(node: Literally) -> str:
    if node.kind is Kind.MONEY:
        return f"cents({node.value})"
    if isinstance(node.value, bool):
        return "TRUE" if node.value else "FALSE"
    if isinstance(node.value, date):
        return f"DATE '{node.value.isoformat()}'"
    if isinstance(node.value, str):
        return "'" + node.value.replace("'", "''") + "'"
    return str(node.value)
