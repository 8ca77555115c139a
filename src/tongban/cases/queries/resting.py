"""Results that stand although what they rest on was revoked: shown to the office that gave them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.cases.models import Case
from tongban.cases.queries.desk import cases_of_office
from tongban.cases.queries.readers import NEWEST_FIRST
from tongban.cases.rules.resting import rests_on
from tongban.cases.rules.states import CaseState
from tongban.items import api as items
from tongban.kernel.pages import A_PAGE, Page, page_of
from tongban.kernel.texts import Text
from tongban.registry import api as registry

STANDING = (CaseState.ACTING, CaseState.ISSUING, CaseState.GRANTED)


@dataclass(frozen=True, slots=True)
class RestingLine:
    """One result of an office, and what of the same filing was revoked under it."""

    number: str
    name: Text
    revoked: Text


def resting_on_revoked(staff: registry.Staff, *, after: str = "", most: int = A_PAGE) -> Page[RestingLine]:
    """List the results of one's office whose ground was revoked, newest first; nothing without the role.

    A page is of results in filings where something was revoked; one that does not rest on it has no line.
    """
    revoked = Case.objects.filter(state=CaseState.REVOKED)
    rows = Case.objects.filter(
        cases_of_office(staff), state__in=STANDING, filing__in=revoked.values("filing")
    )
    rows = rows.select_related("filing").prefetch_related("filing__cases")
    listed = page_of(rows, NEWEST_FIRST, after=after, most=most)
    return Page(tuple(line for row in listed.lines for line in _lines(row)), listed.after)


def _lines(row: Case) -> Iterator[RestingLine]:
    bundle = items.pinned(row.filing.bundle_digest)
    ground = rests_on(bundle, row.item)
    for each in row.filing.cases.all():
        if each.state == CaseState.REVOKED and each.item in ground:
            yield RestingLine(row.number or "", bundle.item(row.item).name, bundle.item(each.item).name)
