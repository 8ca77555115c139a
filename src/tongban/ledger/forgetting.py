"""Forgetting on schedule: evidence first, then the key, so that a person is forgotten and the proof stays.

The order is the proof. That a class and month are forgotten is an entry, committed; only then is the
key destroyed. A process killed in between leaves a key that the next run destroys, and so does a node
that was restored with old keys: it asks the log what was forgotten before it serves anybody.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tongban.kernel.calendar import Calendar
from tongban.kernel.canonical import canonical
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import TongbanError
from tongban.kernel.ids import Chance
from tongban.kernel.transactions import outside_any_transaction, whole
from tongban.ledger.actions import record
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.models import Log
from tongban.ledger.openings import forgotten, open_stored, opening_keys
from tongban.ledger.places import journal_folder, logs_folder
from tongban.ledger.recovery import read_journal
from tongban.ledger.retention import Schedule, check_schedule, last_day


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One class and month that was forgotten: its key's name, and the last day on which it was kept."""

    period: str
    kept_until: date

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        return {"period": self.period, "kept_until": self.kept_until.isoformat()}


def due_to_forget(schedule: Schedule, now: datetime, calendar: Calendar) -> list[Forgotten]:
    """List the classes and months whose time is over; raises Invalid for an unlawful schedule."""
    today = civil_date(now)
    check_schedule(schedule, today, calendar)
    found = []
    for period in opening_keys().periods():
        kept = schedule.get(period.rsplit("-", 2)[0])
        if kept is not None and (until := last_day(period, kept, calendar)) < today:
            found.append(Forgotten(period, until))
    return found


def forget_due(schedule: Schedule, now: datetime, calendar: Calendar, *, chance: Chance) -> list[Forgotten]:
    """Forget every class and month whose time is over; gives what was forgotten."""
    outside_any_transaction("destroying keys")
    finish_forgetting()
    due = due_to_forget(schedule, now, calendar)
    for each in due:
        basis = schedule[each.period.rsplit("-", 2)[0]].basis.as_dict()
        _put_on_record(each, basis, now=now, chance=chance)
        opening_keys().destroy(each.period)
    return due


def finish_forgetting(*, logs: Path | None = None, disk: Disk = DISK) -> list[str]:
    """Destroy every key that is there although its period was forgotten; gives their names.

    A node calls it before it serves: a database restored from a backup may not know yet what was
    forgotten, so the journal behind it is read as well.
    """
    keys = opening_keys()
    there = set(keys.periods())
    if not there:
        return []
    again = sorted(there & {*forgotten(), *_forgotten_behind(logs or logs_folder(), disk)})
    for period in again:
        keys.destroy(period)
    return again


def _forgotten_behind(logs: Path, disk: Disk) -> set[str]:
    """Give what the journal says was forgotten, from the place on that the database has come to."""
    size = Log.objects.filter(name="decisions").values_list("size", flat=True).first() or 0
    found = set()
    journal = read_journal(journal_folder(logs) / "decisions", size, disk)
    for told in (each for lines in journal.values() for each in lines.values()):
        if told["leaf"].get("kind") == "ledger.forgotten" and told["opening"]:
            try:
                opened = open_stored(
                    canonical(told["opening"]).decode(), canonical(told["leaf"]), opening_keys()
                )
            except TongbanError:
                continue  # a damaged line tells nothing; recovery says what is missing
            if opened is not None:
                found.add(str(opened.value("period")))
    return found


@whole
def _put_on_record(each: Forgotten, basis: dict[str, str], *, now: datetime, chance: Chance) -> None:
    fields = {"period": each.period, "kept_until": each.kept_until.isoformat(), "basis": basis}
    record("decisions", "ledger.forgotten", fields, now=now, chance=chance)
