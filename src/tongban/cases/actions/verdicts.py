"""Recording what rules found: yes, a person, one correction notice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.cases.actions.cases import start_clocks
from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.granting import grant, lacking, taken_by_another
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.work import Lease, locked
from tongban.cases.models import Case, Event, Filing
from tongban.cases.queries import standing
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import clocks
from tongban.cases.rules.states import CaseState, StatusCode
from tongban.cases.rules.steps import MACHINE_STATES
from tongban.cases.rules.verdicts import Verdict, Way, spoken_element
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import rows
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.rules import api as rules

BEGINS = Text("部门开始办理", "The office begins")
TAKEN = Text("所申请的名称已由其他申请人取得。", "The name was given to another applicant meanwhile.")


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found for one case, and the record that a decision keeps."""

    case_id: int
    sight: Sight  # what this case's own office may use
    verdict: Verdict
    record: Mapping[str, object]
    seconds: float  # that the rules took over it


@whole
def record_verdicts(lease: Lease, sight: Sight, found: Sequence[Found], *, at: Workplace) -> None:
    """Move each case where its verdict says; one that a person has moved meanwhile is left alone."""
    filing = locked(lease)
    if _has_moved_on(filing, sight):
        return  # something that decides was said meanwhile: it is looked at again
    now = at.clock.now()
    by_id = {row.pk: row for row in standing.CASES.all(filing.pk)}
    moving = [(by_id[each.case_id], each) for each in found if _is_with_rules(by_id[each.case_id])]
    compared = [line for row, each in moving for line in _compared(row, sight, each)]
    tell(filing.pk, compared, now=now)
    for row, each in moving:
        obstacles = _obstacles(row, each, now=now, at=at)
        if each.verdict.way is Way.YES and obstacles:
            accept(filing, row, sight, maker="rule", now=now, at=at)
            hand_to_person(filing, row, obstacles, now=now)
        elif each.verdict.way is Way.YES:
            accept(filing, row, sight, maker="rule", now=now, at=at)
            grant(
                filing,
                row,
                each.sight,
                maker="rule",
                staff_id=None,
                reasons=each.verdict.reasons,
                record=each.record,
                now=now,
                at=at,
            )
        elif each.verdict.way is Way.PERSON:
            accept(filing, row, sight, maker="rule", now=now, at=at)
            hand_to_person(filing, row, each.verdict.reasons, now=now)
        elif each.verdict.way is Way.CORRECTION:
            _correction_or_person(filing, row, sight, each.verdict, now=now, at=at)
        elif each.verdict.way is Way.WAIT:
            _give_receipt(filing, row, sight, now=now, at=at)
    filing.retry_at = None if all(each.verdict.way is not Way.WAIT for each in found) else filing.retry_at
    filing.lateness = filing.lateness if filing.retry_at else 0
    rows.update(filing, "retry_at", "lateness")


def _has_moved_on(filing: Filing, sight: Sight) -> bool:
    """Say whether a person was asked for, a value disputed or an answer changed since the rules looked."""
    disputed = {contest.fact_id for contest in standing.OPEN_CONTESTS.all(filing.pk)}
    return (
        filing.revision != sight.snapshot.revision
        or filing.human_asked_at != sight.snapshot.human_asked_at
        or not disputed <= sight.snapshot.contested
    )


def _obstacles(row: Case, found: Found, *, now: datetime, at: Workplace) -> list[Text]:
    """Give what keeps a yes by rule from being carried out: a value that the result lacks, a name gone."""
    if found.verdict.way is not Way.YES:
        return []
    item = found.sight.bundle.item(row.item)
    obstacles = [
        Text(f"结果须载明的内容尚未取得：{name.zh}", f"The result must say what nobody has: {name.en}")
        for name in lacking(row, found.sight, now)
    ]
    if taken_by_another(row, item, found.sight, at=at, now=now):
        obstacles.append(TAKEN)
    return obstacles


def _is_with_rules(row: Case) -> bool:
    return row.state in MACHINE_STATES and not row.person_needed


def _compared(row: Case, sight: Sight, found: Found) -> Iterator[Happening]:
    """Say how many checks were made, and how many are left to a person; never what they found about whom."""
    verdict = found.verdict
    if verdict.way not in {Way.YES, Way.PERSON} or not verdict.judged:
        return
    name, made = sight.bundle.item(row.item).name, len(verdict.judged)
    left = sum(not isinstance(each.outcome, rules.Met) for each in verdict.judged)
    words = Text(f"{name.zh}：比对核验{made}项，全部符合", f"{name.en}: {made} checks compared, all met")
    if left:
        words = Text(
            f"{name.zh}：比对核验{made}项，其中{left}项由工作人员判断",
            f"{name.en}: {made} checks compared, {left} left to an officer",
        )
    yield Happening("compared", words, "rule", case_id=row.pk, seconds=found.seconds)


@part
def accept(
    filing: Filing,
    row: Case,
    sight: Sight,
    *,
    maker: str,
    now: datetime,
    at: Workplace,
    staff_id: int | None = None,
) -> None:
    """Accept a received case: clocks, evidence, the dated and sealed notice. Accepted before: nothing."""
    if row.accepted_at is not None:
        return
    item = sight.bundle.item(row.item)
    # Silence counts as acceptance on the day of receipt (Administrative Licensing Law art. 32); where the
    # one notice was given in time, on the day when everything it asked for was there.
    received_at = row.with_office_since
    start = received_at if maker == "law" and received_at is not None else now
    start_clocks(row, sight.bundle, division=filing.division, now=start, at=at)
    row.state = CaseState.ACCEPTED
    rows.update(row)
    entry = evidence(
        row,
        "case.accepted",
        {
            "item": item.basic_code,
            "filing_number": filing.number,
            "maker": maker,
            "pack_version": sight.bundle.version,
            **({} if staff_id is None else {"staff": str(staff_id)}),
        },
        now=now,
        at=at,
    )
    give_notice(
        filing,
        row,
        "accepted",
        {"item": item.name, "due": row.promised_due_at, "provisional": row.due_provisional},
        staff_id=staff_id,
        entry=entry,
        now=now,
        at=at,
    )
    how = Text("依法视为受理", "accepted by operation of law") if maker == "law" else Text("受理", "accepted")
    words = Text(f"{item.name.zh}：{how.zh}", f"{item.name.en}: {how.en}")
    tell(
        filing.pk,
        [
            Happening(
                "accepted",
                words,
                maker,
                case_id=row.pk,
                status_code=StatusCode.ACCEPTED,
                since=received_at,
                entry_id=entry,
                staff_id=staff_id,
            ),
            Happening(
                "begun",
                BEGINS,
                "platform",
                case_id=row.pk,
                status_code=StatusCode.OFFICE_BEGINS,
                audience="office",
            ),
        ],
        now=now,
    )


@part
def hand_to_person(filing: Filing, row: Case, reasons: Sequence[Text], *, now: datetime) -> None:
    """Put a case on its office's list, with why a machine does not decide it."""
    row.person_needed = [reason.as_dict() for reason in reasons]
    row.save(update_fields=["person_needed"])
    office = registry.organisation(row.office).name
    words = Text(f"转{office.zh}工作人员审批", f"An officer of {office.en} decides")
    tell(filing.pk, [Happening("to_person", words, "platform", case_id=row.pk)], now=now)


@part
def _correction_or_person(
    filing: Filing, row: Case, sight: Sight, verdict: Verdict, *, now: datetime, at: Workplace
) -> None:
    """Tell once everything that is missing; what is still missing after that goes to a person.

    After acceptance nothing more may be asked for (art. 32 puts the notice before it): a person decides.
    """
    wanting = [
        *(spoken_element(gap.element, sight.book) for gap in verdict.gaps),
        *_materials(row, sight, verdict),
    ]
    if row.corrections > 0 or row.accepted_at is not None:
        reasons = [
            Text(f"补正后仍缺：{each.zh}", f"Still missing after the notice: {each.en}") for each in wanting
        ]
        accept(filing, row, sight, maker="rule", now=now, at=at)
        hand_to_person(filing, row, reasons, now=now)
        return
    request_correction(filing, row, sight, wanting, maker="rule", staff_id=None, now=now, at=at)


def _materials(row: Case, sight: Sight, verdict: Verdict) -> list[Text]:
    declared = {material.id: material for material in sight.bundle.item(row.item).materials}
    office = registry.organisation(row.office)
    return [_wanted(declared[material], office) for material in verdict.materials]


def _wanted(material: items.Material, office: registry.Organisation) -> Text:
    """Name a document that is wanting; of one that only the counter takes, say where it is brought."""
    if material.signature != "not_electronic":
        return material.name
    where = office.counter
    return Text(
        f"{material.name.zh}（纸质原件，交到{where.zh}）", f"{material.name.en} (on paper, to {where.en})"
    )


@part
def request_correction(
    filing: Filing,
    row: Case,
    sight: Sight,
    wanting: Sequence[Text],
    *,
    maker: str,
    staff_id: int | None,
    now: datetime,
    at: Workplace,
) -> None:
    """Give the one correction notice (一次性告知) with everything that is missing, before acceptance."""
    item = sight.bundle.item(row.item)
    ends = clocks.policy_end(at.policies, "correction.supply", sight.snapshot.division, now, at.calendar)
    row.state = CaseState.CORRECTION
    row.corrections += 1
    row.facts_needed = [each.as_dict() for each in wanting]
    row.told_at, row.correction_due_at, row.due_provisional = now, ends.at, ends.provisional
    row.save()
    entry = evidence(
        row,
        "case.correction_requested",
        {
            "item": item.basic_code,
            "needs": [each.as_dict() for each in wanting],
            "deadline": ends.at.isoformat(),
            "maker": maker,
            **({} if staff_id is None else {"staff": str(staff_id)}),
        },
        now=now,
        at=at,
    )
    give_notice(
        filing,
        row,
        "to_be_completed",
        {"item": item.name, "wanting": tuple(wanting), "due": ends.at, "provisional": ends.provisional},
        staff_id=staff_id,
        entry=entry,
        now=now,
        at=at,
    )
    listed_zh, listed_en = "、".join(each.zh for each in wanting), ", ".join(each.en for each in wanting)
    words = Text(f"{item.name.zh}：一次性告知需补正{listed_zh}", f"{item.name.en}: please supply {listed_en}")
    tell(
        filing.pk,
        [
            Happening(
                "correction",
                words,
                maker,
                case_id=row.pk,
                status_code=StatusCode.CORRECTION_BEGINS,
                since=row.received_at,
                entry_id=entry,
                staff_id=staff_id,
            )
        ],
        now=now,
    )


@part
def _give_receipt(filing: Filing, row: Case, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Give the receipt of a case that must wait before anybody can say whether it is accepted; once.

    Only here: what is accepted, completed or decided in the step that takes it up gets that notice at once,
    dated and sealed (Administrative Licensing Law art. 32), and a receipt of the same second beside it would
    be noise. Whoever waits for a source that is late would otherwise hold nothing. It tells of the
    submission, whose evidence it names.
    """
    if row.accepted_at is not None or papers.has_notice(row.number or ""):
        return
    submitted = Event.objects.filter(filing=filing, kind="submitted").values_list("entry_id", flat=True)
    handed_in = (each for each in papers.materials(filing.number) if each.material.startswith(f"{row.item}."))
    facts = {
        "item": sight.bundle.item(row.item).name,
        "due": row.acceptance_due_at,
        "provisional": row.due_provisional,
        "materials": tuple(Text(each.name, each.name) for each in handed_in),
    }
    entry = submitted.first() or ""
    give_notice(filing, row, "receipt", facts, staff_id=None, entry=entry, now=now, at=at)


def owner_name(filing: Filing) -> str:
    """Give the name of the person whose matter the filing is."""
    owner = registry.subject(filing.owner_id)
    return owner.name
