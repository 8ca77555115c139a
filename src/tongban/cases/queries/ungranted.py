"""Which filings hold something that was withheld for want of a grant, and may get it now."""

from django.db.models import Exists, OuterRef

from tongban.cases.models import Fact
from tongban.cases.rules.states import LIVE
from tongban.catalogue import api as catalogue

USE = ("consumer", "resource", "purpose", "element")


def grantable_filings(book: catalogue.Book, *, most: int) -> list[str]:
    """Give filings under way to whose offices some grant in force now gives what was withheld from them.

    Without reading any filing: where nothing was granted there is nothing to look at.
    """
    newer = Fact.objects.filter(supersedes=OuterRef("pk"))
    waiting = Fact.objects.filter(status="withheld", by_source=False, filing__stage__in=LIVE)
    waiting = waiting.exclude(Exists(newer))
    given = {
        (grant.consumer, grant.resource, grant.purpose, element)
        for grant in book.grants
        if grant.in_force(book.on)
        for element in grant.elements
    }
    found: list[str] = []
    for use in waiting.values_list(*USE).distinct().order_by(*USE):
        if use in given:
            rows = waiting.filter(**dict(zip(USE, use, strict=True)))
            found += rows.order_by("id").values_list("filing__number", flat=True)[:most]
    return list(dict.fromkeys(found))[:most]
