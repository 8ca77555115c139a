"""The licences that an office has issued, for its own officers, and the one they act on."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from tongban.cases.models import Case
from tongban.cases.queries.desk import cases_of_office
from tongban.cases.queries.officer import remedies
from tongban.cases.queries.readers import CASE_ROLES, NEWEST_FIRST
from tongban.cases.queries.rights import of_office
from tongban.cases.rules.licensing import LicencePower, licence_powers, no_such_licence
from tongban.cases.rules.states import CaseState
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import rows
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import InvalidValue, NotFound
from tongban.kernel.pages import MOST_ON_A_PAGE, Page, page_of
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

_YIELDED = (CaseState.GRANTED, CaseState.REVOKED)


@dataclass(frozen=True, slots=True)
class LicencePage:
    """A page of an office's licences, newest first, and of those that wait to be confirmed as expired."""

    found: Page[licences.Licence]
    over: Page[licences.Licence]  # their time has run out and nobody has confirmed it


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


def licences_at(
    staff: registry.Staff, *, wanted: str = "", after: str = "", over: str = "", at: Workplace
) -> LicencePage:
    """List the office's licences, each in its newest version, or those that `wanted` names.

    `wanted` is a licence identifier or the number of a holder, `after` and `over` places in the two lists.
    The right is in the WHERE clause: only cases of one's own office, and none without a case role.
    """
    yielded = Case.objects.filter(cases_of_office(staff), state__in=_YIELDED).exclude(licence="")
    if wanted:
        return LicencePage(_wanted(wanted, yielded, after), Page(()))
    listed = page_of(yielded, NEWEST_FIRST, after=after)
    found = licences.newest_from([row.number for row in listed.lines if row.number])
    own = rows.chosen(Case.objects.filter(cases_of_office(staff)), "number")
    waiting = licences.licences_over(civil_date(at.clock.now()), own, after=over)
    return LicencePage(Page(found, listed.after), waiting)


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


def _wanted(wanted: str, yielded: QuerySet[Case], after: str) -> Page[licences.Licence]:
    """Give what the office has issued under this identifier, otherwise to the holder of this number."""
    try:
        named = licences.licence(licences.read_identifier(wanted)).case_number
    except (InvalidValue, NotFound):
        return licences.newest_of(wanted, rows.chosen(yielded, "number"), after=after)
    own = yielded.filter(number=named).exists()
    return Page(licences.newest_from([named]) if own else ())
