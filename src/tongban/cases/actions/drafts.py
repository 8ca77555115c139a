"""Drafts: opened after the notice, answered, expired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from tongban.cases.actions import numbers, once
from tongban.cases.actions.corrections import require_changeable
from tongban.cases.actions.events import tell
from tongban.cases.actions.filers import (
    Filer,
    authority_missing,
    come_in_person,
    opened_words,
    opening_fields,
)
from tongban.cases.actions.work import lock
from tongban.cases.models import Answer, Filing, Participant
from tongban.cases.queries import standing
from tongban.cases.rules import forms
from tongban.cases.rules.gathering import stored_value
from tongban.cases.rules.states import Stage
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import deadlines, rows
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft's number, and whether this call made it or an open one was found."""

    number: str
    is_new: bool


def open_draft(
    bundle: items.Bundle,
    *,
    owner: registry.Subject,
    division: str,
    filer: Filer,
    language: str,
    request: once.Request | None,
    at: Workplace,
) -> Opened:
    """Open a draft, once: of two at the same moment the second finds what the first has opened."""
    try:
        return _open(bundle, owner, division, filer, language, request, at)
    except IntegrityError:
        return _open(bundle, owner, division, filer, language, request, at)


@whole
def _open(
    bundle: items.Bundle,
    owner: registry.Subject,
    division: str,
    filer: Filer,
    language: str,
    request: once.Request | None,
    at: Workplace,
) -> Opened:
    """Open a draft filing once the notice has been read; its number is the purpose of every later fetch.

    The same idempotency key, or an open draft of the same bundle where only one is allowed, gives that
    draft. Raises Invalid when staff file without saying on what authority.
    """
    now = at.clock.now()
    if filer.staff_id is not None and not filer.authority.strip():
        raise authority_missing()
    if request is not None and (earlier := once.result_of(request)) is not None:
        return Opened(earlier, is_new=False)
    open_key = f"{bundle.code}:{owner.id}" if bundle.one_open_draft else None
    if open_key is not None:
        existing = Filing.objects.filter(open_draft=open_key).first()
        if existing is not None:
            if filer.staff_id is not None and filer.in_person:
                come_in_person(lock(existing.number), filer, now, at)
            if request is not None:
                once.keep(request, result=existing.number, now=now)
            return Opened(existing.number, is_new=False)
    expires = bundle.draft_expires
    filing = Filing.objects.create(
        number=numbers.filing_number(at.node.code, civil_date(now)),
        bundle=bundle.code,
        bundle_version=bundle.version,
        bundle_digest=bundle.digest,
        division=division,
        stage=Stage.DRAFT,
        language=language,
        owner_id=owner.id,
        channel=filer.channel,
        filed_by_id=filer.staff_id,
        authority=filer.authority,
        in_person=filer.staff_id is not None and filer.in_person,
        open_draft=open_key,
        opened_at=now,
        notice_read_at=now,
        draft_expires_at=deadlines.add(now, expires.amount, expires.unit, at.calendar).at,
    )
    _open_roles(filing, bundle, owner, now)
    entry = ledger.record(
        "decisions",
        "filing.opened",
        opening_fields(filing, filer),
        now=now,
        chance=at.chance,
    )
    tell(filing.pk, [opened_words(bundle, filer, entry.id)], now=now)
    if request is not None:
        once.keep(request, result=filing.number, now=now)
    return Opened(filing.number, is_new=True)


def _open_roles(filing: Filing, bundle: items.Bundle, owner: registry.Subject, now: datetime) -> None:
    """Make a row for each role's least number of participants; the owner fills the role of the owner.

    A role that is assumed has none until the filer names somebody: the plan knows who fills it.
    """
    for role in bundle.participants:
        if role.assumed:
            continue
        for position in range(max(1, role.min)):
            row = Participant(filing=filing, role=role.role, position=position, kind=role.kind)
            if role.role == bundle.owner:
                row.identity_type = owner.identity_type
                row.identity_number = owner.number
                row.name = owner.name
                row.confirmed_at = now  # signed in, or present with a helper whose authority is recorded
            row.save()


@whole
def put_answers(
    number: str,
    bundle: items.Bundle,
    *,
    parties: Sequence[forms.Named],
    answers: Mapping[tuple[items.Ref, str], items.Value | None],
    at: Workplace,
) -> int:
    """Store who takes part and what was answered; None takes an answer back. Gives the draft's revision.

    `parties`, when given, replaces every named participant. What stands there already changes nothing: the
    same form sent twice leaves the revision, and what others have confirmed, as they are. Raises Conflict
    once it is submitted.
    """
    filing = lock(number)
    now = at.clock.now()
    has_changed = False
    if parties:
        require_draft(filing)
        has_changed = _name(filing, bundle, parties)
    require_changeable(filing)
    has_changed |= _store(filing, answers, now)
    if not has_changed:
        return filing.revision
    if filing.stage == Stage.DRAFT:
        # Whoever confirmed, confirmed what stood there then: after a change they confirm again.
        Participant.objects.filter(filing=filing, must_confirm=True).update(confirmed_at=None)
    filing.revision += 1
    rows.update(filing, "revision")
    return filing.revision


@part
def _store(
    filing: Filing, answers: Mapping[tuple[items.Ref, str], items.Value | None], now: datetime
) -> bool:
    """Write what is answered anew, change what is answered otherwise, delete what is taken back.

    Says whether anything is other than it was.
    """
    participants = standing.PARTICIPANTS.all(filing.pk)
    refs = {row.pk: items.Ref(row.role, row.position) for row in participants}
    known = [items.Party(refs[row.pk], refs.get(row.same_as_id or 0)) for row in participants]
    by_ref = {refs[row.pk]: row for row in participants}
    held = {(row.participant_id, row.question): row for row in standing.ANSWERS.all(filing.pk)}
    has_changed = False
    for (given, question), value in answers.items():
        # Who fills two roles is one person: what is answered about either lies with that one.
        ref = items.canonical(given, known)
        participant = by_ref.get(ref)
        if participant is None:
            raise forms.no_such_participant(ref)
        key = (participant.pk, question)
        before = held.get(key)
        if filing.stage != Stage.DRAFT and before is not None:
            raise _settled_answer(question)
        if value is None:
            if before is not None and before.pk is not None:
                before.delete()
                has_changed = True
            held.pop(key, None)
            continue
        stored = stored_value(value)
        if before is not None and before.value == stored:
            continue
        answer = before or Answer(filing=filing, participant=participant, question=question)
        answer.value, answer.answered_at = stored, now
        if answer.pk is not None:
            rows.update(answer, "value", "answered_at")
        held[key] = answer
        has_changed = True
    rows.insert_all([answer for answer in held.values() if answer.pk is None])
    return has_changed


def _name(filing: Filing, bundle: items.Bundle, parties: Sequence[forms.Named]) -> bool:
    """Write the named participants, in the order of their roles; those no longer named go.

    Says whether anybody is other than before.
    """
    forms.check_parties(bundle, parties)
    rows = {(row.role, row.position): row for row in filing.participants.all()}
    roles = {party.ref.role for party in parties}
    named = {(party.ref.role, party.ref.position) for party in parties}
    owner = rows[bundle.owner, 0]
    me = forms.Named(items.Ref(bundle.owner), None, owner.identity_type, owner.identity_number, owner.name)
    has_changed = False
    for (role, position), row in list(rows.items()):
        if role in roles and position > 0 and (role, position) not in named:
            row.delete()
            del rows[role, position]
            has_changed = True
    for party in forms.as_one_person(bundle, parties, me):
        key = (party.ref.role, party.ref.position)
        declared = bundle.participant(party.ref.role)
        found = rows.get(key)
        if found is not None and _is_somebody_else(found, party):
            # What was fetched about, answered for and confirmed by the one before goes with that person's
            # row, so that nobody ever reads another's facts.
            found.delete()
            found = None
        before = None if found is None else (found.same_as_id, found.must_confirm)
        row = found or Participant(filing=filing, role=key[0], position=key[1], kind=declared.kind)
        if party.same_as is not None and (party.same_as.role, party.same_as.position) not in rows:
            raise forms.no_such_participant(party.same_as)
        row.same_as = None if party.same_as is None else rows[party.same_as.role, party.same_as.position]
        row.identity_type, row.identity_number, row.name = party.identity_type, party.number, party.name
        row.must_confirm = declared.confirms and row.same_as is None and party.number != owner.identity_number
        if before != (row.same_as_id, row.must_confirm):
            row.save()
            has_changed = True
        rows[key] = row
    return has_changed


def _is_somebody_else(row: Participant, party: forms.Named) -> bool:
    return (row.identity_type, row.identity_number, row.name) != (
        party.identity_type,
        party.number,
        party.name,
    )


@part
def require_draft(filing: Filing) -> None:
    """Raise Conflict unless the filing can still be changed."""
    if filing.stage != Stage.DRAFT:
        raise Conflict(
            "cases.not_a_draft",
            what=Text(
                f"申报 {filing.number} 已提交或已结束，不能再修改。",
                f"Filing {filing.number} was submitted or has ended; it cannot be changed.",
            ),
            todo=Text("如内容有误，请撤回后重新申报。", "If something is wrong, withdraw it and file again."),
        )


def _settled_answer(question: str) -> Conflict:
    return Conflict(
        "cases.answer_settled",
        what=Text(
            f"“{question}”在提交时已经填写，补正时不能更改。",
            f"{question!r} was answered when the filing was submitted; completing it does not change that.",
        ),
        todo=Text(
            "只补充缺少的内容；如内容有误，请撤回后重新申报。",
            "Add only what is missing, or withdraw and file again.",
        ),
    )
