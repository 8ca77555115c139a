"""The pledges that an office has still to check, and the credit record of those that were broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from tongban.cases.models import Filing, SignedPledge
from tongban.cases.queries.rights import of_office
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.snapshot import PartyView
from tongban.items import api as items
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.registry import api as registry

OPEN = ("signed", "rectifying")  # a person has still to say what became of it
FIRST_DUE = (Key("until", datetime), Key("pk", int))


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


def pledges_at(staff: registry.Staff, *, after: str = "", most: int = A_PAGE) -> Page[PledgeLine]:
    """List the pledges that one's office has to check, the first due first; nothing without the role."""
    until = Coalesce("rectify_due_at", "check_due_at")
    rows = _decided_pledges(staff).filter(state__in=OPEN).annotate(until=until)
    return page_of(rows, FIRST_DUE, after=after, most=most).of(_line)


def pledges_of(case_number: str, staff: registry.Staff) -> tuple[PledgeLine, ...]:
    """Give the pledges of one case of one's office, and what was found of those that were checked."""
    return tuple(map(_line, _decided_pledges(staff).filter(case__number=case_number).order_by("pk")))


def _decided_pledges(staff: registry.Staff) -> QuerySet[SignedPledge]:
    rows = SignedPledge.objects.filter(check_due_at__isnull=False).select_related("case__filing")
    return rows.filter(of_office(staff, officers.DECIDERS, case="case__"))


def _line(row: SignedPledge) -> PledgeLine:
    return PledgeLine(
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


@dataclass(frozen=True, slots=True)
class OwnPledge:
    """A pledge as whoever signed it follows it: what was promised, and by when an office looks again."""

    case_number: str
    pledge: str
    promised: tuple[Text, ...]
    state: str
    check_by: datetime | None  # None until the case is decided: the clock starts with the decision
    rectify_by: datetime | None
    due_provisional: bool


def own_pledges(filing: Filing, signer: registry.Subject | None) -> tuple[OwnPledge, ...]:
    """Give the pledges of a filing, those of one signer alone where one is named."""
    rows = SignedPledge.objects.filter(case__filing=filing)
    if signer is not None:
        rows = rows.filter(signer_type=signer.identity_type, signer_number=signer.number)
    return tuple(
        OwnPledge(
            case_number=row.case.number or "",
            pledge=row.pledge,
            promised=tuple(Text(each["zh"], each["en"]) for each in row.promised),
            state=row.state,
            check_by=row.check_due_at,
            rectify_by=row.rectify_due_at if row.state == "rectifying" else None,
            due_provisional=row.due_provisional,
        )
        for row in rows.select_related("case").order_by("id")
    )


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
