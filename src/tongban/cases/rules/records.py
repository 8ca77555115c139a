"""What is kept of a decision, so that a court can run it again (DESIGN §5). Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from tongban.cases.rules.gathering import Gathered, stored_value
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.rules import api as rules


def decision_record(
    bundle: items.Bundle,
    item: items.Item,
    judged: Sequence[items.Judged],
    gathered: Gathered,
    dates: Mapping[str, date],
) -> dict[str, object]:
    """Write down pack, rule texts, parameters, facts, clause results and engine of a decision.

    Facts appear with value, status and the share that brought them; the texts are canonical.
    """
    return {
        "pack": {"code": bundle.code, "version": bundle.version, "digest": bundle.digest},
        "item": item.basic_code,
        "engine": rules.ENGINE_VERSION,
        "dates": {name: day.isoformat() for name, day in dates.items()},
        "facts": [
            {
                "participant": str(ref),
                "element": element,
                "value": stored_value(value),
                "status": gathered.status_of(ref, element),
                "share": None if (fact := gathered.facts.get((ref, element))) is None else fact.share_id,
            }
            for (ref, element), value in sorted(
                gathered.values.items(), key=lambda pair: (str(pair[0][0]), pair[0][1])
            )
        ],
        "checks": [_check(each) for each in judged],
    }


def _check(each: items.Judged) -> dict[str, object]:
    return {
        "code": each.check.code,
        "title": each.check.title.as_dict(),
        "rule": each.check.when,
        "article": f"{each.check.article.law} {each.check.article.article}".strip(),
        "outcome": rules.outcome_name(each.outcome),
        "trace": [
            {"depth": line.depth, "words": line.text.as_dict(), "result": line.result}
            for line in each.outcome.trace.lines
        ],
    }


def spoken_record(record: Mapping[str, object]) -> list[Text]:
    """Give the checks of a kept decision as sentences for a page."""
    checks = record.get("checks", [])
    if not isinstance(checks, list):
        return []
    return [Text(each["title"]["zh"], each["title"]["en"]) for each in checks]
