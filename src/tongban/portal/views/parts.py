"""Another participant's own part of a filing: what they are asked to confirm, and nothing of the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.errors import NotFound, StepUpNeeded
from tongban.kernel.texts import Text
from tongban.portal import readable
from tongban.portal.known import facts_in_words
from tongban.portal.pages import page
from tongban.portal.readers import PortalRequest, for_people, step_up
from tongban.registry import api as registry

CARRY_S = 0.9


@dataclass(frozen=True, slots=True)
class Part:
    """What one participant sees: their roles, what was said about the matter and about them."""

    roles: tuple[Text, ...]
    said: tuple[tuple[Text, Text], ...]
    statements: tuple[items.Confirmation, ...]
    pledges: tuple[items.Pledge, ...]
    awaited: bool
    confirmed: bool
    declined: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def part(request: PortalRequest, reader: registry.Subject, number: str) -> HttpResponse:
    """Show one's part, and take in that one agrees or does not."""
    at = request.workplace
    shown = cases.filing_page(number, reader)
    if shown.is_owner:
        return HttpResponseRedirect(reverse("portal:filing", args=[number]))
    form = cases.form_page(number, reader, at=at)
    mine = part_of(form.sight, reader)
    unticked, status = False, 200
    if request.method == "POST":
        unticked = request.POST.get("do") == "agree" and not _all_ticked(request, mine)
        status = 422
        if not unticked:
            try:
                return _answered(request, reader, number)
            except StepUpNeeded as wanting:  # the page says how
                status = wanting.status
    said = {
        "filing": shown,
        "part": mine,
        "bundle": form.sight.bundle,
        "owner": registry.subject(form.sight.snapshot.owner_id).name,
        "facts": facts_in_words(form.sight.bundle, form.facts),
        "unticked": unticked,
        "step_up": step_up(reader, form.sight.bundle, request.path) if mine.awaited else None,
        "at": "filings",
    }
    return page(request, "part", said, status=status)


def _all_ticked(request: PortalRequest, mine: Part) -> bool:
    return all(request.POST.get(f"tick:{statement.id}") for statement in mine.statements)


def _answered(request: PortalRequest, reader: registry.Subject, number: str) -> HttpResponse:
    """Record the answer; the last one to agree sets the filing going, and waits for it a moment."""
    agrees = request.POST.get("do") == "agree"
    lease = cases.confirm(number, subject=reader, agrees=agrees, at=request.workplace)
    if lease is not None:
        cases.carry_within(lease, at=request.workplace, seconds=CARRY_S)
    return HttpResponseRedirect(reverse("portal:part", args=[number]))


def part_of(sight: cases.Sight, reader: registry.Subject) -> Part:
    """Give a participant's part; raises NotFound for somebody who takes no part."""
    mine = [
        party
        for party in sight.snapshot.parties
        if (party.identity_type, party.identity_number) == (reader.identity_type, reader.number)
    ]
    if not mine:
        raise NotFound(
            "portal.no_part",
            what=Text("您不是该申报的当事人。", "You take no part in this filing."),
            todo=Text("请核对申报号。", "Check the number."),
        )
    parties = sight.snapshot.answers.parties
    refs = {party.ref for party in mine}
    roles = [each.ref.role for each in parties if items.canonical(each.ref, parties) in refs]
    confirming = sight.snapshot.stage.value == "confirming"
    return Part(
        roles=tuple(sight.bundle.participant(role).name for role in dict.fromkeys(roles)),
        said=tuple(_said(sight, refs)),
        statements=tuple(each for ref, each in sight.plan.confirmations if ref in refs),
        pledges=tuple(each for each in _pledged(sight) if each.signer in roles),
        awaited=confirming and any(party.is_awaited and party.declined_at is None for party in mine),
        confirmed=any(party.confirmed_at is not None for party in mine),
        declined=any(party.declined_at is not None for party in mine),
    )


def _said(sight: cases.Sight, mine: set[items.Ref]) -> Iterator[tuple[Text, Text]]:
    """Give what the filer said about the matter itself and about this person; of other people nothing."""
    bundle = sight.bundle
    matter = {role.role for role in bundle.participants if role.kind != "person"}
    for need in sight.plan.needs:
        if need.ref.role in matter and need.how == "derived":
            shown = readable.readable(
                bundle, need.element, sight.gathered.values.get((need.ref, need.element))
            )
            if shown is not None:
                yield readable.name_of(bundle, need.element), shown
    for planned in sight.plan.questions:
        if planned.ref.role in matter or planned.ref in mine:
            value = sight.snapshot.answers.values.get(
                (planned.ref, planned.question.id), planned.question.default
            )
            shown = readable.readable(bundle, planned.question.element, value)
            if shown is not None:
                yield readable.name_of(bundle, planned.question.element), shown


def _pledged(sight: cases.Sight) -> Iterator[items.Pledge]:
    used = {need.pledge for need in sight.plan.needs if need.how == "pledged"}
    yield from (pledge for pledge in sight.plan.pledges if pledge.id in used)
