"""How a town is brought to the moment at which one entry would be written, and on from there."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bench.filing import draft
from bench.offices import Counter
from bench.town import CHARACTERS, Town
from tests.cases.acting import filer_of, officer, pass_time, sight, submit
from tests.cases.test_pledges import pledged
from tests.papers.conftest import pdf
from tests.promises.p6_owner_and_clock.test_provisional import NEW_YEAR, announced, on_the_last_day
from tests.workbench.test_on_paper import filed
from tongban.cases import api as cases
from tongban.cases.models import Act, Case, Contest, Fact, Filing
from tongban.exchange import api as exchange
from tongban.kernel.clock import budget
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

MARKET = "market.990121"
APPROVER, LEADER = registry.Role.APPROVER, registry.Role.LEADER
PAPER = "registration.articles_own"


@dataclass
class Closed(Counter):
    """An office that registers nothing, and says why."""

    def act(self, request: exchange.ActRequest, *, timeout_s: float) -> exchange.ActOutcome:
        del request, timeout_s
        return exchange.Refused(Text("已有登记", "registered already"))


# ------------------------------------------------------------------ moments: each gives what it is about


def nothing_yet(town: Town) -> str:
    """Li has signed in, and nobody has filed anything."""
    town.subject("li_chunyan")
    return ""


def a_draft(town: Town) -> str:
    """Li's draft, ready to be submitted."""
    return draft(town, town.subject("li_chunyan"))


def begin_at_the_counter(town: Town, number: str, *, in_person: bool = True) -> None:
    """A clerk begins for an old woman, who stands there or has telephoned."""
    clerk = registry.staff_of("hall.990121", registry.Role.COUNTER, on=town.now.date())[0]
    said = "本人在场，已核验证件" if in_person else "已电话核实"
    cases.open_draft(
        town.bundle,
        owner=town.subject("sun_guilan"),
        division="990121",
        filer=cases.Filer("counter", clerk.id, clerk.name, said, in_person),
        language="zh",
        request=None,
        at=town.workplace,
    )


def a_draft_by_telephone(town: Town) -> str:
    """A clerk's draft for somebody who has not come yet."""
    begin_at_the_counter(town, "", in_person=False)
    return ""


def owners_present(town: Town, number: str) -> object:
    """Give which drafts say that their owner came, and on what authority."""
    return list(Filing.objects.values_list("in_person", "authority"))


def a_draft_with_a_partner(town: Town) -> str:
    """Li's filing, which waits for Wang to confirm; he has signed in."""
    town.subject("wang_jianguo")
    number = draft(town, town.subject("li_chunyan"), partner=CHARACTERS["persons"]["wang_jianguo"])
    submit(town, number)
    return number


def an_old_draft(town: Town) -> str:
    """A draft whose time has run out."""
    number = a_draft(town)
    pass_time(town, days=200)
    return number


def a_pledged_draft(town: Town) -> str:
    """A draft with a promise in the place of a proof."""
    return pledged(town, "li_chunyan")


def a_kept_promise(town: Town) -> str:
    """A grant on a promise that is still to be checked."""
    number = a_pledged_draft(town)
    submit(town, number)
    return number


def a_broken_promise(town: Town) -> str:
    """A grant on a promise that was not kept, and was not put right in its time."""
    number = a_kept_promise(town)
    cases.check_pledge(
        number,
        case_of(number),
        "address",
        staff=approver(town),
        kept=False,
        found="现场为住宅",
        at=town.workplace,
    )
    pass_time(town, days=40)
    return number


def with_an_officer(town: Town) -> str:
    """A registration that waits for an officer: its founder is under enforcement."""
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    return number


def taken(town: Town) -> str:
    """One that the approver has taken."""
    number = with_an_officer(town)
    cases.claim_case(number, case_of(number), staff=approver(town), at=town.workplace)
    return number


def with_an_officer_over_new_year(town: Town) -> str:
    """One that waits for an officer into a year that was announced only now."""
    on_the_last_day(town)
    number = with_an_officer(town)
    announced(town, NEW_YEAR)
    return number


def paused(town: Town) -> str:
    """One that stands still for experts."""
    number = with_an_officer(town)
    begin_pause(town, number)
    return number


def an_incomplete_draft(town: Town) -> str:
    """A draft of somebody whom the population register does not know."""
    return draft(town, town.subject("wu_xiaoxue"))


def to_be_completed(town: Town) -> str:
    """A case whose one correction notice was given."""
    number = an_incomplete_draft(town)
    submit(town, number)
    return number


def never_completed(town: Town) -> str:
    """A case that nobody completed: a person must say that it lapsed."""
    number = to_be_completed(town)
    pass_time(town, days=200)
    work(town)
    return number


def a_shown_fact(town: Town) -> str:
    """A draft on whose page a fetched address stands."""
    number = a_draft(town)
    cases.gather(number, at=town.workplace, again=True)
    return number


def a_disputed_fact(town: Town) -> str:
    """A draft with a dispute at the source of the address."""
    number = a_shown_fact(town)
    contest(town, number)
    return number


def a_paper_awaited(town: Town) -> str:
    """A case that waits for a paper at its counter."""
    return filed(town, town.workplace.node.var)[0]


def granted(town: Town) -> str:
    """Li's filing, granted in full by rule."""
    number = a_draft(town)
    submit(town, number)
    return number


SECRETS: dict[str, str] = {}  # of the links of these moments: only their digests are in the store


def show(town: Town, number: str) -> str:
    """Have Li show her company's name to a bank; give the secret of the link."""
    found = licences.standing_licence(case_of(number)).identifier
    wanted = licences.Showing(("holder_name",), "云溪银行", "开立账户", town.now + timedelta(days=7))
    _, secret = cases.show_licence(
        found,
        wanted,
        subject=town.subject("li_chunyan"),
        origin="http://127.0.0.1",
        at=town.workplace,
    )
    return secret


def shown_to_somebody(town: Town) -> str:
    """Li's filing, with the name of her company shown to a bank by a link that nobody has used."""
    number = granted(town)
    SECRETS[number] = show(town, number)
    return number


def asked_for_reasons(town: Town) -> str:
    """Li's filing, granted by rule, of which she wants the reasons."""
    number = granted(town)
    case = cases.snapshot(number).case("registration").number or ""
    owner = town.subject("li_chunyan")
    cases.ask_for_review(number, case, subject=owner, said="为何", at=town.workplace)
    return number


def a_closed_tax_office(town: Town) -> str:
    """A draft in a town whose tax office will refuse."""
    lanes = town.workplace.road.lanes
    assert isinstance(lanes, dict)
    lanes["tax"] = replace(lanes["tax"], connector=Closed("tax"))
    return a_draft(town)


def a_silent_bank(town: Town) -> str:
    """A draft in a town whose bank will register and not answer."""
    town.offices["bank"].lose_replies = 1
    return a_draft(town)


def in_doubt(town: Town) -> str:
    """A filing of which nobody knows whether the bank has its account."""
    number = a_silent_bank(town)
    submit(town, number)
    return number


def an_upload(town: Town) -> str:
    """A draft, and a file of it on the disk that no row knows yet."""
    number = a_draft(town)
    upload(town, number)
    return number


def a_material_past_its_time(town: Town) -> str:
    """A document that may be kept no longer."""
    number = an_upload(town)
    receive(town, number)
    pass_time(town, days=30)
    return number


# ------------------------------------------------------------------ what is done there


def submit_and_work(town: Town, number: str) -> None:
    """Submit a draft as its owner does, and let the worker go on; after a failure, the same again."""
    if Filing.objects.get(number=number).stage == "draft":
        cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    work(town)


def work(town: Town, rounds: int = 12) -> None:
    """Let time pass and a worker work while anything is due."""
    for _ in range(rounds):
        pass_time(town, minutes=3)
        while cases.work_once(at=town.workplace, limit=budget(60)):
            pass


def finish(town: Town) -> None:
    """Let everything come to its end: workers work, and an officer settles what is in doubt."""
    work(town)
    for act in Act.objects.filter(state="in_doubt").select_related("case__filing"):
        resolve(town, act.case.filing.number)
    work(town)


def case_of(number: str, item: str = "registration") -> str:
    """Give the number of a filing's case."""
    found = cases.snapshot(number).case(item).number
    assert found is not None
    return found


def approver(town: Town) -> registry.Staff:
    """Give the approver of the county's market office."""
    return officer(town, MARKET, APPROVER)


def begin_pause(town: Town, number: str) -> None:
    cases.begin_pause(
        sight(town, number),
        case_of(number),
        staff=approver(town),
        kind="expert_review",
        reason="论证",
        needs_days=5,
        at=town.workplace,
    )


def contest(town: Town, number: str) -> int:
    """Say that the address is wrong."""
    address = Fact.objects.filter(filing__number=number, element="place.address_text").latest("id")
    owner = town.subject("li_chunyan")
    return cases.contest(number, address.pk, subject=owner, said="门牌号已变更为1-1号", at=town.workplace)


def data_officer(town: Town) -> registry.Staff:
    """Give who answers for the source of the disputed address."""
    return officer(town, Contest.objects.get().source, registry.Role.DATA_OFFICER)


def resolve(town: Town, number: str) -> None:
    """Establish, by the bank's own register, that an act in doubt was done."""
    act = Act.objects.get(state="in_doubt", case__filing__number=number)
    [office_number] = [given for key, given in town.offices[act.connector].registered if key == act.key]
    cases.resolve_act(
        number,
        act.pk,
        staff=officer(town, Case.objects.get(pk=act.case_id).office, APPROVER),
        outcome="done",
        office_number=office_number,
        note="已向银行核实",
        sight=sight(town, number),
        at=town.workplace,
    )


def upload(town: Town, number: str) -> papers.StoredUpload:
    """Put the same file on the disk."""
    at = town.workplace
    folder = at.node.var / "uploads"
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return papers.store_upload([pdf()], "章程.pdf", filing=number, uploads=folder, now=now, chance=at.chance)


def receive(town: Town, number: str) -> papers.Material:
    """Take the file up among the filing's documents."""
    at = town.workplace
    return papers.upload(
        upload(town, number),
        PAPER,
        uploads=at.node.var / "uploads",
        retain_until=date(2026, 12, 1),
        now=town.now,
        chance=at.chance,
    )
