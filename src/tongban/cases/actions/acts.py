"""What other organisations answered to our registrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.granting import prepare_result
from tongban.cases.actions.verdicts import hand_to_person
from tongban.cases.actions.work import Lease, lock, locked, wake
from tongban.cases.models import Act, Case, Filing
from tongban.cases.queries import standing
from tongban.cases.queries.rights import in_hand
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState
from tongban.cases.rules.steps import backoff
from tongban.cases.workplace import Workplace
from tongban.exchange import api as exchange
from tongban.kernel import rows
from tongban.kernel.canonical import digest
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part, whole
from tongban.registry import api as registry

LEFT_TO_DO = "SELECT 1 FROM cases_act WHERE case_id = %s AND state <> 'done'"


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Maybe done, and the office can neither take the key again nor be asked: a person finds out."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one act, and how long it took."""

    act_id: int
    outcome: exchange.Done | exchange.Refused | exchange.Unanswered | InDoubt
    found_by: str  # answer, lookup
    perhaps_sent_before: datetime | None  # the first of the tries before this one that may have arrived
    seconds: float


@whole
def begin_try(lease: Lease, act_ids: Sequence[int], *, now: datetime) -> None:
    """Mark a try before it leaves: from now on, whoever takes over must assume that it was sent."""
    locked(lease)
    acts = Act.objects.filter(pk__in=act_ids, state="intended")
    acts.update(tries=F("tries") + 1, perhaps_sent_at=Coalesce("perhaps_sent_at", Value(now)))


@whole
def record_answers(lease: Lease, sight: Sight, answered: Sequence[Answered], *, at: Workplace) -> None:
    """Store what became of each act; a case whose acts are all done gets its result prepared."""
    filing = locked(lease)
    now = at.clock.now()
    touched: dict[int, Case] = {}
    acts = {act.pk: act for act in standing.ACTS.all(filing.pk)}
    cases = {case.pk: case for case in standing.CASES.all(filing.pk)}
    for each in answered:
        act = acts[each.act_id]
        if act.state != "intended":
            continue
        act.case = cases[act.case_id]
        case = touched.setdefault(act.case_id, act.case)
        _settle(filing, case, act, each, sight, now=now, at=at)
    for case in touched.values():
        _go_on(case, sight.of_case(case.item), now=now, at=at)


@part
def _settle(
    filing: Filing, case: Case, act: Act, answered: Answered, sight: Sight, *, now: datetime, at: Workplace
) -> None:
    outcome = answered.outcome
    if isinstance(outcome, exchange.Unanswered):
        act.next_try_at = now + backoff(act.tries)
        if not outcome.maybe_done:  # this one did not arrive; what was sent before it may have
            act.perhaps_sent_at = answered.perhaps_sent_before
        act.save(update_fields=["next_try_at", "perhaps_sent_at"])
        words = Text(
            f"{_label(act, sight).zh}：对方未应答，稍后自动再办",
            f"{_label(act, sight).en}: no answer; tried again by itself",
        )
        tell(
            filing.pk,
            [Happening("act_late", words, "source", case_id=case.pk, seconds=answered.seconds)],
            now=now,
        )
        return
    if isinstance(outcome, exchange.Done):
        _done(filing, case, act, outcome, answered, sight, now=now, at=at)
        return
    act.state = "refused" if isinstance(outcome, exchange.Refused) else "in_doubt"
    act.next_try_at = None
    act.settled_at = now if act.state == "refused" else None
    act.answer = {"reason": outcome.reason.as_dict()} if isinstance(outcome, exchange.Refused) else None
    act.save()
    entry = _evidence(f"act.{act.state}", act, case, {"attempt": act.tries}, now=now, at=at)
    label = _label(act, sight)
    if isinstance(outcome, exchange.Refused):
        words = Text(
            f"{label.zh}：对方未予登记（{outcome.reason.zh}）", f"{label.en}: refused ({outcome.reason.en})"
        )
    else:
        words = Text(
            f"{label.zh}：无法确认是否已登记，转人工核实",
            f"{label.en}: nobody can tell whether it was done; a person finds out",
        )
    told = Happening(
        f"act_{act.state}", words, "source", case_id=case.pk, seconds=answered.seconds, entry_id=entry
    )
    tell(filing.pk, [told], now=now)
    hand_to_person(filing, case, [words], now=now)


@part
def _done(
    filing: Filing,
    case: Case,
    act: Act,
    done: exchange.Done,
    answered: Answered,
    sight: Sight,
    *,
    now: datetime,
    at: Workplace,
) -> None:
    _store_number(case, act, done.number, sight, raw=dict(done.raw), now=now)
    entry = _evidence(
        "act.done",
        act,
        case,
        {
            "number": done.number,
            "found_by": answered.found_by,
            "answer_digest": digest(act.answer),
            "attempt": act.tries,
        },
        now=now,
        at=at,
    )
    body = sight.directory.organisation(act.body).name
    words = Text(
        f"{_label(act, sight).zh}：已在{body.zh}登记，编号{done.number}",
        f"{_label(act, sight).en}: registered at {body.en} as {done.number}",
    )
    tell(
        filing.pk,
        [Happening("act_done", words, "source", case_id=case.pk, seconds=answered.seconds, entry_id=entry)],
        now=now,
    )


def _store_number(
    case: Case, act: Act, number: str, sight: Sight, *, raw: dict[str, object], now: datetime
) -> None:
    """Keep the office's number, under the element that the pack says it is."""
    act.state, act.number, act.settled_at, act.next_try_at = "done", number, now, None
    act.answer = {name: str(value) for name, value in raw.items()}
    rows.update(act)
    item = sight.bundle.item(case.item)
    case.produced = [
        *case.produced,
        *(
            {"role": made.of, "position": 0, "element": made.element, "value": number}
            for made in item.produces
            if made.by == "act_number" and made.act == act.name
        ),
    ]
    rows.update(case, "produced")


@part
def _go_on(case: Case, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Prepare the result once every act of the case is done; its row is locked with the filing's."""
    if case.state == CaseState.ACTING and rows.read_one(LEFT_TO_DO, case.pk) is None:
        case.person_needed = None
        prepare_result(case, sight, now=now, at=at)


def _label(act: Act, sight: Sight) -> Text:
    item = sight.bundle.item(act.case.item)
    return next(declared.label for declared in item.acts if declared.name == act.name)


@part
def _evidence(
    kind: str, act: Act, case: Case, more: Mapping[str, object], *, now: datetime, at: Workplace
) -> str:
    said = {
        "act": act.name,
        "act_key": act.key,
        "connector": act.connector,
        "operation": act.operation,
        **more,
    }
    return evidence(case, kind, said, now=now, at=at)


@whole
def resolve_act(
    number: str,
    act_id: int,
    *,
    staff: registry.Staff,
    outcome: str,
    office_number: str,
    note: str,
    sight: Sight,
    at: Workplace,
) -> None:
    """Record what a person established about an act in doubt or refused: done under a number, or not done.

    "done" keeps the office's number; "again" has it sent once more, which only a person may order.
    Raises NotFound when the officer has not the case in hand, Conflict when it is settled already.
    """
    filing = lock(number)
    act = (
        Act.objects.filter(pk=act_id, case__filing=filing)
        .filter(case__in=Case.objects.filter(in_hand(staff, officers.RECEIVERS)))
        .select_related("case")
        .first()
    )
    if act is None:
        raise NotFound(
            "cases.no_act",
            what=Text("没有查到这项对外办理。", "There is no such registration at your office."),
            todo=Text("请从待办列表进入。", "Open it from your list."),
        )
    if not _may_resolve(act, outcome, office_number):
        raise _settled_already()
    now = at.clock.now()
    case, begun_at = act.case, act.intended_at
    act.settled_by_id = staff.id
    if outcome == "done":
        _store_number(case, act, office_number.strip(), sight, raw={"note": note}, now=now)
    else:
        # A person has established that nothing was done: it is sent as for the first time.
        act.state, act.next_try_at = "intended", None
        act.tries, act.perhaps_sent_at = 0, None
        act.save()
    entry = _evidence(
        "act.resolved",
        act,
        case,
        {"outcome": outcome, "staff": str(staff.id), "number": office_number, "note": note},
        now=now,
        at=at,
    )
    words = Text(f"{_label(act, sight).zh}：工作人员已核实", f"{_label(act, sight).en}: an officer found out")
    told = Happening(
        "act_resolved",
        words,
        "person",
        case_id=case.pk,
        staff_id=staff.id,
        since=begun_at,
        entry_id=entry,
    )
    tell(filing.pk, [told], now=now)
    if not case.acts.filter(state__in=["in_doubt", "refused"]).exists():
        case.person_needed = None
        case.save(update_fields=["person_needed"])
    _go_on(case, sight.of_case(case.item), now=now, at=at)
    wake(filing, now=now)


def _may_resolve(act: Act, outcome: str, office_number: str) -> bool:
    """Say whether there is a doubt or refusal, and whether what the person says of it is whole."""
    if act.state not in {"in_doubt", "refused"}:
        return False
    return outcome == "again" or (outcome == "done" and is_readable(office_number))


def _settled_already() -> Conflict:
    return Conflict(
        "cases.act_settled",
        what=Text(
            "该项已有结论，或缺少登记编号。", "It is settled already, or the office's number is missing."
        ),
        todo=Text("请刷新页面；确认已登记时填写编号。", "Reload the page; give the number when it was done."),
    )
