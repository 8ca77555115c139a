"""What tests of cases do over and over."""

import threading
from datetime import timedelta

from bench.town import Town
from tongban.cases import api as cases
from tongban.kernel.clock import SetClock, budget
from tongban.registry import api as registry


def states(number: str) -> dict[str, str]:
    """Give the state of each case of a filing by its item."""
    return {case.item: case.state.value for case in cases.snapshot(number).cases}


def filer_of(number: str) -> cases.Reader:
    """Give whose filing it is, as surely identified as they ever were, or the helper who typed it."""
    snapshot = cases.snapshot(number)
    if snapshot.filed_by_id is not None:
        return registry.staff_by_id(snapshot.filed_by_id)
    return registry.subject(snapshot.owner_id)


def submit(town: Town, number: str) -> cases.Checked:
    """Submit and carry the filing as far as it goes."""
    checked, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    if lease is not None:
        carry_on(town, lease)
    return checked


def carry_on(town: Town, lease: cases.Lease) -> None:
    """Carry a filing on under a lease."""
    cases.carry(lease, at=town.workplace, limit=budget(60))


def pass_time(town: Town, **time: float) -> None:
    """Let time pass in the town."""
    clock = town.workplace.clock
    assert isinstance(clock, SetClock)
    clock.move(timedelta(**time))


def officer(town: Town, organisation: str, *roles: registry.Role) -> registry.Staff:
    """Give somebody of an organisation who holds one of the roles."""
    return registry.staff_of(organisation, *roles, on=town.now.date())[0]


def sight(town: Town, number: str) -> cases.Sight:
    """See a filing as an officer's page does."""
    return cases.see(cases.snapshot(number), at=town.workplace)


def await_carriers() -> None:
    """Wait for the threads that go on with a filing behind the answer that was given."""
    for thread in threading.enumerate():
        if thread.name == "carry":
            thread.join(60)
