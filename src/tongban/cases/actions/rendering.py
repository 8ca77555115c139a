"""Having a licence rendered for whoever may show it, with what the city says is the original."""

from typing import Final

from tongban.cases.queries.results import licence_for
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.marks import marked
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.registry import api as registry

POLICY: Final = "licence.original"
_NOT_SAID: Final = Text(
    "本地未规定何种形式为原件。", "Nothing says here which form of a licence is the original."
)


def render_licence(
    identifier: str,
    subject: registry.Subject,
    format_: licences.Format,
    *,
    address: str,
    at: Workplace,
) -> licences.Rendering:
    """Render a licence that this person may show; NotFound, in the same words, for any other.

    `address` is where anybody verifies it. Raises as licences.render does.
    """
    found = licence_for(identifier, subject)
    original = original_of(found, at.policies)
    said = _NOT_SAID
    if original is not None and original.says is not None:
        said = marked(original.says, original.basis.mark)
    return licences.render(found.identifier, format_, at.signers, address=address, original=said)


def original_of(found: licences.Licence, policies: items.Policies) -> items.Policy | None:
    """Give what was the original where and when the licence was issued: `file`, `pdf` or `ofd`."""
    return policies.at(POLICY, found.content["area_code"], {"event_date": found.issue_date})
