"""Every fact that was fetched about somebody is on their page with a way to say that it is wrong."""

import re

import pytest

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import carry_on, pass_time, states, submit
from tests.portal.visiting import Visit
from tests.promises.effects import unproven
from tongban.cases import api as cases
from tongban.cases.models import Contest, Fact
from tongban.catalogue import api as catalogue
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.portal.shelf import forget

WORTH_DISPUTING = ("known", "none_on_record")
MAINTENANCE = Text("系统维护", "maintenance")


@pytest.fixture
def visit(served: Town) -> Visit:
    """A browser without script that has just come."""
    forget()
    return Visit(served)


def owed(number: str, name: str, *, owner: bool) -> set[int]:
    """Give the newest facts with something to dispute about a person, and of the owner about the matter."""
    mine = Fact.objects.filter(
        filing__number=number, participant__identity_number=CHARACTERS["persons"][name]["resident_id"]
    )
    rows = list(mine)
    if owner:
        rows += Fact.objects.filter(filing__number=number, participant__kind__in=("place", "entity"))
    newest = {(row.participant_id, row.element): row.pk for row in sorted(rows, key=lambda row: row.pk)}
    return {row.pk for row in rows if row.pk in newest.values() and row.status in WORTH_DISPUTING}


def routes(visit: Visit, number: str) -> dict[int, str]:
    """Give the addresses at which the signed-in person may say that a fact is wrong, by fact."""
    page = visit.open(f"/filings/{number}/facts/")
    found = (re.search(r"/facts/(\d+)/$", link) for link in page.read.links)
    return {int(hit[1]): hit.string for hit in found if hit is not None}


@pytest.mark.parametrize("who", ["zhang_dahai", "wu_xiaoxue", "ma_guoqiang"])
def test_every_fact_about_oneself_can_be_disputed_and_its_source_is_asked(visit: Visit, who: str) -> None:
    """On a list, on no register, dead in the records: what was not found can be wrong too."""
    town = visit.town
    number = draft(town, town.subject(who), address="east_shop")
    visit.as_person(who)
    found = routes(visit, number)
    assert len(found) >= 6
    assert set(found) == owed(number, who, owner=True)
    book = catalogue.book(town.now.date())
    for fact, there in found.items():
        back = visit.press(visit.open(there), fill={"said": "与实际不符"})
        assert back.status == 200
        row = Fact.objects.get(pk=fact)
        dispute = Contest.objects.get(fact=row)
        resource = book.resource(row.resource)
        assert resource is not None
        assert (dispute.outcome, dispute.source, dispute.due_at > town.now) == (
            "open",
            resource.organisation,
            True,
        )
    assert Contest.objects.count() == len(found)
    snapshot = cases.snapshot(number)
    assert set(found) <= snapshot.contested
    sight = cases.see(snapshot, at=town.workplace)
    fetched = {(need.ref, need.element) for need in sight.plan.needs if need.how == "fetched"}
    mine = {place for place in fetched if place[0].role != "company"}
    assert len(mine) >= 6
    assert {sight.gathered.values.get(place) for place in mine} == {None}  # no rule uses what is disputed
    assert {each for each in unproven() if "dispute" in each} == set()


def test_a_disputed_fact_goes_to_a_person_and_is_not_asked_instead(visit: Visit) -> None:
    town, owner = visit.town, visit.town.subject("li_chunyan")
    number = draft(town, owner)
    before = cases.see(cases.snapshot(number), at=town.workplace).plan.questions
    visit.as_person("li_chunyan")
    for there in routes(visit, number).values():
        visit.press(visit.open(there), fill={"said": "与实际不符"})
    sight = cases.see(cases.snapshot(number), at=town.workplace)
    assert sight.plan.questions == before
    assert submit(town, number).problems == ()
    assert states(number)["registration"] == "accepted"
    assert cases.snapshot(number).case("registration").person_needed


def test_each_participant_disputes_what_is_about_them_and_nothing_else(visit: Visit) -> None:
    town = visit.town
    number = draft(town, town.subject("li_chunyan"), partner=CHARACTERS["persons"]["wang_jianguo"])
    submit(town, number)
    lease = cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    found = {}
    for who in ("li_chunyan", "wang_jianguo"):
        visit.as_person(who)
        found[who] = routes(visit, number)
        assert set(found[who]) == owed(number, who, owner=who == "li_chunyan"), who
        assert found[who], who
    assert set(found["li_chunyan"]).isdisjoint(found["wang_jianguo"])
    for there in found["li_chunyan"].values():
        assert visit.open(there).status == 404


def test_what_one_office_was_told_can_be_disputed_although_another_is_still_waiting(visit: Visit) -> None:
    """The land register answers the registry and then fails: the tax office waits, the fact stands shown."""
    town = visit.town
    number = draft(town, town.subject("li_chunyan"))
    town.registers["land"].trouble = SourceDown("exchange.unreachable", what=MAINTENANCE, todo=MAINTENANCE)
    pass_time(town, minutes=2)
    submit(town, number)
    told = Fact.objects.get(element="place.address_text", status="known")
    assert Fact.objects.filter(element="place.address_text", status="late").exists()
    visit.as_person("li_chunyan")
    assert told.pk in routes(visit, number)
    visit.press(visit.open(f"/filings/{number}/facts/{told.pk}/"), fill={"said": "门牌号已变更"})
    assert Contest.objects.get().fact_id == told.pk
