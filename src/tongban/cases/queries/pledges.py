"""The pledges that an office has still to check, and the credit record of those that were broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import SignedPledge
from tongban.cases.queries.rights import may
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.snapshot import PartyView
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.registry import api as registry

OPEN = ("signed", "rectifying")  # a person has still to say what became of it


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """One pledge as an office reads it; `is_open` while it has still to be checked."""

    filing: str
    case_number: str
    pledge: str
    signer: str
    promised: tuple[Text, ...]
    state: str
    due_at: datetime | None
    due_provisional: bool
    found: str
    on_credit_record: bool

    @property
    def is_open(self) -> bool:
        """Say whether a person has still to say what became of it."""
        return self.state in OPEN


def pledges_at(staff: registry.Staff, *, case_number: str = "", most: int = 50) -> list[PledgeLine]:
    """List the pledges that one's office has to check, the first due first; nothing without the role.

    With a case number, those of that case alone, and with what was found of those that were checked.
    """
    rows = SignedPledge.objects.filter(case__office=staff.organisation, check_due_at__isnull=False).filter(
        may(staff, officers.DECIDERS)
    )
    rows = rows.filter(case__number=case_number) if case_number else rows.filter(state__in=OPEN)
    return [
        PledgeLine(
            filing=row.case.filing.number,
            case_number=row.case.number or "",
            pledge=row.pledge,
            signer=row.signer,
            promised=tuple(Text(each["zh"], each["en"]) for each in row.promised),
            state=row.state,
            due_at=row.rectify_due_at or row.check_due_at,
            due_provisional=row.due_provisional,
            found=row.found,
            on_credit_record=row.on_credit_record,
        )
        for row in rows.select_related("case__filing").order_by("check_due_at")[:most]
    ]


def signers(sight: Sight, item: items.Item) -> Mapping[str, PartyView]:
    """Give who signs each pledge of an item that is offered and was chosen, by the pledge's word."""
    parties, offered = sight.answers.parties, {pledge.id for pledge in sight.plan.pledges}
    found = {}
    for pledge in item.pledges:
        if pledge.id in offered and items.is_chosen(sight.bundle, pledge, parties, sight.gathered.values):
            ref = items.canonical(items.Ref(pledge.signer), parties)
            found[pledge.id] = next(party for party in sight.snapshot.parties if party.ref == ref)
    return found


def breaches(sight: Sight, item: items.Item) -> Mapping[str, Text]:
    """Give, for each pledge that was chosen, the breach for which its signer is on this node's record.

    Whoever broke a pledge may not pledge again: the record counts beside the fact that the pack's `not_for`
    names. An officer reads why; the filer, who may be somebody else, does not. Without a chosen pledge there
    is no query.
    """
    found = {}
    for pledge, signer in signers(sight, item).items():
        row = (
            SignedPledge.objects.filter(
                on_credit_record=True, signer_number=signer.identity_number, signer_type=signer.identity_type
            )
            .exclude(case__filing_id=sight.snapshot.id)
            .select_related("case")
            .order_by("-checked_at")
            .first()
        )
        if row is not None and row.checked_at is not None and signer.identity_number:
            day = papers.written_day(row.checked_at)
            found[pledge] = Text(
                f"{signer.name}曾违反告知承诺，{day.zh}记入信用记录（办件{row.case.number}），不适用告知承诺。",
                f"{signer.name} broke a pledge (case {row.case.number}, on record since {day.en}):"
                " no pledge is open to them.",
            )
    return found
