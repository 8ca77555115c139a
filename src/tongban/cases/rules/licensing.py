"""What an officer may do with a licence that their office has issued. Pure; the actions check it again."""

from datetime import date
from enum import StrEnum

from tongban.cases.rules.officers import DECIDERS
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text, is_readable
from tongban.licences import api as licences
from tongban.registry import api as registry


class LicencePower(StrEnum):
    """One thing an officer may do with a licence."""

    SUSPEND = "suspend"
    GIVE_BACK = "give-back"
    CANCEL = "cancel"
    REVOKE = "revoke"
    CONFIRM_EXPIRY = "expire"  # law has ended it by lapse of time; a named person confirms it
    RENEW = "renew"
    CHANGE = "change"


# What each does to the licence as it stands, and the notice by which its holder is told.
STATUS_CHANGES = {
    LicencePower.SUSPEND: (licences.Operation.SUSPENDED, licences.Status.SUSPENDED, "suspended"),
    LicencePower.GIVE_BACK: (licences.Operation.GIVEN_BACK, licences.Status.VALID, "given_back"),
    LicencePower.CANCEL: (licences.Operation.CANCELLED, licences.Status.CANCELLED, "cancelled"),
    LicencePower.REVOKE: (licences.Operation.OTHER, licences.Status.REVOKED, "revoked"),
    LicencePower.CONFIRM_EXPIRY: (licences.Operation.EXPIRED, licences.Status.ENDED, "expired"),
}
VERSION_NOTICES = {licences.Operation.RENEWED: "renewed", licences.Operation.CHANGED: "changed"}
_IN_FORCE = frozenset(
    {LicencePower.SUSPEND, LicencePower.CANCEL, LicencePower.REVOKE, LicencePower.CHANGE, LicencePower.RENEW}
)
_SUSPENDED = frozenset({LicencePower.GIVE_BACK, LicencePower.CANCEL, LicencePower.REVOKE})


def licence_powers(found: licences.Licence, staff: registry.Staff, *, on: date) -> frozenset[LicencePower]:
    """Give what this officer of the issuing office may do with a licence as it stands that day.

    One whose period has run out can only be confirmed as expired, or, where its holder had applied in time
    and nobody decided, as renewed by law (Administrative Licensing Law art. 50).
    """
    if not staff.holds(*DECIDERS):
        return frozenset()
    if found.status is licences.Status.SUSPENDED:
        return frozenset({LicencePower.CONFIRM_EXPIRY}) if found.is_over(on) else _SUSPENDED
    if found.status is not licences.Status.VALID:
        return frozenset()
    if found.is_over(on):
        return frozenset({LicencePower.CONFIRM_EXPIRY, LicencePower.RENEW})
    return _IN_FORCE if found.validate_end else _IN_FORCE - {LicencePower.RENEW}


def require_power(power: LicencePower, found: licences.Licence, staff: registry.Staff, *, on: date) -> None:
    """Refuse what cannot be done with the licence as it stands."""
    if power not in licence_powers(found, staff, on=on):
        raise Conflict(
            "cases.licence_not_now",
            what=Text(
                f"证照现为“{found.status.words.zh}”，不能办理该操作。",
                f"The licence is {found.status.words.en}; this cannot be done with it.",
            ),
            todo=Text(
                "请打开证照页面查看当前可办理的操作。", "The page of the licence says what is possible."
            ),
        )


def require_basis(basis: str) -> None:
    """Refuse a decision on a licence that names no article."""
    if not is_readable(basis):
        raise Invalid(
            "cases.basis_missing",
            what=Text("没有填写依据条款。", "No legal basis was given."),
            todo=Text("请写明法律法规名称和条款。", "Name the law and the article."),
        )


def require_in_time(applied_on: date, found: licences.Licence, *, on: date) -> None:
    """Refuse a renewal for which nobody applied while the licence held."""
    if applied_on > on or (found.validate_end is not None and applied_on > found.validate_end):
        raise Invalid(
            "cases.renewal_not_in_time",
            what=Text(
                "持证人申请延续的日期应在有效期届满前，且不晚于今天。",
                "The holder applied for the renewal before the period ran out, and not later than today.",
            ),
            todo=Text(
                "逾期申请的，请重新办理。", "Where the application came later, the holder applies anew."
            ),
        )


def require_later(until: date | None, found: licences.Licence) -> date:
    """Give the new last day of a licence that has one of its own; refuse none, and one that is no later."""
    if until is None or (found.validate_end is not None and until <= found.validate_end):
        raise Invalid(
            "cases.renewal_until",
            what=Text("新的有效期截止日应晚于原截止日。", "The new last day lies after the old one."),
            todo=Text("请填写新的有效期截止日。", "Write the new last day."),
        )
    return until


def no_such_licence(identifier: str) -> NotFound:
    """Say that there is no such licence for this officer."""
    return NotFound(
        "cases.no_licence_here",
        what=Text(
            f"没有查到证照 {identifier}。",
            f"Your office has issued no licence {identifier} for your role.",
        ),
        todo=Text("请从证照列表进入。", "Open it from the list of licences."),
    )
