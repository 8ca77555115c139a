"""Writing the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import Case, Event
from tongban.cases.rules.timeline import MOMENTS
from tongban.cases.workplace import Workplace
from tongban.kernel import rows
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part
from tongban.ledger import api as ledger


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline before it is written; `status_code` when the national history has it too.

    What it tells of took the `seconds` that were measured where it was done, or began at the stamp `since`;
    a line has neither where it tells of a moment.
    """

    kind: str
    words: Text
    maker: str
    case_id: int | None = None
    status_code: int | None = None
    staff_id: int | None = None
    since: datetime | None = None
    seconds: float | None = None
    entry_id: str | None = None
    audience: str = "everyone"


@part
def tell(filing_id: int, happenings: Sequence[Happening], *, now: datetime) -> None:
    """Append lines to a filing's timeline, in their order.

    The one place that says how long each took. A kind that is no moment and was not measured is a fault of
    whoever tells it, and raises.
    """
    rows.insert_all(
        [
            Event(
                filing_id=filing_id,
                case_id=each.case_id,
                at=now,
                kind=each.kind,
                status_code=each.status_code,
                maker=each.maker,
                staff_id=each.staff_id,
                words=each.words.as_dict(),
                seconds=_lasted(each, now),
                entry_id=each.entry_id,
                audience=each.audience,
            )
            for each in happenings
        ]
    )


def _lasted(told: Happening, now: datetime) -> float | None:
    """Give how long it took: never less than nothing, though the clocks of two machines differ a little."""
    if told.seconds is not None:
        return told.seconds
    if told.since is not None:
        return max(0.0, round((now - told.since).total_seconds(), 3))
    if told.kind not in MOMENTS:
        raise ValueError(f"nobody measured how long {told.kind} took")
    return None


@part
def evidence(row: Case, kind: str, fields: Mapping[str, object], *, now: datetime, at: Workplace) -> str:
    """Record an act of state on a case in the ledger, for the office in whose name it is done."""
    said = {"case_number": row.number, **fields}
    return ledger.record("decisions", kind, said, office=row.in_name_of, now=now, chance=at.chance).id
