"""The pledges that an office has still to check."""

from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import SignedPledge
from tongban.cases.queries.rights import may
from tongban.cases.rules import officers
from tongban.kernel.texts import Text
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """One pledge to be checked by an office."""

    filing: str
    case_number: str
    pledge: str
    signer: str
    promised: tuple[Text, ...]
    state: str
    due_at: datetime | None
    due_provisional: bool


def pledges_at(staff: registry.Staff, *, case_number: str = "", most: int = 50) -> list[PledgeLine]:
    """List the pledges that one's office has to check, the first due first; nothing without the role.

    With a case number, those of that case alone.
    """
    rows = SignedPledge.objects.filter(
        case__office=staff.organisation, state__in=("signed", "rectifying"), check_due_at__isnull=False
    ).filter(may(staff, officers.DECIDERS))
    if case_number:
        rows = rows.filter(case__number=case_number)
    return [
        PledgeLine(
            filing=row.case.filing.number,
            case_number=row.case.number or "",
            pledge=row.pledge,
            signer=row.signer,
            promised=tuple(Text(each["zh"], each["en"]) for each in row.promised),
            state=row.state,
            due_at=row.rectify_due_at or row.check_due_at,
            due_provisional=row.due_provisional,
        )
        for row in rows.select_related("case__filing").order_by("check_due_at")[:most]
    ]
