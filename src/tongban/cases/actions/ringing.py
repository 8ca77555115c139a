"""What a clock that has run out brings about: a warning, an escalation, or what law says of silence."""

from collections.abc import Sequence
from datetime import datetime

from tongban.cases.actions.cases import set_closing
from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.verdicts import accept, hand_to_person
from tongban.cases.actions.work import Lease, locked
from tongban.cases.models import Case, Filing
from tongban.cases.queries.sight import Sight
from tongban.cases.snapshot import CaseView
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole

# What each clock of an office raises the alarm to; a warning is told to the office alone.
ALARMS = {
    "warning": 1,
    "promised": 2,
    "statutory": 3,
    "delivery_soon": 1,
    "delivery_late": 2,
    "lapse_soon": 1,
    "lapse_late": 2,
}

WORDS = {
    "warning": Text("承诺时限将到", "The promised time is about to run out"),
    "promised": Text(
        "已超过承诺时限，报部门负责人督办", "Past the promised time; the head of the office is told"
    ),
    "statutory": Text(
        "已超过法定时限，依法须说明理由", "Past the statutory time; the office must explain itself"
    ),
    "delivery_soon": Text("送达期限将到", "The time to deliver the result is about to run out"),
    "delivery_late": Text(
        "已超过决定后的送达期限，报部门负责人督办",
        "Decided, and not delivered in time; the head of the office is told",
    ),
    "lapse_soon": Text(
        "确认逾期未补正的期限将到",
        "The time to say what becomes of the missing correction is about to run out",
    ),
    "lapse_late": Text(
        "逾期未补正，承办部门未按期确认如何处理，报部门负责人督办",
        "Nothing was supplied, and the office did not say in time what becomes of it; its head is told",
    ),
}


@whole
def ring(lease: Lease, sight: Sight, clocks: Sequence[tuple[CaseView, str]], *, at: Workplace) -> None:
    """Do what each clock that ran out calls for; a case that has moved on meanwhile is left alone."""
    filing = locked(lease)
    now = at.clock.now()
    for view, clock in clocks:
        row = Case.objects.get(pk=view.id)
        if row.state != view.state:
            continue
        if clock == "acceptance":
            # 许可法 32: no notice within five working days means accepted from the day of receipt.
            accept(filing, row, sight, maker="law", now=now, at=at)
        elif clock == "correction":
            _lapse(filing, row, sight.bundle.item(row.item), now=now, at=at)
        else:
            _alarm(filing, row, clock, now=now)


@part
def _lapse(filing: Filing, row: Case, item: items.Item, *, now: datetime, at: Workplace) -> None:
    """The correction did not come. What that means is the jurisdiction's policy, and adverse: a person
    confirms it (promise 5), within the jurisdiction's time for that."""
    reason = Text(
        "逾期未补正，请确认是否按撤回申请处理",
        "Nothing was supplied in time; confirm that the filing counts as withdrawn",
    )
    if row.closing_due_at is None:
        row.alarm = 0
        set_closing(row, item, division=filing.division, at=at)
        row.save()
    hand_to_person(filing, row, [reason], now=now)


@part
def _alarm(filing: Filing, row: Case, clock: str, *, now: datetime) -> None:
    row.alarm = ALARMS[clock]
    row.save(update_fields=["alarm"])
    audience = "office" if row.alarm == 1 else "everyone"
    tell(
        filing.pk,
        [Happening(f"clock_{clock}", WORDS[clock], "law", case_id=row.pk, audience=audience)],
        now=now,
    )
