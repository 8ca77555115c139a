"""Every read of the registry: the directory, staff and subjects."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from typing import cast

from django.db.models import Q

from tongban.kernel import rows
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.texts import Text
from tongban.registry import models, rules
from tongban.registry.directory import Directory
from tongban.registry.values import (
    Competence,
    ConsumerKey,
    Delegation,
    DelegationKind,
    Division,
    KeyAlgorithm,
    Nature,
    Organisation,
    Power,
    Role,
    SignedIn,
    Staff,
    Subject,
    in_force,
)

SUBJECT = rows.Prepared(lambda key: models.Subject.objects.filter(pk=key))
BY_ORGANISATION = (Key("organisation_id", str), Key("login", str))
CONSUMER_KEY = rows.Prepared(lambda key: models.ConsumerKey.objects.filter(key_id=key), stand_in="no key")
KEPT_DIRECTORIES = 2  # the standing one, and the one before while a load is going on
TORN_READS = 5  # a directory read while a load commits is read again


def directory() -> Directory:
    """Give all divisions and organisations as one frozen value: one query when nothing changed."""
    for _ in range(TORN_READS):
        standing = rows.read_one("SELECT digest FROM registry_edition")  # asked for all day: plain SQL
        if standing is None:
            return Directory((), (), (), ())
        try:
            return _directory_of(standing[0])
        except _TornReadError:
            continue
    raise RuntimeError("the registry changed during every read of it; its digest is not that of its tables")


class _TornReadError(Exception):
    """The tables were read in two states, before and after a load."""


@lru_cache(maxsize=KEPT_DIRECTORIES)
def _directory_of(standing: str) -> Directory:
    """Read the directory of a digest; the digest is checked, so the cache can never hold another state."""
    found = read_directory()
    if directory_digest(found) != standing:
        raise _TornReadError
    return found


def read_directory() -> Directory:
    """Read divisions, organisations, powers and delegations: four queries."""
    divisions = models.Division.objects.values_list(
        "code", "name_zh", "name_en", "level", "parent", "since", "until", "replaced_by"
    ).order_by("code", "since")
    powers = models.Power.objects.values_list(
        "organisation_id", "basic_code", "basis_zh", "basis_en", "mark", "since", "until", "cooperating"
    ).order_by("organisation_id", "basic_code", "since")
    delegations = models.Delegation.objects.values_list(
        "delegator_id",
        "delegate_id",
        "kind",
        "basic_code",
        "division",
        "basis_zh",
        "basis_en",
        "since",
        "until",
    ).order_by("delegator_id", "basic_code", "division", "since")
    return Directory(
        tuple(
            Division(code, Text(zh, en), level, parent, since, until, replaced_by)
            for code, zh, en, level, parent, since, until, replaced_by in divisions
        ),
        tuple(_organisation(row) for row in models.Organisation.objects.order_by("slug")),
        tuple(
            Power(slug, code, Text(zh, en), mark, since, until, tuple(others))
            for slug, code, zh, en, mark, since, until, others in powers
        ),
        tuple(
            Delegation(giver, taker, cast(DelegationKind, kind), code, place, Text(zh, en), since, until)
            for giver, taker, kind, code, place, zh, en, since, until in delegations
        ),
    )


def _organisation(row: models.Organisation) -> Organisation:
    return Organisation(
        slug=row.slug,
        name=Text(row.name_zh, row.name_en),
        credit_code=row.credit_code,
        nature=cast(Nature, row.nature),
        division=row.division,
        level=row.level,
        line_superior=row.line_superior_id,
        since=row.since,
        until=row.until,
        address=Text(row.address_zh, row.address_en) if row.address_zh else None,
        phone=row.phone,
    )


def directory_digest(found: Directory) -> str:
    """Give the digest of a directory's whole content, the same for the same content everywhere."""
    content = json.dumps(asdict(found), default=str, ensure_ascii=False, sort_keys=True)
    return sha256(content.encode()).hexdigest()


def division(code: str, at: date) -> Division:
    """Give a division as it stands on a day; raises NotFound with what took its place."""
    return directory().division(code, at)


def organisation(slug: str) -> Organisation:
    """Give an organisation; raises NotFound."""
    return directory().organisation(slug)


def organisations(at: date | None = None) -> tuple[Organisation, ...]:
    """Give every organisation, or those that exist on a day."""
    return directory().organisations(at)


def office_for(power: str, division: str, *, at: date) -> Competence:
    """Give who is competent for an item (its basic code) at a place on a day, and why it is they."""
    return directory().office_for(power, division, at)


def staff(login: str, *, on: date | None = None) -> Staff:
    """Give a staff member by login; with a day, NotFound unless they are in office on it."""
    return _staff(Q(login=login), on)


def staff_by_id(staff_id: int, *, on: date | None = None) -> Staff:
    """Give a staff member by id; with a day, as a session asks, NotFound once they have left."""
    return _staff(Q(id=staff_id), on)


def signed_in(staff_id: int, *, on: date) -> SignedIn:
    """Give a staff member in office with the mark of a session that begins now; read in one transaction."""
    row = _row(Q(id=staff_id), on)
    return SignedIn(_staff_value(row), session_mark(row))


def staff_in_session(staff_id: int, mark: str, *, on: date) -> Staff:
    """Give the staff member of a session that still stands on a day; NotFound once it has ended.

    It ends with their office, with what they signed in by, and with the roles that they signed in to.
    """
    row = _row(Q(id=staff_id), on)
    if not compare_digest(session_mark(row), mark):
        raise _no_staff()
    return _staff_value(row)


def session_mark(row: models.Staff) -> str:
    """Give what a session was begun under; sealing is never twice alike, so new credentials change it."""
    roles = sorted(f"{one.role}@{one.division}" for one in row.roles.all())
    return sha256("\n".join((row.totp_sealed, *roles)).encode()).hexdigest()


def staff_names(ids: Iterable[int]) -> Mapping[int, str]:
    """Give the names of these staff members, those who have left included, in one query."""
    return dict(models.Staff.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def body_for(function: str, division: str, *, at: date) -> Organisation:
    """Give the organisation of a function (tax, social, fund) in a division, or the nearest above it."""
    return directory().body_for(function, division, at)


def staff_of(organisation: str, *roles: Role, on: date) -> tuple[Staff, ...]:
    """Give those of an organisation who hold one of the roles (or any): two queries."""
    rows = models.Staff.objects.filter(_in_office(on), organisation_id=organisation)
    if roles:
        rows = rows.filter(roles__role__in=roles).distinct()
    return tuple(_staff_value(row) for row in rows.order_by("login").prefetch_related("roles"))


def places_of(staff: Staff) -> frozenset[str] | None:
    """Give the codes of the divisions that somebody handles for their office; None for all of its own.

    The head of an office answers for the whole of it, wherever the others are bound.
    """
    known = directory()
    home = known.organisation(staff.organisation).division
    if staff.holds(Role.LEADER) or home in staff.divisions:
        return None
    return frozenset().union(*(known.within(place) for place in staff.divisions))


def everybody(on: date, *, after: str = "", most: int = A_PAGE) -> Page[Staff]:
    """List those in office on a day, by organisation and login: two queries a page."""
    rows = models.Staff.objects.filter(_in_office(on)).prefetch_related("roles")
    return page_of(rows, BY_ORGANISATION, after=after, most=most).of(_staff_value)


def count_staff(on: date) -> int:
    """Count those in office on a day."""
    return models.Staff.objects.filter(_in_office(on)).count()


def _in_office(on: date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def _staff(which: Q, on: date | None) -> Staff:
    return _staff_value(_row(which, on))


def _row(which: Q, on: date | None) -> models.Staff:
    row = models.Staff.objects.filter(which).prefetch_related("roles").first()
    if row is None or (on is not None and not in_force(row.since, row.until, on)):
        raise _no_staff()
    return row


def _no_staff() -> NotFound:
    return NotFound(
        "registry.staff",
        what=Text(zh="没有该工作人员，或其已离任。", en="There is no such staff member in office."),
        todo=Text(zh="请核对登录名。", en="Check the login."),
    )


def _staff_value(row: models.Staff) -> Staff:
    held = list(row.roles.all())
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        organisation=row.organisation_id,
        roles=frozenset(Role(one.role) for one in held),
        divisions=tuple(sorted({one.division for one in held})),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What a sign-in is checked against."""

    staff_id: int
    password: str
    totp_sealed: str


def account(login: str, *, now: datetime) -> Account | None:
    """Give the credentials of a login that may sign in today, None for any other."""
    rows = models.Staff.objects.filter(_in_office(civil_date(now)), login=login).exclude(password="")
    found = rows.values_list("id", "password", "totp_sealed").first()
    return None if found is None else Account(*found)


def login_digest(login: str) -> str:
    """Give what stands for a login in the table of failures: whoever reads it learns no logins."""
    return sha256(login.encode()).hexdigest()


def subject(subject_id: int) -> Subject:
    """Give a subject by id; raises NotFound."""
    row = SUBJECT.first(subject_id)
    if row is None:
        raise NotFound(
            "registry.subject",
            what=Text(zh="没有该主体。", en="There is no such subject."),
            todo=Text(zh="请重新登录后再试。", en="Sign in again."),
        )
    return subject_value(row)


def subject_by_number(identity_type: str, number: str) -> Subject | None:
    """Give the subject of an identity, None when nobody by it was ever identified here."""
    number = rules.identity_number(identity_type, number)
    row = models.Subject.objects.filter(identity_type=identity_type, number=number).first()
    return None if row is None else subject_value(row)


def subject_ids(identities: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Give the ids of those identities (type, number) that were ever identified here, in one query."""
    numbers = {number for _, number in identities}
    rows = models.Subject.objects.filter(number__in=numbers) if numbers else models.Subject.objects.none()
    known = {(kind, number): id for kind, number, id in rows.values_list("identity_type", "number", "id")}
    return {identity: known[identity] for identity in identities if identity in known}


def subjects(ids: Iterable[int]) -> Mapping[int, Subject]:
    """Give several subjects in one query."""
    return {row.id: subject_value(row) for row in models.Subject.objects.filter(id__in=list(ids))}


def subject_value(row: models.Subject) -> Subject:
    """Give a row as what crosses the door."""
    kind = rules.subject_kind(row.identity_type)
    return Subject(row.id, kind, row.identity_type, row.number, row.name, row.assurance)


def consumer_key(key_id: str) -> ConsumerKey | None:
    """Give a consumer's key by its id, whether it still counts or not; None where there never was one."""
    row = CONSUMER_KEY.first(key_id)
    return None if row is None else consumer_key_value(row)


def standing_consumer_key(key_id: str, now: datetime) -> ConsumerKey | None:
    """Give a consumer's key if it counts now and its organisation stands; otherwise None."""
    key = consumer_key(key_id)
    if key is None or not key.stands(now):
        return None
    holder = organisation(key.organisation)
    return key if in_force(holder.since, holder.until, civil_date(now)) else None


def consumer_keys(organisation: str = "") -> tuple[ConsumerKey, ...]:
    """Give every key that one organisation or all ever registered, by organisation, oldest first."""
    found = models.ConsumerKey.objects.order_by("organisation_id", "since", "key_id")
    if organisation:
        found = found.filter(organisation_id=organisation)
    return tuple(consumer_key_value(row) for row in found)


def consumer_key_value(row: models.ConsumerKey) -> ConsumerKey:
    """Give a row as what crosses the door."""
    kind = cast(KeyAlgorithm, row.algorithm)
    return ConsumerKey(row.key_id, row.organisation_id, kind, bytes(row.public_key), row.since, row.until)
