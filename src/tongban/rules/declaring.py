"""Rules and parameters as packs declare them in YAML, checked on load with their test rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field, JsonValue

from tongban.kernel.declarations import Declaration, InvalidDeclaration, TextField, raise_all
from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.rules.evaluation import compute, evaluate, explain
from tongban.rules.kinds import Fact, Kind, Records, Scalar, Vocabulary
from tongban.rules.outcomes import OutcomeName, Unknown, outcome_name
from tongban.rules.parameters import (
    DATES,
    NO_PARAMETERS,
    DatedValue,
    Mark,
    Parameter,
    Parameters,
    TakenAt,
)
from tongban.rules.rule import Law, Rule, check
from tongban.rules.values import plain_scalar, read_plain_fact, read_scalar

ParameterKind = Literal["integer", "money_cents", "text", "date", "boolean", "code"]


@dataclass(frozen=True, slots=True)
class Where:
    """The file of a declaration, and the line of anything in it by its location."""

    file: str
    line: Callable[..., int]

    def error(self, code: str, what: Text, todo: Text, *location: str | int) -> InvalidDeclaration:
        """Make the error that points at a location."""
        return InvalidDeclaration(
            f"rules.{code}", what=what, todo=todo, file=self.file, line=self.line(*location)
        )


NOWHERE = Where("rule", lambda *_location: 1)


class EffectiveDeclaration(Declaration):
    """The days on which a rule is in force, both included; an open end is left out."""

    since: date = Field(alias="from")
    to: date | None = None


class CaseRow(Declaration):
    """One row of a rule's case table: facts, dates, and what must come of them.

    A fact that is left out is unknown. `expect` is for conditions (and for a value that is unknown),
    `value` for amounts; `missing` may name exactly what an unknown must call missing.
    """

    name: str | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    dates: dict[str, date] = Field(default_factory=dict)
    expect: OutcomeName | None = None
    value: JsonValue = None
    missing: tuple[str, ...] | None = None


class RuleDeclaration(Declaration):
    """A rule in a pack: its expression, the article that it stands for, its words and its case table."""

    id: str
    title: TextField
    expression: str
    article: TextField
    mark: Mark
    source: str | None = None
    effective: EffectiveDeclaration | None = None
    because: TextField | None = None
    remedy: TextField | None = None
    tests: tuple[CaseRow, ...]


class DatedValueDeclaration(Declaration):
    """A parameter's value from a day on; no value says that there is none from then on."""

    since: date = Field(alias="from")
    value: JsonValue = None
    basis: TextField
    mark: Mark


class ParameterDeclaration(Declaration):
    """An amount, age or threshold of the law, with each value since its day."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: TextField
    type: ParameterKind
    unit: TextField | None = None
    taken_at: TakenAt
    values: tuple[DatedValueDeclaration, ...] = Field(min_length=1)


def check_parameter_declaration(declared: ParameterDeclaration, where: Where = NOWHERE) -> Parameter:
    """Give the parameter, or point at the line that is wrong: kinds, order of days, a gap with a value."""
    kind, errors, values = Kind(declared.type), [], []
    if declared.name in DATES:
        what = Text(f"“:{declared.name}”是日期的名称。", f":{declared.name} is the name of a date.")
        raise where.error("parameter_name", what, Text("请另取名称。", "Choose another name."), "name")
    for index, dated in enumerate(declared.values):
        at = ("values", index)
        try:
            value = read_scalar(kind, dated.value, f":{declared.name}")
            values.append(DatedValue(dated.since, value, dated.basis, dated.mark))
        except InvalidValue as trouble:
            errors.append(where.error("parameter_value", trouble.what, trouble.todo, *at, "value"))
        if dated.mark == "gap" and dated.value is not None:
            what = Text("标为gap的值不应写出数值。", "a value marked gap is one that nobody has found.")
            todo = Text(
                "请删除数值，或改标found、recalled。", "Remove the value, or mark it found or recalled."
            )
            errors.append(where.error("parameter_gap", what, todo, *at, "mark"))
        if index and dated.since <= declared.values[index - 1].since:
            what = Text("起始日期必须逐条递增。", "values ascend by their first day.")
            todo = Text("请按日期先后排列，每日只有一个值。", "Order them by date, one value a day.")
            errors.append(where.error("parameter_order", what, todo, *at, "from"))
    if errors:
        raise_all(errors)
    return Parameter(declared.name, declared.title, kind, declared.taken_at, tuple(values), declared.unit)


def check_rule_declaration(
    declared: RuleDeclaration,
    vocabulary: Vocabulary,
    parameters: Parameters = NO_PARAMETERS,
    where: Where = NOWHERE,
) -> Rule:
    """Give the rule after running its case table, or point at each line that is wrong.

    The table must hold a row for every element in which that one alone is missing (unknown must be
    decided knowingly, never by accident), and a row each of met and not met, or one with a value.
    """
    effective = declared.effective
    law = Law(
        article=declared.article,
        mark=declared.mark,
        title=declared.title,
        effective_from=effective.since if effective else None,
        effective_to=effective.to if effective else None,
        because=declared.because,
        remedy=declared.remedy,
    )
    # A text of several lines was written as a block, which starts below its key.
    line = where.line("expression") + ("\n" in declared.expression)
    rule = check(
        declared.expression, vocabulary, parameters, id=declared.id, law=law, file=where.file, line=line
    )
    check_case_table(rule, declared.tests, parameters, where)
    return rule


def check_case_table(
    rule: Rule, rows: Sequence[CaseRow], parameters: Parameters = NO_PARAMETERS, where: Where = NOWHERE
) -> None:
    """Run a rule's case table, or point at each row that is wrong and at what the table lacks.

    `where` finds rows at ("tests", index).
    """
    errors = [error for index, row in enumerate(rows) for error in _run(rule, row, parameters, index, where)]
    errors = errors or _lacking(rule, rows, where)
    if errors:
        raise_all(errors)


def _run(
    rule: Rule, row: CaseRow, parameters: Parameters, index: int, where: Where
) -> list[InvalidDeclaration]:
    """Run one row and give what is wrong with it."""
    at = ("tests", index)
    errors = []
    for code in row.facts.keys() - rule.elements.keys():
        what = Text(f"规则没有用到“{code}”。", f"the rule does not speak of {code}.")
        todo = Text(f"规则用到：{', '.join(rule.elements)}。", f"It speaks of: {', '.join(rule.elements)}.")
        errors.append(where.error("test_element", what, todo, *at, "facts", code))
    for name in row.dates.keys() - DATES.keys():
        what = Text(f"没有名为“{name}”的日期。", f"there is no date named {name}.")
        todo = Text(f"可用：{', '.join(DATES)}。", f"Use: {', '.join(DATES)}.")
        errors.append(where.error("test_date", what, todo, *at, "dates", name))
    try:
        facts = {code: _fact(rule, code, row) for code in row.facts.keys() & rule.elements.keys()}
        wanted = read_scalar(rule.kind, row.value, "value")
    except InvalidValue as trouble:
        errors.append(where.error("test_value", trouble.what, trouble.todo, *at))
    if errors:
        return errors
    if (row.expect is None) == (row.value is None) or (row.value is not None and rule.kind is Kind.BOOLEAN):
        what = Text("每行写明一个预期结果。", "a row says what must come of it, once.")
        todo = Text(
            "条件写expect: met、not_met或unknown；数值写value: …，未知写expect: unknown。",
            "Write expect: met, not_met or unknown for a condition; value: … for an amount.",
        )
        return [where.error("test_expectation", what, todo, *at)]
    return _compare(rule, row, facts, wanted, parameters, where, at)


def _fact(rule: Rule, code: str, row: CaseRow) -> Fact | None:
    return read_plain_fact(rule.elements[code], row.facts[code], code)


def _compare(
    rule: Rule,
    row: CaseRow,
    facts: dict[str, Fact | None],
    wanted: Scalar | None,
    parameters: Parameters,
    where: Where,
    at: tuple[str | int, ...],
) -> list[InvalidDeclaration]:
    expected = row.expect or str(plain_scalar(wanted))
    run = evaluate if rule.kind is Kind.BOOLEAN else compute
    outcome = run(rule, facts, parameters, row.dates)
    came = str(plain_scalar(outcome)) if isinstance(outcome, Scalar) else outcome_name(outcome)
    missing = outcome.missing if isinstance(outcome, Unknown) else ()
    if came != expected:
        went = explain(rule, facts, parameters, row.dates).lines[0].text
        what = Text(
            f"本行应为{expected}，实际为{came}。", f"this row expects {expected}; the rule says {came}."
        )
        todo = Text(
            f"经过：{went.zh}。请改正规则或预期。", f"It went: {went.en}. Correct the rule or the row."
        )
        return [where.error("test_failed", what, todo, *at)]
    if row.missing is not None and set(row.missing) != set(missing):
        listed = ", ".join(missing) or "—"
        what = Text(f"实际缺少的是：{listed}。", f"what is missing is: {listed}.")
        todo = Text("请改正missing一栏。", "Correct the list of missing names.")
        return [where.error("test_missing", what, todo, *at, "missing")]
    return []


def _lacking(rule: Rule, rows: Sequence[CaseRow], where: Where) -> list[InvalidDeclaration]:
    """Give what a case table whose rows are right still lacks."""
    alone = {_only_missing(rule, row) for row in rows}
    errors = []
    for code in rule.elements:
        if code not in alone:
            what = Text(f"缺少一行：只有“{code}”未知。", f"no row leaves out {code} alone.")
            todo = Text(
                f"请增加一行，给出其余全部事实而不写{code}，并写明预期（通常为unknown）。",
                f"Add a row with every other fact but {code}, and what must come of it (mostly unknown).",
            )
            errors.append(where.error("test_of_missing", what, todo, "tests"))
    expected = {row.expect or "value" for row in rows}
    for outcome in ("met", "not_met") if rule.kind is Kind.BOOLEAN else ("value",):
        if outcome not in expected:
            what = Text(f"缺少一行结果为{outcome}的测试。", f"no row expects {outcome}.")
            todo = Text("请至少各写一行。", "Write at least one row of each.")
            errors.append(where.error("test_of_outcome", what, todo, "tests"))
    return errors


def _only_missing(rule: Rule, row: CaseRow) -> str | None:
    """Give the one element that a row leaves unknown (an incomplete list is unknown), or None."""
    missing = [
        code for code in rule.elements if _is_unknown(_fact(rule, code, row) if code in row.facts else None)
    ]
    return missing[0] if len(missing) == 1 else None


def _is_unknown(fact: Fact | None) -> bool:
    return fact is None or (isinstance(fact, Records) and not fact.complete)
