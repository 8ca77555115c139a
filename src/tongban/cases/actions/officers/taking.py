"""Who of an office has a case: taken, given back, taken over by its head."""

from dataclasses import dataclass

from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.officers.standing import (
    headed_case,
    office_case,
    require_decidable,
    require_reasons,
    require_undecided,
)
from tongban.cases.actions.work import lock
from tongban.cases.models import Case
from tongban.cases.rules import officers
from tongban.cases.workplace import Workplace
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.registry import api as registry


@whole
def claim_case(number: str, case_number: str, *, staff: registry.Staff, at: Workplace) -> None:
    """Take a case of one's office; taking it again is harmless, somebody else's is refused by name."""
    filing = lock(number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    require_decidable(row, staff)
    now = at.clock.now()
    row.claimed_by_id, row.claimed_at = staff.id, now
    row.save(update_fields=["claimed_by_id", "claimed_at"])
    words = Text(f"{staff.name}领取办件", f"{staff.name} took the case")
    tell(
        filing.pk,
        [Happening("claimed", words, "person", case_id=row.pk, staff_id=staff.id, audience="office")],
        now=now,
    )


@whole
def give_back(number: str, case_number: str, *, staff: registry.Staff, at: Workplace) -> None:
    """Give a case back that one has taken: its office has it again, and its clocks run as they did."""
    filing = lock(number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    require_decidable(row, staff)
    if row.claimed_by_id is None:
        raise officers.not_taken()
    now, since = at.clock.now(), row.claimed_at
    row.claimed_by_id, row.claimed_at = None, None
    row.save(update_fields=["claimed_by_id", "claimed_at"])
    words = Text(f"{staff.name}退回办件", f"{staff.name} gave the case back")
    happening = Happening(
        "given_back", words, "person", case_id=row.pk, staff_id=staff.id, since=since, audience="office"
    )
    tell(filing.pk, [happening], now=now)


@whole
def take_over(number: str, case_number: str, *, staff: registry.Staff, reason: str, at: Workplace) -> None:
    """Take a case over from whoever has it, as the head of the office, with a reason and as evidence.

    Somebody is ill or has left, and the clocks run on: nobody else may decide in their place. An office that
    decides in another's name may have nobody left: the head of the other, who answers for what is done in its
    name and has it watched (Administrative Licensing Law art. 24), takes a case over from the office itself.
    """
    filing = lock(number)
    row = headed_case(filing, case_number, staff)
    require_undecided(row)
    require_reasons(reason)
    is_own = row.office == staff.organisation
    if row.claimed_by_id == staff.id or (row.claimed_by_id is None and is_own):
        raise officers.not_taken()
    before, since = _who_has(row), row.claimed_at or row.with_office_since
    now = at.clock.now()
    row.claimed_by_id, row.claimed_at = staff.id, now
    row.save(update_fields=["claimed_by_id", "claimed_at"])
    said = {"staff": str(staff.id), "taken_from": before.named, "because": reason.strip()}
    entry = evidence(row, "case.taken_over", said, now=now, at=at)
    words = Text(
        f"{staff.name}接手{before.name.zh}的办件", f"{staff.name} took the case over from {before.name.en}"
    )
    happening = Happening(
        "taken_over",
        words,
        "person",
        case_id=row.pk,
        staff_id=staff.id,
        since=since,
        entry_id=entry,
        audience="office",
    )
    tell(filing.pk, [happening], now=now)


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who has a case: the officer who took it, or its office while nobody has; how the ledger names them."""

    named: str
    name: Text


def _who_has(row: Case) -> _Holder:
    if row.claimed_by_id is None:
        return _Holder(row.office, registry.organisation(row.office).name)
    officer = registry.staff_by_id(row.claimed_by_id)
    return _Holder(str(officer.id), Text(officer.name, officer.name))
