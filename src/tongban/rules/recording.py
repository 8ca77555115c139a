"""What a decision keeps of a rule's run, so that a court can run it again years later.

A record stands alone: canonical text, the words and kinds of everything in it, the values and dates
that were used, the facts that were seen, the outcome and the trace. Nothing of the present city, pack
or catalogue is needed to replay it. It holds facts about people: it belongs into a private entry only.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any as Anything
from typing import Final

from sqlglot._version import __version__ as parser_version

from tongban.kernel.errors import Conflict, Invalid
from tongban.kernel.texts import Text
from tongban.rules.canonical import canonical_text
from tongban.rules.evaluation import compute, evaluate, explain
from tongban.rules.kinds import ElementType, Facts, Kind, Scalar
from tongban.rules.outcomes import NotMet, Outcome, Unknown, outcome_name
from tongban.rules.parameters import (
    NO_DATES,
    NO_PARAMETERS,
    DatedValue,
    Dates,
    Parameter,
    Parameters,
)
from tongban.rules.rule import Law, Rule, check, given_of
from tongban.rules.tree import Field, walk
from tongban.rules.values import plain_fact, plain_scalar, read_plain_fact, read_scalar

ENGINE_VERSION: Final = "1"  # raised when any expression could come to another result than before
Plain = dict[str, Anything]


def engine_version() -> str:
    """Give what ran the rule, for the record: the language's version and its parser's."""
    return f"tongban-rules {ENGINE_VERSION}; sqlglot {parser_version}"


def record(
    rule: Rule,
    facts: Facts,
    parameters: Parameters = NO_PARAMETERS,
    dates: Dates = NO_DATES,
    *,
    outcome: Outcome | Scalar | None = None,
) -> Plain:
    """Give the record of a run as plain JSON data; the rule is run now when no outcome is handed in."""
    if outcome is None:
        outcome = _run(rule, facts, parameters, dates)
    trace = explain(rule, facts, parameters, dates) if isinstance(outcome, Scalar) else outcome.trace
    return {
        "engine": engine_version(),
        "rule": _plain_rule(rule),
        "vocabulary": {code: _plain_element(e, _fields(rule, code)) for code, e in rule.elements.items()},
        "parameters": _plain_parameters(rule, parameters, dates),
        "dates": {name: day.isoformat() for name, day in sorted(dates.items())},
        "facts": {code: plain_fact(facts.get(code), _fields(rule, code)) for code in rule.elements},
        "outcome": _plain_outcome(outcome),
        "trace": [
            {"depth": line.depth, "text": line.text.as_dict(), "result": line.result} for line in trace.lines
        ],
    }


def replay(kept: Mapping[str, Anything]) -> Outcome | Scalar:
    """Run a record again, from nothing but itself, and give what comes of it now.

    Raises Invalid for a record of another version of the language: the version that it names must run it.
    """
    return _run(*_restored(kept))


def confirm(kept: Mapping[str, Anything]) -> None:
    """Run a record again and raise Conflict unless outcome and trace come out word for word the same."""
    rule, facts, parameters, dates = _restored(kept)
    again = record(rule, facts, parameters, dates)
    for part in ("outcome", "trace"):
        if again[part] != kept[part]:
            raise Conflict(
                "rules.replay_differs",
                what=Text(
                    zh=f"规则“{rule.id}”重算的结果与记录不一致。",
                    en=f"Running the rule `{rule.id}` again does not give what was recorded.",
                ),
                todo=Text(
                    zh="请保全该记录及系统版本，交由审计人员核查。",
                    en="Preserve the record and the installed version, and call the auditors.",
                ),
            )


def _run(rule: Rule, facts: Facts, parameters: Parameters, dates: Dates) -> Outcome | Scalar:
    run = evaluate if rule.kind is Kind.BOOLEAN else compute
    return run(rule, facts, parameters, dates)


def _fields(rule: Rule, code: str) -> Sequence[str]:
    """Give the fields of a list that the rule looks at; the rest of the records is nobody's business."""
    found = (n.name for n in walk(rule.tree) if isinstance(n, Field) and n.list_code == code)
    return tuple(dict.fromkeys(found))


def _plain_text(text: Text | None) -> dict[str, str] | None:
    return text.as_dict() if text else None


def _plain_rule(rule: Rule) -> Plain:
    law = rule.law
    return {
        "id": rule.id,
        "text": canonical_text(rule),
        "article": law.article.as_dict(),
        "mark": law.mark,
        "title": _plain_text(law.title),
        "effective_from": law.effective_from.isoformat() if law.effective_from else None,
        "effective_to": law.effective_to.isoformat() if law.effective_to else None,
        "because": _plain_text(law.because),
        "remedy": _plain_text(law.remedy),
    }


def _plain_element(element: ElementType, fields: Sequence[str]) -> Plain:
    plain: Plain = {"kind": str(element.kind), "name": element.name.as_dict()}
    if element.codes is not None:
        plain["codes"] = {code: meaning.as_dict() for code, meaning in element.codes.items()}
    if element.fields is not None:
        plain["fields"] = {name: _plain_element(element.fields[name], ()) for name in fields}
    return plain


def _plain_parameters(rule: Rule, parameters: Parameters, dates: Dates) -> Plain:
    used = {name: value for name, (value, _) in given_of(rule, parameters, dates).items()}
    return {
        name: {
            "kind": str(parameters.by_name[name].kind),
            "title": parameters.by_name[name].title.as_dict(),
            "taken_at": parameters.by_name[name].taken_at,
            "value": plain_scalar(value),
        }
        for name, value in used.items()
        if name in parameters.by_name
    }


def _plain_outcome(outcome: Outcome | Scalar) -> Plain:
    if isinstance(outcome, Unknown):
        return {
            "result": "unknown",
            "missing": list(outcome.missing),
            "undefined": [reason.as_dict() for reason in outcome.undefined],
        }
    if isinstance(outcome, NotMet):
        return {"result": "not_met", "because": outcome.because.as_dict()}
    if isinstance(outcome, Scalar):
        return {"result": "value", "value": plain_scalar(outcome)}
    return {"result": outcome_name(outcome)}


def _restored(kept: Mapping[str, Anything]) -> tuple[Rule, Facts, Parameters, Dates]:
    if not str(kept["engine"]).startswith(f"tongban-rules {ENGINE_VERSION};"):
        raise Invalid(
            "rules.other_engine",
            what=Text(
                zh=f"该记录由“{kept['engine']}”生成，本版本为“{engine_version()}”。",
                en=f"This record was made by {kept['engine']}; this is {engine_version()}.",
            ),
            todo=Text(zh="请用记录所注明的版本重算。", en="Replay it with the version that it names."),
        )
    vocabulary = {code: _read_element(plain) for code, plain in kept["vocabulary"].items()}
    parameters = Parameters.of(_read_parameter(name, plain) for name, plain in kept["parameters"].items())
    told = kept["rule"]
    rule = check(told["text"], vocabulary, parameters, id=told["id"], law=_read_law(told))
    facts = {code: read_plain_fact(vocabulary[code], plain, code) for code, plain in kept["facts"].items()}
    return rule, facts, parameters, {name: date.fromisoformat(day) for name, day in kept["dates"].items()}


def _read_text(plain: Mapping[str, str] | None) -> Text | None:
    return Text(plain["zh"], plain["en"]) if plain else None


def _read_day(plain: str | None) -> date | None:
    return date.fromisoformat(plain) if plain else None


def _read_law(told: Mapping[str, Anything]) -> Law:
    return Law(
        article=Text(**told["article"]),
        mark=told["mark"],
        title=_read_text(told["title"]),
        effective_from=_read_day(told["effective_from"]),
        effective_to=_read_day(told["effective_to"]),
        because=_read_text(told["because"]),
        remedy=_read_text(told["remedy"]),
    )


def _read_element(plain: Mapping[str, Anything]) -> ElementType:
    codes, fields = plain.get("codes"), plain.get("fields")
    return ElementType(
        kind=Kind(plain["kind"]),
        name=Text(**plain["name"]),
        codes=None if codes is None else {code: Text(**meaning) for code, meaning in codes.items()},
        fields=None if fields is None else {name: _read_element(field) for name, field in fields.items()},
    )


def _read_parameter(name: str, plain: Mapping[str, Anything]) -> Parameter:
    """Restore a parameter with the one value that was used, as if it had always been in force."""
    kind, title = Kind(plain["kind"]), Text(**plain["title"])
    value = read_scalar(kind, plain["value"], f":{name}")
    dated = DatedValue(date.min, value, title, "found")
    return Parameter(name, title, kind, plain["taken_at"], (dated,))
