"""Telling that somebody's time has passed where no case's own clock rings: promise 6 escalates after.

Where the time is the office's own to keep for somebody who asked, it is warned before.
"""

from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.work import lock
from tongban.cases.models import Contest, Pause, ReviewRequest, SignedPledge
from tongban.cases.queries.pledges import OPEN
from tongban.cases.workplace import Workplace
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.registry import api as registry

CHECK_LATE = Text("承诺核查期限已过，报部门负责人督办", "Nobody checked the pledge in time; the head is told")
REVIEW_SOON = Text("说明理由的期限将到", "The time to give the reasons is about to run out")
REVIEW_LATE = Text(
    "说明理由的期限已过，报部门负责人督办",
    "The reasons were not given in time; the head of the office is told",
)
RECTIFY_LATE = Text(
    "整改期限已过，由承办部门决定是否撤销",
    "The time to put it right has passed; the office decides whether to revoke",
)


def overdue_pauses(now: datetime) -> QuerySet[Pause]:
    """Give the special procedures that last longer than the applicant was told."""
    return Pause.objects.filter(ended_at__isnull=True, rung_at__isnull=True, due_at__lt=now)


def overdue_contests(now: datetime) -> QuerySet[Contest]:
    """Give the disputes that their source has not answered in time."""
    return Contest.objects.filter(outcome="open", rung_at__isnull=True, due_at__lt=now)


def overdue_pledges(now: datetime) -> QuerySet[SignedPledge]:
    """Give the pledges that were not checked, or not put right, in time."""
    until = Coalesce(F("rectify_due_at"), F("check_due_at"))
    open_ones = Q(state__in=OPEN, rung_at__isnull=True)
    return SignedPledge.objects.filter(open_ones).annotate(until=until).filter(until__lt=now)


def overdue_reviews(now: datetime) -> QuerySet[ReviewRequest]:
    """Give the requests for reasons whose office is to be warned, or has let its time pass."""
    to_warn, late = Q(alarm=0, warn_at__lt=now), Q(alarm__lt=2, due_at__lt=now)
    return ReviewRequest.objects.filter(to_warn | late, answered_at__isnull=True)


@whole
def ring_filing(number: str, *, at: Workplace) -> int:
    """Tell once of everything in a filing whose time has passed; give how much there was."""
    filing = lock(number)
    now = at.clock.now()
    happenings = []
    for pause in overdue_pauses(now).filter(case__filing=filing).order_by("id"):
        pause.rung_at = now
        pause.save(update_fields=["rung_at"])
        words = Text(
            f"特别程序已超过告知的{pause.needs_days}个工作日，报部门负责人督办",
            f"It lasts longer than the {pause.needs_days} working days that were told; the head is told",
        )
        happenings.append(Happening("pause_late", words, "law", case_id=pause.case_id))
    for contest in overdue_contests(now).filter(filing=filing).order_by("id"):
        contest.rung_at = now
        contest.save(update_fields=["rung_at"])
        office = registry.organisation(contest.source).name
        words = Text(
            f"{office.zh}未在期限内答复异议，报数据主管部门督办",
            f"{office.en} did not answer the dispute in time; the data bureau is told",
        )
        happenings.append(Happening("contest_late", words, "law"))
    for pledge in overdue_pledges(now).filter(case__filing=filing).order_by("id"):
        pledge.rung_at = now
        pledge.save(update_fields=["rung_at"])
        rectifying = pledge.state == "rectifying"
        happenings.append(
            Happening(
                "pledge_late",
                RECTIFY_LATE if rectifying else CHECK_LATE,
                "law",
                case_id=pledge.case_id,
                audience="everyone" if rectifying else "office",
            )
        )
    for review in overdue_reviews(now).filter(case__filing=filing).order_by("id"):
        is_late = review.due_at < now
        review.alarm = 2 if is_late else 1
        review.save(update_fields=["alarm"])
        happenings.append(
            Happening(
                "review_late" if is_late else "review_soon",
                REVIEW_LATE if is_late else REVIEW_SOON,
                "law",
                case_id=review.case_id,
                audience="everyone" if is_late else "office",
            )
        )
    tell(filing.pk, happenings, now=now)
    return len(happenings)
