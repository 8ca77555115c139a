"""The law of licences, pure: what is written on one, which status may follow which, who must say so.

Status and operation codes are those in wide use with GB/T 36903 and 36906 (found; docs/law/licences.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from tongban.kernel.calendar import Calendar
from tongban.kernel.clock import civil_date
from tongban.kernel.deadlines import add
from tongban.kernel.errors import Conflict, Invalid, NotAllowed
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.values.licence_identifier import LicenceIdentifier, compose, parse
from tongban.licences.declared import LicenceField, LicenceType

SERIAL_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIAL_LENGTH: Final = 20


class Status(StrEnum):
    """What a licence is worth now."""

    VALID = "01"
    SUSPENDED = "02"
    REVOKED = "03"
    CANCELLED = "04"
    ENDED = "05"
    OTHER = "99"

    @property
    def words(self) -> Text:
        """The status in words."""
        return STATUS_TITLES[self]


STATUS_TITLES: Final = {
    Status.VALID: Text("有效", "valid"),
    Status.SUSPENDED: Text("暂扣", "suspended"),
    Status.REVOKED: Text("撤销/吊销", "revoked"),
    Status.CANCELLED: Text("注销", "cancelled"),
    Status.ENDED: Text("失效", "ended"),
    Status.OTHER: Text("其他", "other"),
}


class Operation(StrEnum):
    """What was done to a licence."""

    ISSUED = "01"
    RENEWED = "02"
    SUSPENDED = "03"
    EXPIRED = "04"
    CANCELLED = "05"
    GIVEN_BACK = "06"
    OTHER = "07"
    CHANGED = "08"

    @property
    def words(self) -> Text:
        """The operation in words."""
        return OPERATION_TITLES[self]


OPERATION_TITLES: Final = {
    Operation.ISSUED: Text("新发", "issued"),
    Operation.RENEWED: Text("延续", "renewed"),
    Operation.SUSPENDED: Text("暂扣", "suspended"),
    Operation.EXPIRED: Text("过期失效", "expired"),
    Operation.CANCELLED: Text("注销", "cancelled"),
    Operation.GIVEN_BACK: Text("暂扣发还", "given back after suspension"),
    Operation.OTHER: Text("其他", "other"),
    Operation.CHANGED: Text("变更/转入", "changed or moved in"),
}

LONGEST_CAUSE: Final = 200  # characters, as deployed share services ask for (docs/law/licences.md)


class Way(StrEnum):
    """How somebody other than its holder came to see a licence."""

    OFFICER = "officer"  # of the office that issued it
    OFFICE = "office"  # another office, under a grant, in place of paper
    LINK = "link"  # a third party, by the holder's consent

    @property
    def words(self) -> Text:
        """The way in words."""
        return WAY_TITLES[self]


WAY_TITLES: Final = {
    Way.OFFICER: Text("发证机关查看", "the issuing office looked"),
    Way.OFFICE: Text("其他部门免提交查看", "another office looked, in place of paper"),
    Way.LINK: Text("凭您出示的链接查看", "seen by the link you gave"),
}

# Operations that bring a licence into being; all but the first stand on an earlier version.
MAKING: Final = frozenset({Operation.ISSUED, Operation.RENEWED, Operation.CHANGED})
# From which status an operation leads where. Revocation has no operation code of its own in the list,
# so 07 (other) carries it. 03, 04 and 05 are final: a revoked licence is issued anew or not at all.
TRANSITIONS: Final[Mapping[tuple[Status, Operation], frozenset[Status]]] = {
    (Status.VALID, Operation.SUSPENDED): frozenset({Status.SUSPENDED}),
    (Status.SUSPENDED, Operation.GIVEN_BACK): frozenset({Status.VALID}),
    (Status.VALID, Operation.EXPIRED): frozenset({Status.ENDED}),
    (Status.SUSPENDED, Operation.EXPIRED): frozenset({Status.ENDED}),
    (Status.VALID, Operation.CANCELLED): frozenset({Status.CANCELLED}),
    (Status.SUSPENDED, Operation.CANCELLED): frozenset({Status.CANCELLED}),
    (Status.VALID, Operation.RENEWED): frozenset({Status.ENDED}),
    (Status.VALID, Operation.CHANGED): frozenset({Status.ENDED}),
    (Status.VALID, Operation.OTHER): frozenset({Status.REVOKED, Status.OTHER}),
    (Status.SUSPENDED, Operation.OTHER): frozenset({Status.REVOKED, Status.OTHER}),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a licence's status, with who decided it and why.

    An adverse one cannot be constructed without a named person, reasons and a basis (promise 5):
    suspending, revoking, letting end by lapse of time, and cancelling against the holder's wish.
    """

    operation: Operation
    status: Status
    reasons: Text | None = None
    basis: str = ""
    staff: str | None = None
    at_holders_request: bool = False

    def __post_init__(self) -> None:
        if self.adverse and not (
            self.staff and self.staff.strip() and self.reasons and is_readable(self.basis)
        ):
            raise NotAllowed(
                "licences.adverse_needs_person",
                what=Text(
                    f"“{self.operation.words.zh}”是对当事人不利的决定，须由具名工作人员作出，并写明理由和依据。",
                    f"'{self.operation.words.en}' goes against the holder: a named person decides it,"
                    " with reasons and a basis.",
                ),
                todo=Text(
                    "请由有权限的工作人员登录后作出决定。",
                    "Have an officer with the power sign in and decide.",
                ),
            )

    @property
    def maker(self) -> str:
        """Who makes it: the law where time has run out and a person only confirms it, else a person."""
        return "law" if self.operation is Operation.EXPIRED else "person"

    @property
    def adverse(self) -> bool:
        """Whether the change goes against the holder."""
        if self.operation in (Operation.SUSPENDED, Operation.EXPIRED):
            return True
        if self.operation is Operation.CANCELLED:
            return not self.at_holders_request
        return self.status in (Status.REVOKED, Status.OTHER)


def require_transition(status: Status, change: Change) -> None:
    """Refuse a change that no rule knows from this status."""
    if change.status not in TRANSITIONS.get((status, change.operation), frozenset()):
        raise Conflict(
            "licences.transition",
            what=Text(
                f"状态为“{status.words.zh}”的证照不能因“{change.operation.words.zh}”变为“{change.status.words.zh}”。",
                f"A licence that is {status.words.en} does not become {change.status.words.en}"
                f" by '{change.operation.words.en}'.",
            ),
            todo=Text("请先核对证照当前状态。", "Look at the licence's status first."),
        )


def first_identifier(type_code: str, issuer_code: str, chance: Chance) -> LicenceIdentifier:
    """Compose the identifier of a new licence: a serial of 20 random characters, version 001."""
    return compose(type_code, issuer_code, _serial(chance), 1)


def next_identifier(previous: str) -> LicenceIdentifier:
    """Compose the identifier of the next version: the same but for version and check character."""
    before = parse(previous)
    version = int(before.version) + 1
    if version > 999:
        raise Conflict(
            "licences.versions_used_up",
            what=Text("该证照的版本号已用完。", "All version numbers of this licence are used."),
            todo=Text("请新发证照。", "Issue a new licence instead."),
        )
    return compose(before.type_code, before.issuer, before.serial, version)


def base_of(identifier: LicenceIdentifier) -> str:
    """Give what all versions of one licence share: type, issuer and serial."""
    return f"{identifier.type_code}.{identifier.issuer}.{identifier.serial}"


def check_content(kind: LicenceType, content: Mapping[str, object]) -> dict[str, Any]:
    """Give the content in the type's order, or refuse what the type does not know, lacks or cannot hold."""
    unknown = sorted(content.keys() - {field.code for field in kind.fields})
    if unknown:
        raise _wrong_content(kind, f"没有字段：{'、'.join(unknown)}", f"it has no field {', '.join(unknown)}")
    lacking = [field for field in kind.fields if field.required and _is_empty(content.get(field.code))]
    if lacking:
        raise _wrong_content(
            kind,
            f"缺少{'、'.join(field.name.zh for field in lacking)}",
            f"{', '.join(field.name.en for field in lacking)} is missing",
        )
    return {
        field.code: _checked(kind, field, content[field.code])
        for field in kind.fields
        if not _is_empty(content.get(field.code))
    }


def validity(kind: LicenceType, content: Mapping[str, Any], now: datetime) -> tuple[date, date | None]:
    """Give the first and the last day of a licence issued now; no last day where nothing sets one.

    The last day is the content's where the type says so, else it follows from the type's months.
    """
    start = civil_date(now)
    return start, _own_last_day(kind, content) or _last_day(start, kind.valid_months)


def validity_after(
    kind: LicenceType,
    content: Mapping[str, Any],
    operation: Operation,
    ends: date | None,
    now: datetime,
) -> tuple[date, date | None]:
    """Give the days of a version that takes another's place, whose own last day is `ends`.

    A changed one holds as long as the one before. A renewed one begins today and holds one period longer,
    so that no day of the old period is lost by asking early; what has no end cannot be renewed.
    """
    start, own = civil_date(now), _own_last_day(kind, content)
    if own is not None:
        return start, own
    if operation is Operation.CHANGED:
        return start, ends
    if ends is None or kind.valid_months is None:
        raise Conflict(
            "licences.no_end",
            what=Text(
                "该证照长期有效，不需要延续。", "This licence has no end, so there is nothing to renew."
            ),
            todo=Text("内容有变化的，请办理变更。", "Where what it says has changed, change it."),
        )
    return start, _last_day(max(ends + timedelta(days=1), start), kind.valid_months)


def _own_last_day(kind: LicenceType, content: Mapping[str, Any]) -> date | None:
    written = content.get(kind.until_field or "")
    return None if written is None else date.fromisoformat(written)


def _last_day(start: date, months: int | None) -> date | None:
    """Give the day before the one that corresponds to the first, or the last day of a month without it."""
    if months is None:
        return None
    until = civil_date(add(start, months, "month", Calendar({})).at)
    return until - timedelta(days=1) if until.day == start.day else until


def _serial(chance: Chance) -> str:
    number = int.from_bytes(chance.bytes(16))  # 128 bits, more than 20 characters can hold: no bias to see
    characters = []
    for _ in range(SERIAL_LENGTH):
        number, place = divmod(number, len(SERIAL_ALPHABET))
        characters.append(SERIAL_ALPHABET[place])
    return "".join(characters)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])


def _checked(kind: LicenceType, field: LicenceField, value: object) -> object:
    """Give the value if it is of the field's type."""
    if field.type == "list":
        fits = isinstance(value, (list, tuple)) and all(isinstance(each, str) and each for each in value)
        value = list(value) if isinstance(value, (list, tuple)) else value
    elif field.type == "boolean":
        fits = isinstance(value, bool)
    elif field.type in ("integer", "cents"):
        fits = isinstance(value, int) and not isinstance(value, bool)
    elif field.type == "date":
        fits = isinstance(value, str) and _is_day(value)
    else:
        fits = isinstance(value, str)
    if not fits:
        raise _wrong_content(
            kind, f"“{field.name.zh}”的值不符合其类型", f"the value of {field.name.en} is no {field.type}"
        )
    return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong_content(kind: LicenceType, zh: str, en: str) -> Invalid:
    return Invalid(
        "licences.content",
        what=Text(f"{kind.name.zh}的内容不合格：{zh}。", f"This content makes no {kind.name.en}: {en}."),
        todo=Text(
            "请核对事项包的 licence.content 与证照类型的字段。",
            "Compare the pack's licence.content with the fields of the licence type.",
        ),
    )
