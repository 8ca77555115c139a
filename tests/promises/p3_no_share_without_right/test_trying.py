"""Numbers mixed up, guessed and made up: what is another's is neither told nor there, and never changes."""

from dataclasses import replace
from html import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promises.effects import unproven
from tests.promises.p3_no_share_without_right.matrix import (
    ABOUT_ONE,
    HANDLER,
    OWNER,
    PAGES,
    PARTNER,
    STAFF_MEMBERS,
    VISITORS,
    WORKBENCH,
    may,
    standing,
)
from tests.promises.p3_no_share_without_right.walking import Walker
from tests.promises.p3_no_share_without_right.world import (
    NO_FILING,
    PERSONS,
    Matter,
    World,
    everything,
    fetched,
)
from tongban.cases import api as cases
from tongban.cases.models import Contest
from tongban.ledger import api as ledger

# What each form does when the right person sends it: without this, that others change nothing proves nothing.
DOES = (
    ("wang_jianguo", "portal:part", "confirming"),
    ("li_chunyan", "portal:form", "draft"),
    ("li_chunyan", "portal:reasons", "ended"),
    ("li_chunyan", "portal:rate", "ended"),
    ("zhou_wenbin", "portal:fact", "waiting"),
    ("zhou_wenbin", "portal:person", "waiting"),
    ("wu_xiaoxue", "portal:correction", "correction"),
    ("market.yundong.chen", "workbench:claim", "waiting"),
    ("market.yundong.chen", "workbench:deed", "waiting"),
    ("police.yunxi.kong", "workbench:answer-contest", "ended"),
    ("police.yunxi.shao", "workbench:withdraw", "ended"),
    ("li_chunyan", "portal:withdraw", "draft"),
)


def test_the_same_forms_change_something_when_those_send_them_who_have_the_right(world: World) -> None:
    for visitor, name, called in DOES:
        matter, page = world.matters[called], PAGES[name]
        before = everything()
        seen = Walker(world, visitor).send(page.at(matter), page.sent)
        assert everything() != before, f"{visitor}, {name}: {seen.status} {seen.body[-1500:]}"
    assert unproven() == []


ELSEWHERE = (
    "market.yunxi-west.shen",  # the same office of the county beside
    "tax.yunxi-west.han",
    "market.chengguan.luo",
    "market.yunxi.zhou",
    "land.yundong.jiang",
    "court.yunxi.qi",
    "zhao_min",
)


def test_to_everybody_elsewhere_it_is_as_if_it_did_not_exist(world: World) -> None:
    """An officer of the county beside, above or below, a source's, a stranger: real and made up are one."""
    before = everything()
    for visitor in ELSEWHERE:
        walker = Walker(world, visitor)
        for called in ("ended", "waiting", "correction"):
            real = world.matters[called]
            absent = made_up(real)
            for name in ABOUT_ONE:
                if not may(world, visitor, name, real):
                    told = [_answers(walker, name, one) for one in (real, absent)]
                    assert told[0] == told[1], (visitor, name, called)
    assert everything() == before


def made_up(real: Matter) -> Matter:
    """Give a filing that does not exist and looks as one that does."""
    last = (int(real.case[-1]) + 5) % 10
    return replace(
        real,
        number=NO_FILING,
        case=f"{real.case[:-1]}{last}",
        licence=f"{real.licence[:-1]}9",
        contest=999_999,
    )


def _answers(walker: Walker, name: str, matter: Matter) -> list[tuple[int, str]]:
    """Read a page and send its form; give what is answered, but for what was in the address."""
    page, address = PAGES[name], PAGES[name].at(matter)
    return [seen.words(address, matter) for seen in (walker.read(address), walker.send(address, page.sent))]


PARTS = st.sampled_from(["ended", "confirming", "draft", "waiting", "helped", "correction"])
STEP = st.tuples(st.sampled_from(ABOUT_ONE), PARTS, PARTS, PARTS, PARTS, st.booleans())


def mixed(world: World, filing: str, case: str, fact: str, paper: str) -> Matter:
    """Give the address of a filing with a case, a fact and papers that may be another's."""
    of = world.matters
    return replace(
        of[filing],
        case=of[case].case,
        fact=of[fact].fact,
        notice=of[paper].notice,
        licence=of[paper].licence,
        material=of[paper].material,
        contest=of[fact].contest,
    )


def test_whatever_somebody_puts_together_they_read_and_change_nothing_of_another(world: World) -> None:
    walkers: dict[str, Walker] = {}
    before = everything()

    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(visitor=st.sampled_from(VISITORS), steps=st.lists(STEP, min_size=1, max_size=6))
    def whatever_is_tried(visitor: str, steps: list[tuple[str, str, str, str, str, bool]]) -> None:
        walker = walkers.setdefault(visitor, Walker(world, visitor))
        for name, filing, case, fact, paper, sends in steps:
            page, matter = PAGES[name], mixed(world, filing, case, fact, paper)
            about = world.matters[case if name in WORKBENCH else filing]
            if sends and not _is_theirs(world, visitor, name, (filing, case, fact)):
                seen = walker.send(page.at(matter), page.sent)
            else:
                seen = walker.read(page.at(matter))
            assert walker.secrets_in(seen.body, name, about) == [], (visitor, name, seen.status)
        assert everything() == before, (visitor, steps)

    whatever_is_tried()


def _is_theirs(world: World, visitor: str, name: str, of: tuple[str, str, str]) -> bool:
    """Say whether somebody has the right to what they would send, all parts of it being of one filing."""
    filing, case, fact = of
    wanted = PAGES[name].address
    parts = {filing if "{number}" in wanted else "", case if "{case}" in wanted else ""}
    parts |= {fact if "{fact}" in wanted or "{contest}" in wanted else ""}
    named = parts - {""}
    return len(named) <= 1 and all(may(world, visitor, name, world.matters[one]) for one in named)


def test_the_source_that_verifies_reads_the_one_value_that_is_disputed(world: World) -> None:
    matter = world.matters["ended"]
    contest = PAGES["workbench:contest"].at(matter)
    looks = len(ledger.openings_of("facts.opened", most=1000).lines)
    other = Walker(world, "court.yunxi.qi")
    assert other.send(contest, {"cause": "看看"}).status == 302
    assert other.read(contest).status == 404
    assert len(ledger.openings_of("facts.opened", most=1000).lines) == looks
    own = Walker(world, "police.yunxi.kong")
    closed = own.read(contest).body
    assert [value for value in fetched("li_chunyan") if value in closed] == []
    own.send(contest, {"cause": "校核"})
    opened = own.read(contest).body
    assert [value for value in fetched("li_chunyan") if value in opened] == [PERSONS["li_chunyan"]["mobile"]]
    assert [value for value in fetched("wang_jianguo") if value in opened] == []
    assert len(ledger.openings_of("facts.opened", most=1000).lines) == looks + 1
    assert Contest.objects.get(pk=matter.contest).outcome == "open"


def test_an_officer_reads_facts_only_after_a_cause_is_on_record_and_those_of_their_case_alone(
    world: World,
) -> None:
    matter = world.matters["waiting"]
    page, looks = PAGES["workbench:facts"], ledger.openings_of
    for visitor in STAFF_MEMBERS:
        walker = Walker(world, visitor)
        before = len(looks("facts.opened", most=1000).lines)
        opened = walker.send(PAGES["workbench:open"].at(matter), {"cause": "审批本办件"})
        seen = walker.read(page.at(matter))
        is_handler = HANDLER in standing(world, visitor, matter)
        assert (opened.status == 302 and opened.leads_to.endswith("/facts")) == is_handler, visitor
        assert (seen.status == 200) == is_handler, visitor
        assert walker.secrets_in(seen.body, "workbench:facts", matter) == [], visitor
        about = {name for name in matter.people for value in fetched(name) if value in seen.body}
        assert about == (set(matter.people) if is_handler else set()), visitor
        assert len(looks("facts.opened", most=1000).lines) == before + is_handler, visitor


def test_the_filer_reads_that_it_is_checked_or_waited_for_and_whose_it_is_reads_it_whole(
    world: World,
) -> None:
    """The helper and the first founder see how it stands; the person whose facts they are reads them."""
    helped, confirming, ended = (world.matters[each] for each in ("helped", "confirming", "ended"))
    helper = Walker(world, helped.helper)
    told = helper.read(PAGES["portal:filing"].at(helped)).body
    assert "已从" in told
    assert [value for value in fetched(helped.owner) if value in told] == []
    own = Walker(world, helped.owner).read(PAGES["portal:facts"].at(helped)).body
    assert [value for value in fetched(helped.owner) if value in own] != []
    assert helper.read(PAGES["portal:facts"].at(helped)).status == 403
    first = Walker(world, confirming.owner)
    waits = first.read(PAGES["portal:filing"].at(confirming)).body
    assert "正在等待本人确认" in waits
    assert PERSONS[confirming.partner]["name"] in waits
    second = Walker(world, ended.partner)
    assert {OWNER, PARTNER} & standing(world, ended.partner, ended) == {PARTNER}
    theirs = second.read(PAGES["portal:facts"].at(ended)).body
    assert [value for value in fetched(ended.partner) if value in theirs] != []
    assert [value for value in fetched(ended.owner) if value in theirs] == []


def test_whoever_names_a_director_is_not_told_what_the_court_has_about_them(world: World) -> None:
    """The officer reads why the case is theirs; the founder that an officer decides, in their own words."""
    matter = world.matters["waiting"]
    reasons = cases.snapshot(matter.number).case("registration").person_needed
    assert reasons
    officer = Walker(world, "market.yundong.chen").read(PAGES["workbench:case"].at(matter)).body
    assert all(escape(words.zh) in officer for words in reasons)
    for visitor in (matter.owner, "zhao_min"):
        walker = Walker(world, visitor)
        for name in ("filing", "facts", "form", "correction", "notice", "notice-file"):
            body = walker.read(PAGES[f"portal:{name}"].at(matter)).body
            assert [words.zh for words in reasons if escape(words.zh) in body] == [], name
        # What the court has is a yes; of the founder themselves it had nothing, and that is what they read.
        assert "是</td>" not in _row(walker.read(PAGES["portal:facts"].at(matter)).body, "被执行人")
    own = Walker(world, matter.partner).read(PAGES["portal:facts"].at(matter)).body
    assert "是</td>" in _row(own, "被执行人")


def _row(page: str, name: str) -> str:
    """Give the row of a table of facts that begins with a name."""
    return page.partition(f">{name}</th>")[2].partition("</tr>")[0]
