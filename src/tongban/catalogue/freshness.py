"""How fresh a resource was seen to be, beside what its office promised. Pure.

Seen is what the connectors brought: when it last answered, and which date the source itself gave its data.
A source that is asked live gives no date, and answers as things stand; a file or a copy has a date, and ages.
How much older than the promise is late is our own rule, for the Regulation names none: the period promised
and one day, since files are dated by the day; data promised at once may be a day old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from tongban.catalogue.rules import Resource, Update
from tongban.kernel.texts import Text

# live: asked as things stand · fresh · late: older than promised · undated: a copy that says no date ·
# unpromised: dated, and nobody promised how often it changes · unseen: nobody has asked it yet
Standing = Literal["live", "fresh", "late", "undated", "unpromised", "unseen"]

LONGEST: Final[Mapping[Update, timedelta]] = {
    "realtime": timedelta(days=1),
    "daily": timedelta(days=2),
    "weekly": timedelta(days=8),
    "monthly": timedelta(days=32),
    "quarterly": timedelta(days=93),
    "half_yearly": timedelta(days=185),
    "yearly": timedelta(days=367),
}
STANDINGS: Final[Mapping[Standing, Text]] = {
    "live": Text("实时应答", "answers live"),
    "fresh": Text("按期更新", "as promised"),
    "late": Text("逾期未更新", "older than promised"),
    "undated": Text("未标数据日期", "gives no date"),
    "unpromised": Text("未承诺频率", "nothing promised"),
    "unseen": Text("尚未取数", "not asked yet"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a resource: its last answer, the newest date that its source gave, since when."""

    answered_at: datetime
    dated_at: datetime | None = None
    changed_at: datetime | None = None  # when data of that date came for the first time

    def age(self, now: datetime) -> timedelta | None:
        """Give how old the data are; None where the source gives no date."""
        return None if self.dated_at is None else max(now - self.dated_at, timedelta(0))


def standing(resource: Resource, seen: Seen | None, now: datetime) -> Standing:
    """Say how what was seen of a resource stands beside its promised update frequency."""
    if seen is None:
        return "unseen"
    age = seen.age(now)
    if age is None:
        return "live" if resource.copy_of is None else "undated"
    longest = LONGEST.get(resource.update)
    if longest is None:
        return "unpromised"
    return "fresh" if age <= longest else "late"


def joined(before: Seen | None, after: Seen) -> Seen:
    """Give what is known after one more answer; an answer that came late takes nothing back."""
    if before is None:
        return Seen(after.answered_at, after.dated_at, after.answered_at if after.dated_at else None)
    answered_at = max(before.answered_at, after.answered_at)
    if after.dated_at is None or (before.dated_at is not None and after.dated_at <= before.dated_at):
        return Seen(answered_at, before.dated_at, before.changed_at)
    return Seen(answered_at, after.dated_at, after.answered_at)
