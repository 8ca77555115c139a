"""Checking a draft before submission, and submitting it: what can be put right is put right on the spot."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from django.db import IntegrityError

from tongban.cases.actions import once
from tongban.cases.actions.submission import submit as record_submission
from tongban.cases.actions.work import Lease
from tongban.cases.jobs.gather import gather, requests_for
from tongban.cases.queries.claims import claims_of, is_held, scope_of
from tongban.cases.queries.readers import Reader
from tongban.cases.queries.sight import Sight, see
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.rules.gathering import supposed_fact
from tongban.cases.workplace import Workplace
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.clock import Budget, civil_date
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.rules import api as rules

ALTERNATIVES = 3  # how many free ones are shown
ALTERNATIVES_TRIED = 40  # at most: each costs two lookups; mostly the first three are free
ALTERNATIVE_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Stop:
    """What stops a submission on the spot, with other values that would pass.

    A check that is not met, or a value that another filing holds: then `check` is the claim's kind.
    """

    check: str
    item: str
    because: Text
    alternatives: tuple[items.Candidate, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a draft found; `is_clean` when it may be submitted."""

    sight: Sight
    problems: tuple[items.Problem, ...]
    stops: tuple[Stop, ...]

    @property
    def is_clean(self) -> bool:
        """Say whether nothing stands in the way of submitting."""
        return not self.problems and not self.stops


def check(number: str, *, at: Workplace, limit: Budget | None = None) -> Checked:
    """Fetch what may be fetched, check the form, and run the checks that are put right on the spot.

    These are no decisions: nothing is refused, the person corrects and goes on (许可法 32(3)).
    """
    sight = gather(number, at=at, again=True, limit=limit)
    problems = [
        *items.problems(
            sight.bundle, sight.plan, sight.snapshot.answers, demonstration=at.node.demonstration
        ),
        *_unconfirmed_by_owner(sight),
    ]
    stops = () if problems else tuple(_stops(sight, at))
    return Checked(sight, tuple(problems), stops)


def _unconfirmed_by_owner(sight: Sight) -> Iterator[items.Problem]:
    """Give what the owner has still to confirm; everybody else confirms for themselves, signed in."""
    owner = items.Ref(sight.bundle.owner)
    return (each for each in items.unconfirmed(sight.plan, sight.snapshot.answers) if each.ref == owner)


def submit(
    number: str,
    *,
    by: Reader,
    request: once.Request | None,
    at: Workplace,
    limit: Budget | None = None,
) -> tuple[Checked, Lease | None]:
    """Check and, when clean, submit; gives the lease when the caller can go on with the first items.

    Two filings after the same name at the same moment: the claim's unique row lets one through, the
    other is checked again and told on the spot what else is free. A repeat under the same key is told of
    no stop: the name that it wishes for is its own by now, even when the first was submitted while this one
    was checked.
    """
    checked = None if _was_done(request) else check(number, at=at, limit=limit)
    if checked is None or (not checked.is_clean and _was_done(request)):
        return Checked(see(read(number), at=at), (), ()), None
    if not checked.is_clean:
        return checked, None
    try:
        return checked, record_submission(checked.sight, by=by, request=request, at=at)
    except IntegrityError as taken:
        found = check(number, at=at, limit=limit)
        if not found.is_clean:
            return found, None
        raise Conflict(  # given up again in the same moment
            "cases.just_taken",
            what=Text("您填写的名称刚刚被另一申报占用。", "Another filing has just taken this name."),
            todo=Text("请更换后再次提交。", "Choose another and submit again."),
        ) from taken


def _was_done(request: once.Request | None) -> bool:
    return request is not None and once.was_done(request)


def _stops(sight: Sight, at: Workplace) -> Iterator[Stop]:
    """Give the on-the-spot checks that are not met; what is unknown (a source is late) does not stop."""
    for key in sight.plan.items:
        item = sight.bundle.item(key)
        if item.after:
            continue
        unmet = [each for each in _judged_now(sight, item, at) if isinstance(each.outcome, rules.NotMet)]
        for each in unmet:
            yield Stop(each.check.code, key, each.check.because, _free(sight, item, each.check, at))
        if not unmet:  # what its source says is taken is said once
            yield from _held(sight, item, at)


def _held(sight: Sight, item: items.Item, at: Workplace) -> Iterator[Stop]:
    makers = [check for check in item.checks if check.alternatives]
    for claim, value in _held_by_others(sight, item, at):
        because = Text(f"“{value}”已由另一申报占用。", f"Another filing holds “{value}”.")
        others = next((_free(sight, item, maker, at) for maker in makers), ())
        yield Stop(claim.kind, item.key, because, others)


def _held_by_others(sight: Sight, item: items.Item, at: Workplace) -> Iterator[tuple[items.Claim, str]]:
    """Give what the item claims for itself and another filing holds already."""
    for claim, value in claims_of(item, sight):
        scope = scope_of(claim, in_name_of=sight.offices[item.key].in_name_of.slug, node=at.node.code)
        if is_held(claim.kind, scope, value, but_for=sight.snapshot.id, now=at.clock.now()):
            yield claim, value


def _judged_now(sight: Sight, item: items.Item, at: Workplace) -> tuple[items.Judged, ...]:
    today = civil_date(at.clock.now())
    dates = {"filing_date": today, "acceptance_date": today, "decision_date": today}
    parties = sight.snapshot.answers.parties
    return items.judge(
        sight.bundle, item, parties, sight.gathered.values, dates, only="stop_before_submission"
    )


def _free(sight: Sight, item: items.Item, failed: items.Check, at: Workplace) -> tuple[items.Candidate, ...]:
    return tuple(islice(_alternatives(sight, item, failed, at), ALTERNATIVES))


def _alternatives(
    sight: Sight, item: items.Item, failed: items.Check, at: Workplace
) -> Iterator[items.Candidate]:
    """Give answers with which the item's checks pass, each verified at its source and held by no filing."""
    candidates = items.alternatives(sight.bundle, failed, sight.snapshot.answers)
    for candidate in islice(candidates, ALTERNATIVES_TRIED):
        tried = _as_if(sight, candidate, at)
        met = all(isinstance(each.outcome, rules.Met) for each in _judged_now(tried, item, at))
        if met and not any(_held_by_others(tried, item, at)):
            yield candidate


def _as_if(sight: Sight, candidate: items.Candidate, at: Workplace) -> Sight:
    """See the filing as if the candidate had been answered; what it needs is looked up, nothing is stored."""
    answers = replace(sight.snapshot.answers, values={**sight.snapshot.answers.values, **candidate})
    snapshot = replace(sight.snapshot, answers=answers)
    supposed = see(snapshot, at=at)
    lookups = supposed.gathered.missing
    brought = exchange.fetch(
        at.road,
        requests_for(sight, lookups),
        now=at.clock.now(),
        timeout_s=ALTERNATIVE_TIMEOUT_S,
    )
    facts = [
        supposed_fact(lookup, answer, element, fetched)
        for lookup, answer in zip(lookups, brought, strict=True)
        for element, fetched in answer.values.items()
    ]
    return see(replace(snapshot, facts=(*snapshot.facts, *facts)), at=at)
