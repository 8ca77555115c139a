"""A draft as its filer sees it: what is asked, what was answered, what was fetched about oneself."""

from dataclasses import dataclass
from datetime import datetime

from tongban.cases.queries.desk import FactLine, facts_about
from tongban.cases.queries.readers import Reader, require_visible
from tongban.cases.queries.sight import Sight, see
from tongban.cases.queries.snapshots import snapshot
from tongban.cases.workplace import Workplace
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form of one filing for one reader; facts are the reader's own alone."""

    sight: Sight
    facts: tuple[FactLine, ...]
    expires_at: datetime


def form_page(number: str, reader: Reader, *, at: Workplace) -> FormPage:
    """Give the form of a filing to its owner or to the helper who files it; NotFound to anybody else.

    The helper sees no fact: the values stand behind the plan as "checked" (promise 3).
    """
    filing = require_visible(number, reader)
    sight = see(snapshot(number), at=at)
    if not isinstance(reader, registry.Subject):
        return FormPage(sight, (), filing.draft_expires_at)
    return FormPage(sight, facts_about(filing, reader, book=sight.book), filing.draft_expires_at)
