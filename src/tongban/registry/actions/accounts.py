"""Credentials and roles of staff, set by the security administrator or by an install."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.registry import credentials, models, queries, rules
from tongban.registry.credentials import Credentials, SecondFactorKey
from tongban.registry.values import Role, Staff


def give_credentials(
    login: str, *, by: Staff | None, because: str, key: SecondFactorKey, now: datetime, chance: Chance
) -> Credentials:
    """Make a password and a second factor for a staff member and give them to be handed over.

    They stand nowhere else and cannot be read again; what the member had before no longer works.
    `by` is the security administrator, never the member themselves; None is whoever sits at the
    machine, who gives them to a security administrator alone: the first one has nobody to ask, and
    neither has one who has lost theirs.
    """
    if by is None:
        rules.require_first_hand(queries.staff(login, on=civil_date(now)))
    made = credentials.fresh_credentials(login, chance)
    set_credentials(
        login, made.password, made.totp_secret, by=by, because=because, key=key, now=now, chance=chance
    )
    return made


def set_credentials(
    login: str,
    password: str,
    totp_secret: str,
    *,
    by: Staff | None,
    because: str,
    key: SecondFactorKey,
    now: datetime,
    chance: Chance,
) -> None:
    """Give a staff member a password and a second factor; what they had before no longer works,
    and sessions begun with it end.

    `by` is the security administrator, never the member themselves; None is the install itself,
    before anybody can sign in. Raises InvalidValue for a weak password or secret, or without a cause.
    """
    rules.require_cause(because)
    if by is not None:
        rules.require_security_administrator(by, login)
    rules.check_password(login, password)
    credentials.check_secret(totp_secret)
    hashed = credentials.hash_password(password, chance)  # before the transaction: it takes long
    sealed = key.seal(login, totp_secret, chance)
    _store_credentials({login: (hashed, sealed)}, by, {"because": because}, now, chance)


def make_demonstration_accounts(
    seed: bytes, *, key: SecondFactorKey, now: datetime, chance: Chance
) -> tuple[Credentials, ...]:
    """Give every staff member without credentials those derived from this install's seed; give all derived.

    For a demonstration city only. Members whose credentials a person has set keep them.
    """
    logins = tuple(models.Staff.objects.order_by("login").values_list("login", flat=True))
    without = set(models.Staff.objects.filter(password="").values_list("login", flat=True))
    accounts = credentials.demonstration_accounts(seed, logins)
    fresh = {
        account.login: (
            credentials.hash_password(account.password, chance),
            key.seal(account.login, account.totp_secret, chance),
        )
        for account in accounts
        if account.login in without
    }
    if fresh:
        _store_credentials(fresh, None, {}, now, chance)
    return accounts


@whole
def _store_credentials(
    fresh: Mapping[str, tuple[str, str]],
    by: Staff | None,
    cause: Mapping[str, object],
    now: datetime,
    chance: Chance,
) -> None:
    for login, (hashed, sealed) in fresh.items():
        row = _row(login)
        row.password, row.totp_sealed, row.totp_last_step = hashed, sealed, 0
        row.save(update_fields=["password", "totp_sealed", "totp_last_step"])
        models.SignInFailure.objects.filter(login_digest=queries.login_digest(login)).delete()
        _evidence("staff.credentials_set", row, cause, by, now, chance)


@whole
def revoke_credentials(login: str, *, by: Staff, because: str, now: datetime, chance: Chance) -> None:
    """Take away what a staff member signs in with: nothing opens any more, and every session ends.

    `by` is the security administrator, never the member themselves. Raises Conflict where there is
    nothing to take away, InvalidValue without a cause.
    """
    rules.require_cause(because)
    rules.require_security_administrator(by, login)
    row = _row(login)
    if not row.password:
        raise rules.no_credentials(login)
    row.password, row.totp_sealed, row.totp_last_step = "", "", 0
    row.save(update_fields=["password", "totp_sealed", "totp_last_step"])
    _evidence("staff.credentials_revoked", row, {"because": because}, by, now, chance)


@whole
def set_roles(
    login: str,
    roles: Iterable[tuple[Role, str]],
    *,
    by: Staff,
    because: str,
    now: datetime,
    chance: Chance,
) -> Staff:
    """Give a staff member exactly these roles, each in a division; from then on the file's no longer count.

    Raises NotAllowed unless `by` is another person, the security administrator; Conflict when the
    roles may not be combined or lie in different divisions; NotFound for a division that does not stand
    today; InvalidValue without a cause.
    """
    held = sorted(set(roles))
    rules.require_cause(because)
    rules.require_security_administrator(by, login)
    rules.check_separation(login, {role for role, _ in held})
    rules.check_one_area(held)
    directory = queries.directory()
    row = _row(login)
    home = directory.organisation(row.organisation_id).division
    reach = directory.within(home)
    for _, place in held:
        if place not in reach:
            raise NotFound(
                "staff.role_division",
                what=Text(
                    zh=f"{place}不在其机构辖区内。", en=f"{place} does not lie in their organisation's area."
                ),
                todo=Text(zh=f"请填写{home}辖区内的区划。", en=f"Give a division of {home}."),
            )
    row.roles.all().delete()
    models.StaffRole.objects.bulk_create(
        [models.StaffRole(staff=row, role=role.value, division=place) for role, place in held]
    )
    row.roles_set_by_id = by.id
    row.save(update_fields=["roles_set_by"])
    said = {"roles": [f"{role}@{place}" for role, place in held], "because": because}
    _evidence("staff.roles_set", row, said, by, now, chance)
    return queries.staff_by_id(row.id)


def _row(login: str) -> models.Staff:
    row = models.Staff.objects.select_for_update().filter(login=login).first()
    if row is None:
        raise NotFound(
            "registry.staff",
            what=Text(zh=f"没有登录名为“{login}”的工作人员。", en=f"There is no staff member {login!r}."),
            todo=Text(zh="请先在staff.yaml中写明。", en="Declare them in staff.yaml first."),
        )
    return row


@part
def _evidence(
    kind: str, row: models.Staff, extra: Mapping[str, object], by: Staff | None, now: datetime, chance: Chance
) -> None:
    fields = {
        "staff": str(row.id),
        "login": row.login,
        "maker": "install" if by is None else str(by.id),
        **extra,
    }
    ledger.record("decisions", kind, fields, office=row.organisation_id, now=now, chance=chance)
