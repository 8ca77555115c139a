"""Looks into the store of a node from outside, in a process of its own: `python -m tests.promises.auditing`.

resolve   an officer of each act in doubt establishes, by what the bank's register says, what became of it
count     everything that was done, and everything that is wrong with it
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import django

django.setup()  # the tables can be imported only after this

from tests.promises.effects import unproven  # noqa: E402
from tongban.cases import api as cases  # noqa: E402
from tongban.cases.models import Act, Case, Claim, Filing  # noqa: E402
from tongban.kernel.clock import civil_date  # noqa: E402
from tongban.kernel.errors import TongbanError  # noqa: E402
from tongban.ledger import api as ledger  # noqa: E402
from tongban.licences.models import LicenceRow  # noqa: E402
from tongban.registry import api as registry  # noqa: E402
from tongban.site.runtime import workplace  # noqa: E402


def resolve(registered: Mapping[str, str]) -> int:
    """Settle every act in doubt: done under the number that the register has, or to be done again."""
    at = workplace()
    today = civil_date(at.clock.now())
    acts = Act.objects.filter(state="in_doubt").select_related("case__filing")
    for act in acts:
        filing = act.case.filing.number
        number = registered.get(credit_code(act.case.filing), "")
        cases.resolve_act(
            filing,
            act.pk,
            staff=registry.staff_of(act.case.office, registry.Role.APPROVER, on=today)[0],
            outcome="done" if number else "again",
            office_number=number,
            note="已向银行核实",
            sight=cases.see(cases.snapshot(filing), at=at),
            at=at,
        )
    return len(acts)


def credit_code(filing: Filing) -> str:
    """Give the code of the company that a filing has brought into being, or nothing."""
    made = (each for case in filing.cases.all() for each in case.produced)
    return next((str(each["value"]) for each in made if each["element"] == "company.credit_code"), "")


def count() -> dict[str, Any]:
    """Publish the logs, as the next worker would, and give what there is and what is wrong with it."""
    at = workplace()
    ledger.sequence(ledger.logs_folder(), at.log_signer, at.clock.now(), holder="audit")
    filings = Filing.objects.exclude(submitted_at=None).order_by("id")
    return {
        "companies": {filing.number: credit_code(filing) for filing in filings},
        "acts": Counter(Act.objects.values_list("state", flat=True)),
        "wrong": [*unproven(), *_unfinished(), *_doubled(), *_unverified()],
    }


def _unfinished() -> Iterator[str]:
    for case in Case.objects.exclude(state="granted").select_related("filing"):
        yield f"{case.filing.number}: {case.item} is {case.state}"
    for filing in Filing.objects.filter(stage="submitted"):
        yield f"{filing.number} has not ended"


def _doubled() -> Iterator[str]:
    issued = Counter(LicenceRow.objects.exclude(signature="").values_list("case_number", "type_code"))
    for case in Case.objects.exclude(number=None):
        if sum(many for (number, _), many in issued.items() if number == case.number) != 1:
            yield f"case {case.number} has not exactly one signed licence"
    names = Counter(Claim.objects.values_list("kind", "scope", "value"))
    yield from (f"{name} was given {many} times" for name, many in names.items() if many > 1)


def _unverified() -> Iterator[str]:
    try:
        ledger.check_ledger()
    except TongbanError as trouble:
        yield str(trouble.what)


def main() -> int:
    if sys.argv[1:] == ["resolve"]:
        print(resolve(json.load(sys.stdin)))
    else:
        print(json.dumps(count()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
