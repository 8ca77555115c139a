"""Read one filing whole, in a fixed number of queries."""

from collections.abc import Iterable
from datetime import date

from tongban.cases.models import Case, Fact, Filing
from tongban.cases.queries import standing
from tongban.cases.rules import officers
from tongban.cases.rules.gathering import unpacked
from tongban.cases.rules.states import CaseState, Stage
from tongban.cases.snapshot import ActView, CaseView, FactView, PartyView, Snapshot
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.papers import api as papers


def snapshot(number: str) -> Snapshot:
    """Give a filing as it stands now; raise NotFound when there is none."""
    filing = standing.FILING.first(number)
    if filing is None:
        raise officers.no_such_filing(number)
    parties = _parties(filing)
    refs = {party.id: party.ref for party in parties}
    bundle = items.pinned(filing.bundle_digest)
    return Snapshot(
        id=filing.pk,
        number=filing.number,
        bundle=filing.bundle,
        bundle_version=filing.bundle_version,
        bundle_digest=filing.bundle_digest,
        division=filing.division,
        stage=Stage(filing.stage),
        revision=filing.revision,
        owner_id=filing.owner_id,
        channel=filing.channel,
        filed_by_id=filing.filed_by_id,
        language=filing.language,
        opened_at=filing.opened_at,
        submitted_at=filing.submitted_at,
        human_asked_at=filing.human_asked_at,
        retry_at=filing.retry_at,
        attempts=filing.attempts,
        parties=parties,
        answers=_answers(filing, parties, refs, bundle),
        facts=_facts(filing, refs),
        contested=disputed(filing.pk),
        materials=papers.materials_of(filing.number),
        cases=_cases(filing),
        acts=_acts(filing),
    )


def case_numbers(filing_id: int) -> tuple[str, ...]:
    """Give the numbers of a filing's cases that were received."""
    return tuple(row.number for row in standing.CASES.all(filing_id) if row.number is not None)


def disputed(filing_id: int) -> frozenset[int]:
    """Give every fact under an open dispute: the same value fetched for another office is the same value."""
    open_ones = {contest.fact_id for contest in standing.OPEN_CONTESTS.all(filing_id)}
    if not open_ones:
        return frozenset()
    rows = standing.FACTS.all(filing_id)
    same = {_asked(row) for row in rows if row.pk in open_ones}
    return frozenset(row.pk for row in rows if _asked(row) in same)


def _asked(row: Fact) -> tuple[int, str, str, str]:
    """Name what was asked of a source, whichever office asked."""
    return row.participant_id, row.element, row.resource, row.key_digest


def _parties(filing: Filing) -> tuple[PartyView, ...]:
    rows = standing.PARTICIPANTS.all(filing.pk)
    refs = {row.pk: items.Ref(row.role, row.position) for row in rows}
    return tuple(
        PartyView(
            id=row.pk,
            ref=refs[row.pk],
            kind=row.kind,
            same_as=None if row.same_as_id is None else refs[row.same_as_id],
            identity_type=row.identity_type,
            identity_number=row.identity_number,
            name=row.name,
            must_confirm=row.must_confirm,
            confirmed_at=row.confirmed_at,
            declined_at=row.declined_at,
        )
        for row in rows
    )


def _answers(
    filing: Filing, parties: Iterable[PartyView], refs: dict[int, items.Ref], bundle: items.Bundle
) -> items.Answers:
    kinds = {question.id: question.type for question in bundle.questions}
    kinds |= {confirmation.id: "boolean" for confirmation in bundle.confirmations}
    return items.Answers(
        parties=items.Parties(
            items.Party(party.ref, party.same_as, party.identity_number, party.name) for party in parties
        ),
        values={
            (refs[row.participant_id], row.question): answer_value(kinds.get(row.question, "text"), row.value)
            for row in standing.ANSWERS.all(filing.pk)
        },
    )


def answer_value(kind: str, stored: object) -> items.Value:
    """Turn an answer as it is stored (JSON) into its question's type."""
    if kind == "date":
        return date.fromisoformat(str(stored))
    if isinstance(stored, list):
        return tuple(str(each) for each in stored)
    return stored if isinstance(stored, str | int | bool) else str(stored)


def _facts(filing: Filing, refs: dict[int, items.Ref]) -> tuple[FactView, ...]:
    """Give the newest fact per participant, element, consumer, purpose and key."""
    newest = {
        (row.participant_id, row.element, row.consumer, row.purpose, row.resource, row.key_digest): row
        for row in standing.FACTS.all(filing.pk)
    }
    return tuple(
        fact_view(row, refs[row.participant_id]) for row in newest.values() if row.participant_id in refs
    )


def fact_view(row: Fact, ref: items.Ref) -> FactView:
    """Give one fact's row as a value."""
    return FactView(
        id=row.pk,
        ref=ref,
        element=row.element,
        value=row.value,
        status=row.status,
        source=row.source,
        consumer=row.consumer,
        purpose=row.purpose,
        resource=row.resource,
        key_digest=row.key_digest,
        reason=None if row.reason is None else Text(**row.reason),
        by_source=row.by_source,
        as_of=row.as_of,
        fetched_at=row.fetched_at,
        share_id=row.share_id,
    )


def _cases(filing: Filing) -> tuple[CaseView, ...]:
    rows = standing.CASES.all(filing.pk)
    paused = {pause.case_id for pause in standing.OPEN_PAUSES.all(filing.pk)} if rows else set()
    return tuple(_case(row, paused=row.pk in paused) for row in rows)


def _case(row: Case, *, paused: bool) -> CaseView:
    return CaseView(
        id=row.pk,
        item=row.item,
        position=row.position,
        office=row.office,
        in_name_of=row.in_name_of,
        implementation_code=row.implementation_code,
        number=row.number,
        state=CaseState(row.state),
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
        acceptance_due_at=row.acceptance_due_at,
        statutory_due_at=row.statutory_due_at,
        promised_due_at=row.promised_due_at,
        correction_due_at=row.correction_due_at,
        closing_due_at=row.closing_due_at,
        warn_at=row.warn_at,
        due_provisional=row.due_provisional,
        alarm=row.alarm,
        corrections=row.corrections,
        person_needed=tuple(Text(each["zh"], each["en"]) for each in row.person_needed or ()),
        claimed_by_id=row.claimed_by_id,
        produced=tuple(
            (items.Ref(each["role"], each["position"]), each["element"], each["value"])
            for each in row.produced
        ),
        licence=row.licence,
        paused=paused,
    )


def _acts(filing: Filing) -> tuple[ActView, ...]:
    return tuple(
        ActView(
            id=row.pk,
            case_id=row.case_id,
            name=row.name,
            key=row.key,
            connector=row.connector,
            operation=row.operation,
            body=row.body,
            fields=unpacked(row.fields),
            state=row.state,
            number=row.number,
            perhaps_sent_at=row.perhaps_sent_at,
            next_try_at=row.next_try_at,
        )
        for row in standing.ACTS.all(filing.pk)
    )
