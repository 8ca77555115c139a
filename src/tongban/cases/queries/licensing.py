"""The licences that an office has issued, for its own officers, and the one they act on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongban.cases.models import Case
from tongban.cases.queries.desk import cases_of_office
from tongban.cases.queries.officer import remedies
from tongban.cases.queries.readers import CASE_ROLES
from tongban.cases.queries.rights import of_office
from tongban.cases.rules.licensing import LicencePower, licence_powers, no_such_licence
from tongban.cases.rules.states import CaseState
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import InvalidValue, NotFound
from tongban.kernel.pages import MOST_ON_A_PAGE
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

A_PAGE = 50
_YIELDED = (CaseState.GRANTED, CaseState.REVOKED)


@dataclass(frozen=True, slots=True)
class LicencePage:
    """A page of an office's licences, newest first; `after` names the case to go on behind, if any."""

    found: tuple[licences.Licence, ...]
    over: tuple[licences.Licence, ...]  # their time has run out and nobody has confirmed it
    after: str


@dataclass(frozen=True, slots=True)
class OfficerLicence:
    """One licence as an officer of the issuing office sees it, without what is written on it."""

    licence: licences.Licence
    item: Text
    versions: tuple[licences.Licence, ...]
    history: tuple[licences.StatusChange, ...]
    people: Mapping[str, str]  # staff id as written → name
    notices: tuple[papers.Notice, ...]
    remedies: tuple[Text, ...]
    powers: frozenset[LicencePower]
    over: bool  # its period has run out


def licences_at(staff: registry.Staff, *, wanted: str = "", after: str = "", at: Workplace) -> LicencePage:
    """List the office's licences, each in its newest version, or those that `wanted` names.

    `wanted` is a licence identifier or the number of a holder.

    The right is in the WHERE clause: only cases of one's own office, and none without a case role.
    """
    cases = Case.objects.filter(cases_of_office(staff), state__in=_YIELDED).exclude(licence="")
    if wanted:
        named = {each.case_number for each in _wanted(wanted)}
        return LicencePage(_newest(cases.filter(number__in=named).values_list("number", flat=True)), (), "")
    if after:
        place = cases.filter(number=after).values_list("pk", flat=True).first()
        cases = cases.filter(pk__lt=place or 0)
    numbers = [str(each) for each in cases.order_by("-id").values_list("number", flat=True)[: A_PAGE + 1]]
    more = numbers[A_PAGE - 1] if len(numbers) > A_PAGE else ""
    return LicencePage(_newest(numbers[:A_PAGE]), () if after else _over(staff, at), more)


def officer_licence(identifier: str, staff: registry.Staff, *, at: Workplace) -> OfficerLicence:
    """Give a licence of the officer's own office; NotFound, in the same words, for any other."""
    row, found = case_of_licence(identifier, staff, *CASE_ROLES)
    item = items.pinned(row.filing.bundle_digest).item(row.item)
    history, today = licences.history(identifier), civil_date(at.clock.now())
    names = registry.staff_names({int(each.staff) for each in history if each.staff.isdecimal()})
    return OfficerLicence(
        licence=found,
        item=item.name,
        versions=licences.versions(identifier),
        history=history,
        people={str(number): name for number, name in names.items()},
        notices=on_licences(found.case_number),
        remedies=remedies(row, item),
        powers=licence_powers(found, staff, on=today),
        over=found.is_over(today),
    )


def case_of_licence(
    identifier: str, staff: registry.Staff, *roles: registry.Role
) -> tuple[Case, licences.Licence]:
    """Give the case that has yielded a licence, if this officer's office has it and they hold such a role."""
    try:
        found = licences.licence(identifier)
    except NotFound as absent:
        raise no_such_licence(identifier) from absent
    row = (
        Case.objects.filter(of_office(staff, roles), number=found.case_number)
        .select_related("filing")
        .first()
    )
    if row is None:
        raise no_such_licence(identifier)
    return row, found


def on_licences(case_number: str) -> tuple[papers.Notice, ...]:
    """Give the sealed notices of what was done to a case's licence after it was issued: all, page by page."""
    page = papers.notices_of([case_number], most=MOST_ON_A_PAGE)
    found = list(page.lines)
    while page.after:
        page = papers.notices_of([case_number], after=page.after, most=MOST_ON_A_PAGE)
        found += page.lines
    return tuple(each for each in found if each.kind in papers.ON_LICENCES)


def _wanted(wanted: str) -> tuple[licences.Licence, ...]:
    try:
        return (licences.licence(licences.read_identifier(wanted)),)
    except (InvalidValue, NotFound):
        return licences.licences_of(wanted).lines


def _newest(case_numbers: Iterable[str | None]) -> tuple[licences.Licence, ...]:
    """Give the newest signed version for each case."""
    return licences.newest_from(filter(None, case_numbers))


def _over(staff: registry.Staff, at: Workplace) -> tuple[licences.Licence, ...]:
    """Give those of the office's licences whose time has run out."""
    cases = Case.objects.filter(cases_of_office(staff))
    issuers = set(cases.order_by().values_list("in_name_of", flat=True).distinct())
    over = licences.licences_over(civil_date(at.clock.now()), issuers)
    own = set(cases.filter(number__in=[e.case_number for e in over]).values_list("number", flat=True))
    return tuple(each for each in over if each.case_number in own)
