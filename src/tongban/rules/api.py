"""The door of rules: law as data, checked, run over one case or a population, and run again in court."""

from tongban.rules.canonical import canonical_text
from tongban.rules.days import age_on
from tongban.rules.declaring import (
    CaseRow,
    ParameterDeclaration,
    RuleDeclaration,
    Where,
    check_case_table,
    check_parameter_declaration,
    check_rule_declaration,
)
from tongban.rules.evaluation import compute, evaluate, explain
from tongban.rules.kinds import (
    NONE_ON_RECORD,
    ElementType,
    Fact,
    Facts,
    Kind,
    NoneOnRecord,
    Records,
    Scalar,
    Vocabulary,
)
from tongban.rules.outcomes import Line, Met, NotMet, Outcome, Trace, Unknown, outcome_name
from tongban.rules.parameters import (
    DATE_OF,
    DATES,
    NO_PARAMETERS,
    DatedValue,
    Dates,
    Mark,
    Parameter,
    Parameters,
)
from tongban.rules.populations import run_population
from tongban.rules.recording import ENGINE_VERSION, confirm, engine_version, record, replay
from tongban.rules.rule import Law, Rule, check, in_force
from tongban.rules.sql import to_duckdb

__all__ = [
    "DATES",
    "DATE_OF",
    "ENGINE_VERSION",
    "NONE_ON_RECORD",
    "NO_PARAMETERS",
    "CaseRow",
    "DatedValue",
    "Dates",
    "ElementType",
    "Fact",
    "Facts",
    "Kind",
    "Law",
    "Line",
    "Mark",
    "Met",
    "NoneOnRecord",
    "NotMet",
    "Outcome",
    "Parameter",
    "ParameterDeclaration",
    "Parameters",
    "Records",
    "Rule",
    "RuleDeclaration",
    "Scalar",
    "Trace",
    "Unknown",
    "Vocabulary",
    "Where",
    "age_on",
    "canonical_text",
    "check",
    "check_case_table",
    "check_parameter_declaration",
    "check_rule_declaration",
    "compute",
    "confirm",
    "engine_version",
    "evaluate",
    "explain",
    "in_force",
    "outcome_name",
    "record",
    "replay",
    "run_population",
    "to_duckdb",
]
