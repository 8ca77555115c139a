"""Whose each fetched fact is: a founder reads about the company, and nothing about who else leads it."""

from tests.promises.p3_no_share_without_right.matrix import PEOPLE
from tests.promises.p3_no_share_without_right.walking import Walker
from tests.promises.p3_no_share_without_right.world import World, fetched_who_leads, identity
from tongban.cases.models import Fact

LED_BY = "company.legal_representative_id"
OF_WHOM_FILES = {"place", "company"}
OFFICERS = (
    "hall.yundong.xu",
    "market.yundong.chen",
    "market.yundong.he",
    "police.yunxi.kong",
    "tax.yundong.lu",
)


def whose(fact: Fact) -> str:
    """Give the one person who may read it on a page of their own, by hand: of the filing that has ended."""
    if fact.element == LED_BY:
        return "wang_jianguo"  # whom the founder named to lead it
    if fact.participant.role in OF_WHOM_FILES:
        return "li_chunyan"
    return next(name for name in PEOPLE if identity(name)[1] == fact.participant.identity_number)


def test_each_fact_opens_for_the_one_whose_it_is_and_for_nobody_else(world: World) -> None:
    matter = world.matters["ended"]
    fetched_who_leads(matter.number, "wang_jianguo")
    rows = Fact.objects.filter(filing__number=matter.number).select_related("participant").order_by("id")
    facts = {(row.participant.role, row.element): row for row in rows}
    assert {element for role, element in facts if role == "company"} > {LED_BY}
    for visitor in (*PEOPLE, *OFFICERS):
        walker = Walker(world, visitor)
        for (role, element), fact in facts.items():
            address = f"/filings/{matter.number}/facts/{fact.pk}/"
            theirs = whose(fact) == visitor
            seen = walker.read(address)
            assert (seen.status == 200) == theirs, f"{visitor} {role} {element}: {seen.status}"
            if not theirs:
                assert walker.send(address, {"said": "不对"}).status in {403, 404}, f"{visitor} {element}"
        listed = walker.read(f"/filings/{matter.number}/facts/").body
        _, number = identity("wang_jianguo")
        assert (number in listed) == (visitor == "wang_jianguo"), visitor
