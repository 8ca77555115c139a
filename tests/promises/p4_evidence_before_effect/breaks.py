"""Every effect there is in a company's filing, and how each shows: what must not be without its entry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import officer, sight
from tests.cases.test_hard_cases import withdraw_grants
from tests.promises.p4_evidence_before_effect import moments
from tests.promises.p4_evidence_before_effect.moments import approver, case_of
from tests.promises.p4_evidence_before_effect.world import registered, written
from tests.workbench.test_on_paper import at_the_counter
from tongban.cases import api as cases
from tongban.cases.models import (
    Act,
    Case,
    Claim,
    Contest,
    Decision,
    Fact,
    Filing,
    Participant,
    Pause,
    ReviewRequest,
    SignedPledge,
)
from tongban.catalogue.models import GrantEntry, RightsEpoch
from tongban.items import api as items
from tongban.items.models import PackVersion
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow, LookRow, PresentationRow, StatusChangeRow
from tongban.papers import api as papers
from tongban.papers.models import MaterialRow, NoticeRow
from tongban.registry import api as registry

Seen = Callable[[Town, str], object]


@dataclass(frozen=True)
class Break:
    """One effect: the moment before it, what brings it about, how it shows, and the entry that must be first.

    `whole`: the act is one transaction, so that without its evidence not one row of the store may differ.
    """

    kind: str
    effect: str
    ready: Callable[[Town], str]
    do: Callable[[Town, str], object]
    seen: Seen
    whole: bool = True

    def __str__(self) -> str:
        return f"{self.kind}: {self.effect}"


def by_itself(kind: str, effect: str, seen: Seen, ready: Callable[[Town], str] = moments.a_draft) -> Break:
    """Give an effect of submitting and working, of which earlier steps have committed by then."""
    return Break(kind, effect, ready, moments.submit_and_work, seen, whole=False)


# ------------------------------------------------------------------ how effects show


def filings(town: Town, number: str) -> object:
    return Filing.objects.count(), Participant.objects.count()


def submitted(town: Town, number: str) -> object:
    return Filing.objects.exclude(submitted_at=None).count(), Case.objects.count(), Claim.objects.count()


def fetched(town: Town, number: str) -> object:
    """What was given on of any source: facts, and what the form of the filing shows of them."""
    owner = town.subject("li_chunyan")
    numbers = Filing.objects.values_list("number", flat=True)
    shown = [cases.form_page(filing, owner, at=town.workplace).facts for filing in numbers]
    return Fact.objects.count(), sum(map(len, shown))


def withheld(town: Town, number: str) -> object:
    return Fact.objects.filter(status="withheld").count()


def accepted(town: Town, number: str) -> object:
    return Case.objects.exclude(accepted_at=None).count(), NoticeRow.objects.filter(kind="accepted").count()


def decided(town: Town, number: str) -> object:
    """A decision and whatever follows from one: notice, name for good, act, licence, call."""
    return (
        Decision.objects.count(),
        Claim.objects.filter(until=None).count(),
        NoticeRow.objects.filter(kind__in=("granted", "refused")).count(),
        Act.objects.count(),
        LicenceRow.objects.count(),
        registered(town),
    )


def ended(town: Town, number: str) -> object:
    states = ("granted", "refused", "not_accepted", "withdrawn")
    return Case.objects.filter(state__in=states).count(), Filing.objects.exclude(ended_at=None).count()


def notices(town: Town, number: str) -> object:
    return NoticeRow.objects.count(), Case.objects.exclude(accepted_at=None).count()


def licences_prepared(town: Town, number: str) -> object:
    return LicenceRow.objects.count()


def licences_shown(town: Town, number: str) -> object:
    """Licences that anybody may see, in the store and on the owner's own list."""
    mine = cases.licences_for(town.subject("li_chunyan")).lines
    return LicenceRow.objects.exclude(signature="").count(), len(mine), ended(town, number)


def acts_sent(town: Town, number: str) -> object:
    return Act.objects.count(), registered(town)


def acts_settled(town: Town, number: str) -> object:
    return Act.objects.exclude(settled_at=None).count(), LicenceRow.objects.count()


def act_states(town: Town, number: str) -> object:
    return Act.objects.exclude(state="intended").exclude(state="done").values_list("connector").count()


def corrections(town: Town, number: str) -> object:
    told, done = Case.objects.exclude(told_at=None), Case.objects.exclude(completed_at=None)
    return told.count(), done.count(), NoticeRow.objects.filter(kind="to_be_completed").count()


def clocks(town: Town, number: str) -> object:
    ends = ("promised_due_at", "statutory_due_at", "due_provisional", "extended_at")
    return list(Case.objects.order_by("pk").values_list(*ends)), list(Pause.objects.values_list("ended_at"))


def taken(town: Town, number: str) -> object:
    return list(Case.objects.order_by("pk").values_list("claimed_by_id", "claimed_at"))


def confirmed(town: Town, number: str) -> object:
    asked = Participant.objects.filter(must_confirm=True)
    return asked.exclude(confirmed_at=None).count(), Case.objects.exclude(received_at=None).count()


def people_asked_for(town: Town, number: str) -> object:
    return Filing.objects.exclude(human_asked_at=None).count(), ReviewRequest.objects.count()


def reasons_given(town: Town, number: str) -> object:
    return ReviewRequest.objects.exclude(answered_at=None).count()


def forgotten(town: Town, number: str) -> object:
    return Filing.objects.filter(stage="expired").count(), Fact.objects.filter(value=None).count()


def pledges(town: Town, number: str) -> object:
    return list(SignedPledge.objects.order_by("pk").values_list("state", "checked_at", "on_credit_record"))


def statuses(town: Town, number: str) -> object:
    return StatusChangeRow.objects.count(), LicenceRow.objects.exclude(status="01").count()


def disputes(town: Town, number: str) -> object:
    return Contest.objects.count(), Contest.objects.exclude(outcome="open").count(), Fact.objects.count()


def materials(town: Town, number: str) -> object:
    """Documents of the filing: those in the list, those destroyed, and the files on the disk."""
    files = [path for path in (town.workplace.node.var / "uploads" / number).glob("*") if path.is_file()]
    rows = MaterialRow.objects.all()
    return rows.count(), rows.exclude(destroyed_at=None).count(), len(files)


def take_paper(town: Town, number: str) -> None:
    case, one = cases.snapshot(number).case("card").number or "", at_the_counter(town)
    cases.take_paper(sight(town, number), case, "card.deed", staff=one, at=town.workplace)


def rights(town: Town, number: str) -> object:
    epoch = list(RightsEpoch.objects.values_list("number", flat=True))
    return GrantEntry.objects.exclude(withdrawn_at=None).count(), epoch


def packs(town: Town, number: str) -> object:
    return PackVersion.objects.exclude(withdrawn_at=None).count()


def looks(town: Town, number: str) -> object:
    return written("facts.opened")  # a look leaves nothing behind but its entry


def licence_looks(town: Town, number: str) -> object:
    """What its holder reads of it, beside the entry, and whether a link was used up by it."""
    used = PresentationRow.objects.exclude(opened_at=None).count()
    return LookRow.objects.count(), written("licence.opened"), used


def presentations(town: Town, number: str) -> object:
    """What was shown, signed, and withdrawn."""
    rows = PresentationRow.objects.all()
    return rows.count(), rows.exclude(signature="").count(), rows.exclude(withdrawn_at=None).count()


# ------------------------------------------------------------------ what people do


def open_draft(town: Town, number: str) -> None:
    cases.open_draft(
        town.bundle,
        owner=town.subject("li_chunyan"),
        division="990121",
        filer=cases.Filer("rest"),
        language="zh",
        request=None,
        at=town.workplace,
    )


def fill_in(town: Town, number: str) -> None:
    draft(town, town.subject("li_chunyan"))


def without_grants(town: Town) -> str:
    withdraw_grants(town, moments.MARKET, "land.addresses_990121")
    return ""


def withdraw_a_grant(town: Town, number: str) -> None:
    withdraw_grants(town, moments.MARKET, "land.addresses_990121")


def decide(outcome: str) -> Callable[[Town, str], object]:
    act = {"yes": cases.approve, "no": cases.refuse}[outcome]
    return lambda town, number: act(
        sight(town, number),
        case_of(number),
        staff=approver(town),
        reasons="经核实。",
        record={},
        at=town.workplace,
    )


def not_accept(town: Town, number: str) -> None:
    cases.not_accept(
        sight(town, number),
        case_of(number),
        staff=approver(town),
        kind="not_accepted",
        reasons="住所在云西县。",
        right_office="market.990122",
        at=town.workplace,
    )


def look(town: Town, number: str) -> object:
    return cases.open_facts(case_of(number), staff=approver(town), cause="审批本办件", at=town.workplace)


def look_at_dispute(town: Town, number: str) -> object:
    asked = Contest.objects.get().pk
    staff = moments.data_officer(town)
    return cases.open_contest(asked, staff=staff, cause="校核异议", at=town.workplace)


def correct(town: Town, number: str) -> None:
    cases.answer_contest(
        Contest.objects.get().pk,
        staff=moments.data_officer(town),
        corrected=True,
        value="云溪市云东县城关镇新街1-1号",
        said="经查，门牌号已变更。",
        at=town.workplace,
    )


def lead(act: Callable[..., object], **said: object) -> Callable[[Town, str], object]:
    """Give what the leader of the office does to the case's clock."""
    return lambda town, number: act(
        sight(town, number),
        case_of(number),
        staff=officer(town, moments.MARKET, moments.LEADER),
        at=town.workplace,
        **said,
    )


def take_over(town: Town, number: str) -> None:
    """Take the case over from the approver who has it."""
    head = officer(town, moments.MARKET, moments.LEADER)
    cases.take_over(number, case_of(number), staff=head, reason="领取人请假", at=town.workplace)


def check_pledge(town: Town, number: str) -> None:
    at = town.workplace
    case = case_of(number)
    cases.check_pledge(number, case, "address", staff=approver(town), kept=False, found="现场为住宅", at=at)


def revoke(town: Town, number: str) -> None:
    cases.revoke_for_breach(
        number,
        case_of(number),
        "address",
        staff=approver(town),
        reasons="逾期未改正",
        basis="市场主体登记管理条例",
        at=town.workplace,
    )


def suspend_licence(town: Town, number: str) -> None:
    cases.change_licence_status(
        licences.standing_licence(case_of(number)).identifier,
        cases.LicencePower.SUSPEND,
        staff=approver(town),
        reasons="经营场所已搬离",
        basis="市场主体登记管理条例",
        at=town.workplace,
    )


def change_licence(town: Town, number: str) -> None:
    found = licences.standing_licence(case_of(number))
    cases.change_licence(
        found.identifier,
        staff=approver(town),
        holder_name="",
        content={**found.content["extend_info"], "address": "云东县城关镇青石路9号"},
        reasons="住所变更",
        basis="市场主体登记管理条例",
        at=town.workplace,
    )


def show_licence(town: Town, number: str) -> None:
    moments.show(town, number)


def withdraw_showing(town: Town, number: str) -> None:
    row = PresentationRow.objects.get()
    cases.withdraw_showing(
        row.licence.identifier, row.pk, subject=town.subject("li_chunyan"), at=town.workplace
    )


def open_link(town: Town, number: str) -> object:
    return licences.open_link(moments.SECRETS[number], now=town.now, chance=town.workplace.chance)


def look_at_licence(town: Town, number: str) -> object:
    identifier = licences.standing_licence(case_of(number)).identifier
    return cases.open_licence(identifier, staff=approver(town), cause="核对", at=town.workplace)


def ask_for_reasons(town: Town, number: str) -> None:
    owner = town.subject("li_chunyan")
    cases.ask_for_review(number, case_of(number), subject=owner, said="为何", at=town.workplace)


def give_reasons(town: Town, number: str) -> None:
    case, by = case_of(number), approver(town)
    cases.answer_review(number, case, staff=by, answer="各项条件均已满足。", at=town.workplace)


def withdraw_pack(town: Town, number: str) -> None:
    author = registry.staff_of("bureau.990100", registry.Role.BUREAU_OFFICER, on=town.now.date())[0]
    items.withdraw("open-company", 1, author, "规则有误", town.now, chance=town.workplace.chance)


def owners(act: Callable[..., Any], who: str, **said: object) -> Callable[[Town, str], object]:
    """Give what a person does to their filing."""
    return lambda town, number: act(number, subject=town.subject(who), at=town.workplace, **said)


def keep_retention(town: Town, number: str) -> None:
    at = town.workplace
    papers.keep_retention(at.node.var / "uploads", town.now, chance=at.chance)


def supply(town: Town, number: str) -> None:
    cases.supply(number, at=town.workplace)


def expire(town: Town, number: str) -> None:
    cases.expire_drafts(at=town.workplace)


def count_again(town: Town, number: str) -> None:
    cases.recompute_provisional(town.workplace)
