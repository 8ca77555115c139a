"""Running a rule over one set of facts: conditions give an outcome, amounts give a value."""

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.rules.kinds import Facts, Kind, Records, Scalar, read_fact
from tongban.rules.meaning import Seen, Sight, see
from tongban.rules.outcomes import Met, NotMet, Outcome, Trace, Unknown
from tongban.rules.parameters import NO_DATES, NO_PARAMETERS, Dates, Parameters
from tongban.rules.rule import Rule, given_of
from tongban.rules.words import failures, trace_of


def evaluate(
    rule: Rule, facts: Facts, parameters: Parameters = NO_PARAMETERS, dates: Dates = NO_DATES
) -> Outcome:
    """Give Met, NotMet or Unknown for a condition, with the trace clause by clause.

    Facts that are absent or None are unknown. Raises InvalidValue for a fact of another kind than its
    element, and Invalid for a rule that gives an amount.
    """
    if rule.kind is not Kind.BOOLEAN:
        raise _no_condition(rule)
    seen = _look(rule, facts, parameters, dates)
    trace = trace_of(seen, rule.names)
    if seen.value is True:
        return Met(trace)
    if seen.value is False:
        return NotMet(rule.law.article, rule.law.because or failures(seen), rule.law.remedy, trace)
    return Unknown(seen.missing, seen.undefined, trace)


def compute(
    rule: Rule, facts: Facts, parameters: Parameters = NO_PARAMETERS, dates: Dates = NO_DATES
) -> Scalar | Unknown:
    """Give the value of a rule (an amount, a date, a count, or a yes or no), or Unknown."""
    seen = _look(rule, facts, parameters, dates)
    if seen.value is None or isinstance(seen.value, Records):
        return Unknown(seen.missing, seen.undefined, trace_of(seen, rule.names))
    return seen.value


def explain(
    rule: Rule, facts: Facts, parameters: Parameters = NO_PARAMETERS, dates: Dates = NO_DATES
) -> Trace:
    """Give the trace alone: how an amount came about."""
    return trace_of(_look(rule, facts, parameters, dates), rule.names)


def _look(rule: Rule, facts: Facts, parameters: Parameters, dates: Dates) -> Seen:
    return see(
        rule.tree,
        Sight(
            facts={
                code: read_fact(code, element, facts.get(code)) for code, element in rule.elements.items()
            },
            given=given_of(rule, parameters, dates),
        ),
    )


def _no_condition(rule: Rule) -> Invalid:
    return Invalid(
        "rules.no_condition",
        what=Text(
            zh=f"规则“{rule.id}”得出的是{rule.kind.spoken.zh}，不是条件。",
            en=f"The rule `{rule.id}` gives {rule.kind.spoken.en}, not a condition.",
        ),
        todo=Text(zh="请用compute求值。", en="Use compute for its value."),
    )
