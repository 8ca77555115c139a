"""The filings that a reader may work on: their own, or those that they typed for somebody."""

from dataclasses import dataclass

from tongban.cases import api as cases
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class OwnForm:
    """The form of a filing that the reader may fill in, and whose matter it is."""

    page: cases.FormPage
    owner: registry.Subject
    own: bool  # the reader is the owner, not a helper

    @property
    def sight(self) -> cases.Sight:
        """Give the look at the filing."""
        return self.page.sight


def own_form(number: str, reader: cases.Reader, *, at: cases.Workplace) -> OwnForm:
    """Give the form of one's own filing; to anybody else it is not there, in the same words."""
    shown = cases.form_page(number, reader, at=at)
    snapshot = shown.sight.snapshot
    if isinstance(reader, registry.Subject):
        if snapshot.owner_id != reader.id:
            raise _not_yours(number)
        return OwnForm(shown, reader, own=True)
    if snapshot.filed_by_id != reader.id:
        raise _not_yours(number)
    return OwnForm(shown, registry.subject(snapshot.owner_id), own=False)


def _not_yours(number: str) -> NotFound:
    return NotFound(
        "cases.no_filing",
        what=Text(f"没有查到申报 {number}。", f"There is no filing {number} that you may see."),
        todo=Text(
            "请核对申报号，或确认您是本人、经办人或承办部门。",
            "Check the number and who you are signed in as.",
        ),
    )
