"""What the checks of one case come to: a full yes, a person, one correction notice, or waiting. Pure.

Promise 5 is the shape of this module: it has no way of saying no.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tongban.cases.rules.gathering import Gathered
from tongban.cases.rules.resting import ground_revoked
from tongban.cases.snapshot import Snapshot
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.rules import api as rules

ASKED_A_PERSON = Text("申请人要求由工作人员审批。", "The applicant asked for a person to decide.")
TO_READ = Text("请审查申请人提交的材料。", "The applicant handed in papers to be read.")
PACK_WITHDRAWN = Text("事项包的这一版本已撤回。", "This version of the pack was withdrawn.")
NOT_AUTOMATIC = Text("本事项由工作人员审批。", "This item is always decided by a person.")


class Way(StrEnum):
    """Where a case goes next."""

    YES = "yes"
    PERSON = "person"
    CORRECTION = "correction"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that a check or the result needs and that is not there, and why."""

    ref: items.Ref
    element: str
    status: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the case goes, why, and the checks that were made."""

    way: Way
    reasons: tuple[Text, ...]
    judged: tuple[items.Judged, ...]
    gaps: tuple[Gap, ...] = ()
    materials: tuple[str, ...] = ()


def weigh(
    bundle: items.Bundle,
    item: items.Item,
    plan: items.Plan,
    judged: tuple[items.Judged, ...],
    gathered: Gathered,
    snapshot: Snapshot,
    *,
    book: catalogue.Book,
    required_materials: Sequence[str],
    pack_withdrawn: bool = False,
) -> Verdict:
    """Weigh a case's checks, needs and materials.

    A late source means waiting, whatever else is known: the whole picture decides. Anything not met,
    withheld or contested goes to a person. What is merely missing is asked for once, all together.
    """
    gaps = tuple(
        dict.fromkeys((*_needs(item, plan, gathered), *_unknown(bundle, judged, snapshot, gathered)))
    )
    if any(gap.status == "late" for gap in gaps):
        return Verdict(Way.WAIT, (), judged, gaps)
    wanting = tuple(each for each in required_materials if f"{item.key}.{each}" not in snapshot.materials)
    papers = {gap: _paper_for(item, gap, snapshot) for gap in gaps}
    asked_for = tuple(gap for gap in gaps if not papers[gap])
    reasons = tuple(dict.fromkeys(_grounds_for_a_person(judged, gaps, book)))
    if reasons and not _is_merely_missing(judged, gaps):
        return Verdict(Way.PERSON, reasons, judged, gaps)
    if asked_for or wanting:
        return Verdict(Way.CORRECTION, (), judged, asked_for, wanting)
    if gaps:  # papers were handed in where no source has a record: an officer reads them
        return Verdict(Way.PERSON, (*reasons, TO_READ), judged, gaps)
    by_law = _always_a_person(bundle, item, snapshot, pack_withdrawn=pack_withdrawn)
    if by_law is not None:
        return Verdict(Way.PERSON, (by_law,), judged)
    return Verdict(Way.YES, tuple(each.check.title for each in judged), judged)


def unpledged(verdict: Verdict, breaches: Sequence[Text]) -> Verdict:
    """Give a verdict on which a pledge was to bear whose signer broke one before: a person decides."""
    if not breaches or verdict.way is Way.WAIT:
        return verdict
    return Verdict(Way.PERSON, (*breaches, *verdict.reasons), verdict.judged, verdict.gaps)


def _always_a_person(
    bundle: items.Bundle, item: items.Item, snapshot: Snapshot, *, pack_withdrawn: bool
) -> Text | None:
    """Say why a person decides although every check is met: it was asked for, or the item demands it."""
    if snapshot.human_asked_at is not None:
        return ASKED_A_PERSON
    if pack_withdrawn:
        return PACK_WITHDRAWN
    revoked = ground_revoked(bundle, item.key, snapshot)
    if revoked is not None:
        return revoked
    return None if item.decision.automatic_yes and item.decision.risk == "low" else NOT_AUTOMATIC


def _is_merely_missing(judged: Iterable[items.Judged], gaps: Iterable[Gap]) -> bool:
    """Say whether nothing speaks for a person but values on no record that the pack has asked for once."""
    return all(gap.status == "unknown" for gap in gaps) and all(
        isinstance(each.outcome, rules.Met)
        or (isinstance(each.outcome, rules.Unknown) and each.check.if_missing == "correction")
        for each in judged
    )


def _paper_for(item: items.Item, gap: Gap, snapshot: Snapshot) -> str:
    """Give the document that may stand for a value of which no source has a record, or nothing."""
    parties = snapshot.answers.parties
    roles = {party.ref.role for party in parties if items.canonical(party.ref, parties) == gap.ref}
    papers = (items.stand_in(item, role, gap.element) for role in (gap.ref.role, *sorted(roles)))
    uploads = {material.id for material in item.materials if material.obtained == "handed_in"}
    return next((paper for paper in papers if paper in uploads), "")


def _grounds_for_a_person(
    judged: Iterable[items.Judged], gaps: Iterable[Gap], book: catalogue.Book
) -> Iterator[Text]:
    for each in judged:
        if isinstance(each.outcome, rules.NotMet):
            yield each.check.because
        if isinstance(each.outcome, rules.Unknown) and each.check.if_missing == "person":
            yield Text(
                f"{each.check.title.zh}：缺少信息，无法由规则判断。",
                f"{each.check.title.en}: information is missing, so no rule can decide it.",
            )
    for gap in gaps:
        name = spoken_element(gap.element, book)
        if gap.status == "withheld":
            yield Text(
                f"{name.zh}：共享授权已终止或不足，未能取得。",
                f"{name.en}: not obtained, there is no grant for it (any more).",
            )
        if gap.status == "contested":
            yield Text(
                f"{name.zh}：当事人提出异议，正在校核。",
                f"{name.en}: the person concerned says it is wrong; it is being verified.",
            )


def _needs(item: items.Item, plan: items.Plan, gathered: Gathered) -> Iterator[Gap]:
    """Give the needs of the item, other than those its own decision produces, that have no value."""
    for need in plan.needs:
        if item.key not in need.items or need.how in {"produced", "pledged"}:
            continue
        if gathered.values.get((need.ref, need.element)) is None and set(need.uses) - {"check"}:
            yield Gap(need.ref, need.element, gathered.status_of(need.ref, need.element))


def _unknown(
    bundle: items.Bundle, judged: Iterable[items.Judged], snapshot: Snapshot, gathered: Gathered
) -> Iterator[Gap]:
    """Give the values for lack of which checks came out unknown."""
    parties = snapshot.answers.parties
    for each in judged:
        if not isinstance(each.outcome, rules.Unknown):
            continue
        for name in each.outcome.missing:
            for ref, element in items.missing_of(bundle, name, parties, gathered.values):
                yield Gap(ref, element, gathered.status_of(ref, element))


def spoken_element(code: str, book: catalogue.Book) -> Text:
    """Give an element's name for a reader."""
    element = book.element(code)
    return Text(code, code) if element is None else element.name
