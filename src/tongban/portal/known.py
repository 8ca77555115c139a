"""Facts about oneself in words: what each is, what it says, from whom, as of when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.portal import readable
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class FactShown:
    """One fact in words: what it is, what it says, from whom, as of when."""

    id: int
    role: str
    name: Text
    value: Text | None
    status: str
    status_words: Text
    source: Text | None
    as_of: datetime | None
    fetched_at: datetime
    share: str | None

    @property
    def may_contest(self) -> bool:
        """Say whether there is something to say against: a value, or that nothing was found."""
        return self.status in {"known", "none_on_record"}


def facts_in_words(bundle: items.Bundle, facts: Iterable[cases.FactLine]) -> list[FactShown]:
    """Give facts as people read them; the directory is asked once for all."""
    listed = list(facts)
    known = registry.directory() if listed else registry.Directory((), (), (), ())
    names = {each.slug: each.name for each in known.organisations()}
    return [
        FactShown(
            id=fact.id,
            role=fact.participant.partition(".")[0],
            name=readable.name_of(bundle, fact.element),
            value=_value(bundle, fact, known),
            status=fact.status,
            status_words=readable.STATUS.get(fact.status, readable.STATUS["unknown"]),
            source=names.get(fact.source),
            as_of=fact.as_of,
            fetched_at=fact.fetched_at,
            share=fact.share_id,
        )
        for fact in listed
    ]


def _value(bundle: items.Bundle, fact: cases.FactLine, known: registry.Directory) -> Text | None:
    """Give a fact's value in words; a division is called by its name, as it stood on the day."""
    if fact.element.endswith(".division") and isinstance(fact.value, str):
        try:
            return known.division(fact.value, civil_date(fact.fetched_at)).name
        except NotFound:
            pass  # a code that this node's city does not know is shown as it came
    return readable.readable(bundle, fact.element, fact.value)
