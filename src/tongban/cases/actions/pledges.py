"""Pledges: signed with the filing, to be checked after the decision."""

from datetime import datetime

from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.models import Case, Filing, SignedPledge
from tongban.cases.queries import standing
from tongban.cases.queries.pledges import breaches, signers
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import clocks
from tongban.cases.snapshot import PartyView
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.deadlines import Deadline
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part
from tongban.papers import api as papers


@part
def sign_pledges(filing: Filing, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Keep the words of each pledge that stands for a proof, as they were told, with its case.

    None is taken from whoever is on record for a breach: an officer decides their case without it.
    """
    offered = {pledge.id: pledge for pledge in sight.plan.pledges}
    for row in Case.objects.filter(filing=filing).order_by("id"):
        item = sight.bundle.item(row.item)
        broken, chosen = breaches(sight, item), signers(sight, item)
        for word, signer in chosen.items():
            if word not in broken:
                _sign(filing, row, offered[word], signer, now=now, at=at)


@part
def _sign(
    filing: Filing, row: Case, pledge: items.Pledge, signer: PartyView, *, now: datetime, at: Workplace
) -> None:
    promised = [text.as_dict() for text in pledge.promises]
    SignedPledge.objects.create(
        case=row,
        pledge=pledge.id,
        signer=signer.name,
        signer_type=signer.identity_type,
        signer_number=signer.identity_number,
        told=[text.as_dict() for text in pledge.tells],
        promised=promised,
        signed_at=now,
    )
    fields = {
        "filing_number": filing.number,
        "pledge": pledge.id,
        "participant": pledge.signer,
        "pledge_digest": digest(promised),
    }
    entry = evidence(row, "pledge.signed", fields, now=now, at=at)
    words = Text("已签署告知承诺书，代替证明", "The pledge in place of proof was signed")
    tell(filing.pk, [Happening("pledged", words, "applicant", case_id=row.pk, entry_id=entry)], now=now)


@part
def start_check_clocks(row: Case, division: str, *, now: datetime, at: Workplace) -> Text | None:
    """Set until when each pledge of a decided case is checked: the jurisdiction's policy.

    Gives the last of these days in words, for the notice of the decision; None without a pledge.
    """
    last: Deadline | None = None
    for pledge in standing.SIGNED_PLEDGES.all(row.pk):
        key = f"pledge.{pledge.pledge}.post_check"
        ends = clocks.policy_end(at.policies, key, division, now, at.calendar, start_is="decision_date")
        pledge.check_due_at, pledge.due_provisional = ends.at, ends.provisional
        pledge.save(update_fields=["check_due_at", "due_provisional"])
        last = ends if last is None or ends.at > last.at else last
    return None if last is None else papers.written_day(last.at, provisional=last.provisional)
