"""The law of papers, pure: the kinds of notice, what each must say, and the codes of materials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Invalid, NotAllowed
from tongban.kernel.texts import Text


class NoticeKind(StrEnum):
    """The notices that an office gives (行政许可法 Art. 32, 38, 42, 45, 50, 69, 70)."""

    RECEIPT = "receipt"
    TO_BE_COMPLETED = "to_be_completed"
    ACCEPTED = "accepted"
    NOT_REQUIRED = "not_required"
    NOT_ACCEPTED = "not_accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    SPECIAL_PROCEDURE = "special_procedure"
    RECTIFY = "rectify"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    GIVEN_BACK = "given_back"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RENEWED = "renewed"
    CHANGED = "changed"


# What is done to a licence after it was issued: its holder finds these beside the licence.
ON_LICENCES: Final = frozenset(
    {
        NoticeKind.REVOKED,
        NoticeKind.SUSPENDED,
        NoticeKind.GIVEN_BACK,
        NoticeKind.CANCELLED,
        NoticeKind.EXPIRED,
        NoticeKind.RENEWED,
        NoticeKind.CHANGED,
    }
)

# What goes against the applicant is said by a named person (promise 5). A period that is prolonged needs
# the head of the office; a lapse by operation of law is confirmed by a person.
BY_A_PERSON: Final = frozenset(
    {
        NoticeKind.NOT_REQUIRED,
        NoticeKind.NOT_ACCEPTED,
        NoticeKind.REFUSED,
        NoticeKind.WITHDRAWN,
        NoticeKind.EXTENDED,
        NoticeKind.RECTIFY,
        *ON_LICENCES,
    }
)
WITH_REASONS: Final = frozenset(
    {
        NoticeKind.NOT_REQUIRED,
        NoticeKind.NOT_ACCEPTED,
        NoticeKind.REFUSED,
        NoticeKind.EXTENDED,
        NoticeKind.RECTIFY,
        *ON_LICENCES,
    }
)
# 行政许可法 Art. 38: a refusal says that reconsideration and litigation are open. A case that lapses ends
# against its applicant's will, so that notice says it too, and so does every end of a licence.
WITH_REMEDIES: Final = frozenset(
    {
        NoticeKind.NOT_ACCEPTED,
        NoticeKind.REFUSED,
        NoticeKind.REVOKED,
        NoticeKind.WITHDRAWN,
        NoticeKind.SUSPENDED,
        NoticeKind.CANCELLED,
        NoticeKind.EXPIRED,
    }
)
WITH_A_LIST: Final = frozenset({NoticeKind.TO_BE_COMPLETED})


class Necessity(StrEnum):
    """材料必要性， as deployed systems code it (docs/law/papers.md)."""

    NECESSARY = "1"
    NOT_NECESSARY = "2"
    MAY_FOLLOW = "3"


class Collection(StrEnum):
    """收取方式， as deployed systems code it (docs/law/papers.md)."""

    PAPER = "1"
    UPLOADED = "2"
    SCANNED = "3"
    MAY_FOLLOW = "4"
    LICENCE = "5"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a notice rests on, as far as its kind demands.

    A notice that says no cannot have its grounds constructed without a named person, reasons and
    remedies; a correction notice not without the whole list of what is missing.
    """

    kind: NoticeKind
    staff: str | None = None
    reasons: tuple[Text, ...] = ()
    remedies: tuple[Text, ...] = ()
    wanting: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        if self.kind in BY_A_PERSON and not (self.staff and self.staff.strip()):
            raise NotAllowed(
                "papers.needs_person",
                what=Text(
                    "这类文书须由具名工作人员作出，系统不得自动出具。",
                    "A notice of this kind is given by a named person, never by a machine.",
                ),
                todo=Text(
                    "请由有权限的工作人员登录后办理。", "Have an officer with the power sign in and decide."
                ),
            )
        lacking = [
            name
            for name, needed, given in (
                (Text("理由", "reasons"), WITH_REASONS, self.reasons),
                (Text("救济途径", "remedies"), WITH_REMEDIES, self.remedies),
                (Text("补正清单", "the list of what is to be completed"), WITH_A_LIST, self.wanting),
            )
            if self.kind in needed and not given
        ]
        if lacking:
            raise Invalid(
                "papers.notice_incomplete",
                what=Text(
                    f"文书缺少{'、'.join(each.zh for each in lacking)}。",
                    f"The notice lacks {', '.join(each.en for each in lacking)}.",
                ),
                todo=Text("请补充后再出具。", "Add it before the notice is given."),
            )


def kind_named(name: str) -> NoticeKind:
    """Give the kind of that name; raises Invalid for any other."""
    try:
        return NoticeKind(name)
    except ValueError as unknown:
        raise Invalid(
            "papers.notice_kind",
            what=Text(f"没有名为“{name}”的文书。", f"There is no notice {name!r}."),
            todo=Text(
                f"可用：{'、'.join(kind.value for kind in NoticeKind)}。",
                f"One of: {', '.join(kind.value for kind in NoticeKind)}.",
            ),
        ) from unknown


def listed(entries: Sequence[Text]) -> Text:
    """Write several things one under the other, numbered; a single one stands alone."""
    if len(entries) == 1:
        return entries[0]
    zh = "；\n".join(f"{place}. {entry.zh.rstrip('。；')}" for place, entry in enumerate(entries, start=1))
    en = ";\n".join(f"{place}. {entry.en.rstrip('.;')}" for place, entry in enumerate(entries, start=1))
    return Text(f"\n{zh}", f"\n{en}")


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def written_day(day: date | datetime, *, provisional: bool = False) -> Text:
    """Write a day as notices do; a provisional one says so in its own words wherever it stands."""
    civil = civil_date(day) if isinstance(day, datetime) else day
    zh = f"{civil.year}年{civil.month}月{civil.day}日"
    en = f"{civil.day} {_MONTHS[civil.month - 1]} {civil.year}"
    if not provisional:
        return Text(zh, en)
    return Text(
        f"{zh}（暂定，国务院办公厅公布该年度放假安排后重新计算）",
        f"{en} (provisional: counted again once that year's holidays are announced)",
    )
