"""Giving a notice about a case, in the name of its office, to whoever the filing is for."""

from collections.abc import Mapping
from datetime import date, datetime

from tongban.cases.models import Case, Filing
from tongban.cases.workplace import Workplace
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part
from tongban.papers import api as papers
from tongban.registry import api as registry


@part
def give_notice(
    filing: Filing,
    row: Case,
    kind: str,
    facts: Mapping[str, str | int | bool | date | Text | tuple[Text, ...] | None],
    *,
    staff_id: int | None,
    entry: str,
    now: datetime,
    at: Workplace,
) -> None:
    """Issue the notice of a kind that tells of the evidenced act `entry`; its seal follows outside."""
    papers.issue_notice(
        kind,
        case_number=row.number or "",
        office=row.in_name_of,
        addressee=registry.subject(filing.owner_id).name,
        facts=facts,
        staff_id=staff_id,
        entry=entry,
        now=now,
        chance=at.chance,
    )
