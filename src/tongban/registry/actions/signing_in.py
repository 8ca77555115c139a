"""Staff sign in with a password and a one-time code; the answer to a failure never says why."""

from datetime import datetime, timedelta

from tongban.kernel.clock import civil_date
from tongban.kernel.ids import Chance
from tongban.kernel.transactions import outside_any_transaction, part, whole
from tongban.ledger import api as ledger
from tongban.registry import credentials, models, queries, rules
from tongban.registry.credentials import SecondFactorKey
from tongban.registry.queries import Account
from tongban.registry.values import SignedIn, Staff

FORGOTTEN_AFTER = timedelta(days=1)


def sign_in(
    login: str, password: str, code: str, *, now: datetime, key: SecondFactorKey, chance: Chance
) -> SignedIn:
    """Give the staff member whose login, password and one-time code these are.

    Raises NotAllowed otherwise: the same words for an unknown login, a wrong password, a wrong or a
    used code; after five failures in a row the login is locked for a quarter of an hour, whether it
    exists or not. Sign-ins, failures and locks of staff are evidence: staff.signed_in.
    """
    # Hashing takes tens of milliseconds: no transaction may be open meanwhile.
    outside_any_transaction("checking a password")
    found = queries.account(login, now=now)
    tried = password[: rules.PASSWORD_LENGTHS.stop]  # what is longer than any password is not hashed whole
    right = credentials.password_matches(found.password if found else credentials.NOBODYS_HASH, tried)
    secret = key.open(login, found.totp_sealed) if found else credentials.NOBODYS_SECRET
    step = credentials.matching_step(secret, code, now)
    proven = step if found is not None and right else None
    rehashed = _rehashed(found, password, chance) if proven is not None else None
    answer = _judge(login, found, proven, rehashed, now=now, chance=chance)
    if isinstance(answer, SignedIn):
        return answer
    raise rules.refused_sign_in() if answer is None else rules.locked_sign_in(answer, now)


def _rehashed(found: Account | None, password: str, chance: Chance) -> str | None:
    if found is None or not credentials.needs_rehash(found.password):
        return None
    return credentials.hash_password(password, chance)


@whole
def _judge(
    login: str,
    found: Account | None,
    step: int | None,
    rehashed: str | None,
    *,
    now: datetime,
    chance: Chance,
) -> SignedIn | datetime | None:
    """Give who signed in, the moment until which the login is locked, or None for a plain refusal."""
    failure = _failure_row(login, now)
    failures = rules.Failures(failure.count, failure.locked_until)
    if failures.is_locked(now):
        return failures.locked_until
    if found is not None and step is not None and _use_code(found, step, rehashed):
        failure.delete()
        entered = queries.signed_in(found.staff_id, on=civil_date(now))
        _evidence(found, login, "signed_in", staff=entered.staff, now=now, chance=chance)
        return entered
    after = failures.after_one_more(now)
    failure.count, failure.locked_until, failure.last_at = after.count, after.locked_until, now
    failure.save()
    if found is not None:
        result = "locked" if after.locked_until else "refused"
        _evidence(found, login, result, staff=None, now=now, chance=chance)
    return after.locked_until


def _failure_row(login: str, now: datetime) -> models.SignInFailure:
    """Give the login's row of failures, locked, so that guesses at once are counted one by one."""
    name = queries.login_digest(login)
    models.SignInFailure.objects.get_or_create(login_digest=name, defaults={"last_at": now})
    return models.SignInFailure.objects.select_for_update().get(login_digest=name)


@part
def _use_code(found: Account, step: int, rehashed: str | None) -> bool:
    """Use up a one-time code; False when it, or a later one, was used already or the password changed."""
    changes: dict[str, object] = {"totp_last_step": step}
    if rehashed is not None:
        changes["password"] = rehashed
    unused = models.Staff.objects.filter(
        id=found.staff_id, password=found.password, totp_sealed=found.totp_sealed, totp_last_step__lt=step
    )
    return unused.update(**changes) == 1


@part
def _evidence(
    found: Account, login: str, result: str, *, staff: Staff | None, now: datetime, chance: Chance
) -> None:
    fields: dict[str, object] = {
        "staff": str(found.staff_id),
        "login": login,
        "method": "password and one-time code",
        "result": result,
    }
    if staff is not None:
        fields["roles"] = sorted(staff.roles)
    office = None if staff is None else staff.organisation
    ledger.record("shares", "staff.signed_in", fields, office=office, now=now, chance=chance)


@whole
def forget_failures(now: datetime) -> int:
    """Delete failures of logins that have been quiet for a day; give how many."""
    quiet = models.SignInFailure.objects.filter(last_at__lt=now - FORGOTTEN_AFTER)
    deleted, _ = quiet.delete()
    return deleted
