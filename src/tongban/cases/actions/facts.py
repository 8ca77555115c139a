"""Fetched facts, and the disputes of those whom they are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.looking import no_such_contest
from tongban.cases.actions.taking_part import lock_own
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Contest, Fact, Filing, Participant
from tongban.cases.queries import standing
from tongban.cases.queries.rights import is_theirs, may
from tongban.cases.queries.snapshots import fact_view
from tongban.cases.rules import clocks
from tongban.cases.rules.gathering import Lookup, stored_value
from tongban.cases.rules.states import LIVE, UNDECIDED
from tongban.cases.rules.steps import MACHINE_STATES, backoff
from tongban.cases.snapshot import FactView
from tongban.cases.workplace import Workplace
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel import rows
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.registry import api as registry

ANSWER = "contest.answer"  # the policy that says how long a source has to answer


@whole
def record_facts(
    number: str,
    brought: Sequence[tuple[Lookup, exchange.ShareAnswer]],
    *,
    book: catalogue.Book,
    at: Workplace,
    seconds: float,
) -> tuple[FactView, ...]:
    """Append what sources answered, and give it; a late source sets when to ask again.

    Where it takes the place of what was withheld for want of a grant, its offices' cases go on.
    Facts of a filing that was withdrawn while the sources were asked are thrown away: their purpose
    has gone. The share itself stays evidenced.
    """
    filing = lock(number)
    if filing.stage not in LIVE:
        return ()
    now = at.clock.now()
    parties = {(row.role, row.position): row for row in standing.PARTICIPANTS.all(filing.pk)}
    newest = {
        (row.participant_id, row.element, row.consumer, row.purpose, row.key_digest): row
        for row in standing.FACTS.all(filing.pk)
    }
    facts: list[Fact] = []
    said: list[Lookup] = []
    granted: dict[
        tuple[str, str], str
    ] = {}  # for which office and purpose a source now gives what it withheld
    for lookup, answer in brought:
        participant = parties.get((lookup.fetch.ref.role, lookup.fetch.ref.position))
        if participant is None:
            continue
        for element, fetched in answer.values.items():
            use = lookup.fetch.consumer, lookup.fetch.purpose
            earlier = newest.get((participant.pk, element, *use, lookup.key_digest))
            if earlier is not None and _is_still_late(earlier, answer, fetched):
                continue  # nothing new to say
            said.append(lookup)
            facts.append(_fact(filing, participant, lookup, answer, element, fetched, book, earlier))
            if earlier is not None and earlier.status == "withheld" != fetched.status:
                granted[use] = facts[-1].source
    Fact.objects.bulk_create(facts)
    _note_lateness(filing, brought, at)
    news = {id(lookup) for lookup in said}
    tell(filing.pk, list(_told([each for each in brought if id(each[0]) in news], book, seconds)), now=now)
    _go_on(filing, granted, now=now)
    return tuple(fact_view(row, items.Ref(row.participant.role, row.participant.position)) for row in facts)


@part
def _go_on(filing: Filing, granted: Mapping[tuple[str, str], str], *, now: datetime) -> None:
    """Take up again by rule what had gone to a person for want of a grant that is there now.

    A case that somebody has taken stays theirs, and says what came; one that nobody has is judged anew.
    """
    if not granted:
        return
    happenings = []
    bundle = items.pinned(filing.bundle_digest)
    waiting = Case.objects.filter(filing=filing, person_needed__isnull=False, state__in=MACHINE_STATES)
    for row in waiting.order_by("id"):
        use = row.office, bundle.item(row.item).basic_code
        if use not in granted:
            continue
        source = registry.organisation(granted[use]).name
        words = Text(
            f"已获得{source.zh}的共享授权，此前未能取得的信息已查询",
            f"{source.en} now shares under a grant: what had been withheld was asked for again",
        )
        row.person_needed = (
            None if row.claimed_by_id is None else [*(row.person_needed or ()), words.as_dict()]
        )
        row.save(update_fields=["person_needed"])
        happenings.append(Happening("granted_anew", words, "platform", case_id=row.pk))
    tell(filing.pk, happenings, now=now)
    if happenings:
        wake(filing, now=now)


def _is_still_late(earlier: Fact, answer: exchange.ShareAnswer, fetched: exchange.FetchedValue) -> bool:
    """Say whether the same source was late before; another one that takes its place is late on its own."""
    return earlier.resource == answer.resource and earlier.status == fetched.status == "late"


def _fact(
    filing: Filing,
    participant: Participant,
    lookup: Lookup,
    answer: exchange.ShareAnswer,
    element: str,
    fetched: exchange.FetchedValue,
    book: catalogue.Book,
    earlier: Fact | None,
) -> Fact:
    resource = book.resource(answer.resource)
    return Fact(
        filing=filing,
        participant=participant,
        element=element,
        value=stored_value(fetched.value),
        status=fetched.status,
        source="" if resource is None else resource.organisation,
        consumer=lookup.fetch.consumer,
        purpose=lookup.fetch.purpose,
        resource=answer.resource,
        key_digest=lookup.key_digest,
        reason=None if answer.reason is None else answer.reason.as_dict(),
        by_source=answer.by_source,
        as_of=answer.as_of,
        fetched_at=answer.fetched_at,
        share_id=answer.share,
        supersedes=earlier,
    )


def _note_lateness(
    filing: Filing, brought: Sequence[tuple[Lookup, exchange.ShareAnswer]], at: Workplace
) -> None:
    if any(_status(answer) == "late" for _, answer in brought):
        filing.lateness = min(filing.lateness + 1, 100)
        filing.retry_at = at.clock.now() + backoff(filing.lateness)
        rows.update(filing, "lateness", "retry_at")


def _status(answer: exchange.ShareAnswer) -> str:
    return next((each.status for each in answer.values.values()), "known")


def _told(
    brought: Sequence[tuple[Lookup, exchange.ShareAnswer]], book: catalogue.Book, seconds: float
) -> list[Happening]:
    """Say per source, without any value, what was asked and whether it answered."""
    lines: dict[tuple[str, str], int] = {}
    for _, answer in brought:
        resource = book.resource(answer.resource)
        source = answer.resource if resource is None else resource.organisation
        status = _status(answer)
        kind = status if status in {"late", "withheld"} else "fetched"
        lines[source, kind] = lines.get((source, kind), 0) + len(answer.values)
    return [_line(source, kind, count, seconds) for (source, kind), count in lines.items()]


def _line(source: str, kind: str, count: int, seconds: float) -> Happening:
    office = registry.organisation(source).name
    words = {
        "fetched": Text(
            f"已从{office.zh}取得{count}项信息",
            f"{count} value{'' if count == 1 else 's'} fetched from {office.en}",
        ),
        "late": Text(
            f"{office.zh}的系统暂未应答，稍后自动再查",
            f"{office.en} did not answer; we ask again by ourselves",
        ),
        "withheld": Text(
            f"未获得{office.zh}的共享授权，转人工办理", f"No grant from {office.en}; a person takes over"
        ),
    }[kind]
    return Happening(kind, words, "source", seconds=seconds)


@whole
def contest(number: str, fact_id: int, *, subject: registry.Subject, said: str, at: Workplace) -> int:
    """Record that somebody says a fetched fact of theirs is wrong, and ask its source to verify.

    Only the person it is about may say so (the owner, for the place and the company to be). Until the source
    answers, rules do not see the value. Saying so twice changes nothing. Gives the dispute's id.
    """
    filing = lock_own(number, subject)
    fact = Fact.objects.filter(filing=filing, pk=fact_id).select_related("participant").first()
    book = catalogue.book(civil_date(at.clock.now()))
    if fact is None or not is_theirs(fact, filing, subject, book=book):
        raise NotFound(
            "cases.no_fact",
            what=Text("没有查到这条信息。", "There is no such fact about you."),
            todo=Text("请从申报页面选择要更正的信息。", "Choose it on the page of the filing."),
        )
    if not is_readable(said):
        raise Invalid(
            "cases.contest_empty",
            what=Text("请说明哪里不对。", "What is wrong with it was not said."),
            todo=Text("写明正确的内容，可附证明材料。", "Write what would be right."),
        )
    existing = Contest.objects.filter(fact=fact, outcome="open").first()
    if existing is not None:
        return existing.pk
    now = at.clock.now()
    due = clocks.policy_end(at.policies, ANSWER, filing.division, now, at.calendar)
    row = Contest.objects.create(
        fact=fact,
        filing=filing,
        source=fact.source,
        raised_by_id=subject.id,
        said=said.strip()[:1000],
        raised_at=now,
        due_at=due.at,
        due_provisional=due.provisional,
    )
    entry = ledger.record(
        "decisions",
        "facts.contested",
        {
            "filing_number": number,
            "element": fact.element,
            "fact": str(fact.pk),
            "resource": fact.resource,
            "correction": str(row.pk),
        },
        now=now,
        chance=at.chance,
    )
    office = registry.organisation(fact.source).name
    words = Text(
        f"当事人对{office.zh}的一项信息提出异议，已转请校核",
        f"A value from {office.en} is disputed; it was asked to verify",
    )
    tell(filing.pk, [Happening("contested", words, "applicant", entry_id=entry.id)], now=now)
    wake(filing, now=now)
    return row.pk


@whole
def answer_contest(
    contest_id: int,
    *,
    staff: registry.Staff,
    corrected: bool,
    value: items.Value | None,
    said: str,
    at: Workplace,
) -> None:
    """Answer a dispute for the source: the value is corrected, or it stands, with the reason either way.

    A corrected value supersedes the old one as the source's own. Undecided cases are looked at again.
    """
    found = (
        Contest.objects.filter(may(staff, (registry.Role.DATA_OFFICER,)))
        .filter(pk=contest_id, source=staff.organisation)
        .select_related("fact", "filing")
        .first()
    )
    if found is None:
        raise no_such_contest()
    if not is_readable(said):
        raise Invalid(
            "cases.contest_unexplained",
            what=Text("没有写明校核意见。", "How it was verified was not said."),
            todo=Text(
                "请写明核实经过和依据，将告知当事人。",
                "Say what was found and on what basis; the person is told.",
            ),
        )
    filing = lock(found.filing.number)
    found.refresh_from_db()
    if found.outcome != "open":
        raise Conflict(
            "cases.contest_answered",
            what=Text("该校核已经答复。", "It was answered before."),
            todo=Text("请刷新列表。", "Reload your list."),
        )
    now = at.clock.now()
    found.outcome = "corrected" if corrected else "upheld"
    found.answer, found.answered_by_id, found.answered_at = said[:1000], staff.id, now
    found.save()
    if corrected:
        _supersede_all(found.fact, value, now)
    entry = ledger.record(
        "decisions",
        "correction.answered",
        {
            "correction": str(found.pk),
            "result": found.outcome,
            "filing_number": filing.number,
            "element": found.fact.element,
            "staff": str(staff.id),
        },
        now=now,
        chance=at.chance,
    )
    Case.objects.filter(filing=filing, state__in=UNDECIDED, claimed_by_id__isnull=True).update(
        person_needed=None
    )
    office = registry.organisation(staff.organisation).name
    words = (
        Text(f"{office.zh}已更正信息", f"{office.en} corrected the value")
        if corrected
        else Text(f"{office.zh}核实后维持原信息", f"{office.en} verified the value; it stands")
    )
    since, entry_id = found.raised_at, entry.id
    told = Happening("verified", words, "person", staff_id=staff.id, since=since, entry_id=entry_id)
    tell(filing.pk, [told], now=now)
    wake(filing, now=now)


def _supersede_all(fact: Fact, value: items.Value | None, now: datetime) -> None:
    """Correct the value for every office and purpose of this filing that it was given for."""
    same = Fact.objects.filter(
        filing_id=fact.filing_id,
        participant_id=fact.participant_id,
        element=fact.element,
        resource=fact.resource,
        key_digest=fact.key_digest,
    ).order_by("id")
    for each in {(row.consumer, row.purpose): row for row in same}.values():
        _supersede(each, value, now)


def _supersede(fact: Fact, value: items.Value | None, now: datetime) -> None:
    """Append the source's corrected value for the same participant, consumer, purpose and key."""
    Fact.objects.create(
        filing_id=fact.filing_id,
        participant_id=fact.participant_id,
        element=fact.element,
        value=stored_value(value),
        status="none_on_record" if value is None else "known",
        source=fact.source,
        consumer=fact.consumer,
        purpose=fact.purpose,
        resource=fact.resource,
        key_digest=fact.key_digest,
        as_of=now,
        fetched_at=now,
        share_id=fact.share_id,
        supersedes=fact,
    )
