"""A holder shows parts of a licence to somebody, and closes what was not used."""

from tongban.cases.queries.results import licence_for
from tongban.cases.workplace import Workplace
from tongban.licences import api as licences
from tongban.registry import api as registry


def show_licence(
    identifier: str,
    wanted: licences.Showing,
    *,
    subject: registry.Subject,
    origin: str,
    at: Workplace,
) -> tuple[licences.Presentation, str]:
    """Show parts of a licence that this person may show; give it, signed, with its link's secret.

    Two transactions of the room below: on record, then signed. A silent signer leaves the first, which
    nobody can use, and raises.
    """
    found = licence_for(identifier, subject).identifier
    made, secret = licences.present(found, wanted, origin=origin, now=at.clock.now(), chance=at.chance)
    licences.sign_presentation(made.id, at.signers)
    return made, secret


def withdraw_showing(
    identifier: str, presentation_id: int, *, subject: registry.Subject, at: Workplace
) -> None:
    """Close a link that was given out and not used."""
    found = licence_for(identifier, subject).identifier
    licences.withdraw_presentation(found, presentation_id, now=at.clock.now(), chance=at.chance)
