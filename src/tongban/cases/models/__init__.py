"""The tables of filings and cases."""

from tongban.cases.models.acts import Act
from tongban.cases.models.case import Case, Claim, Decision, Pause, Rating, ReviewRequest
from tongban.cases.models.facts import Contest, Fact
from tongban.cases.models.filing import Answer, Event, Filing, Participant, RequestKey, Sequence
from tongban.cases.models.pledges import SignedPledge

__all__ = [
    "Act",
    "Answer",
    "Case",
    "Claim",
    "Contest",
    "Decision",
    "Event",
    "Fact",
    "Filing",
    "Participant",
    "Pause",
    "Rating",
    "RequestKey",
    "ReviewRequest",
    "Sequence",
    "SignedPledge",
]
