"""Rights that end while a filing is under way: what was fetched stays, what comes later is withheld."""

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, pass_time, sight, states, submit
from tests.cases.test_hard_cases import withdraw_grants
from tests.openings import fields_of
from tests.promises.effects import unproven
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.registry import api as registry

MARKET, TAX = "market.990121", "tax.990121"
LAND = "land.addresses_990121"


def statuses(number: str, consumer: str) -> dict[str, str]:
    rows = Fact.objects.filter(filing__number=number, consumer=consumer).order_by("id")
    return {fact.element: fact.status for fact in rows}


def refusals(resource: str) -> list[str]:
    refused = fields_of(kind="share.refused").values()
    return [fields["reason_code"] for fields in refused if fields["resource"] == resource]


def test_what_was_fetched_stays_and_what_comes_later_is_withheld_and_goes_to_a_person(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))  # market regulation has its facts now, tax has not
    assert statuses(number, MARKET)["place.usage"] == "known"
    assert statuses(number, TAX) == {}
    for consumer in (MARKET, TAX):
        withdraw_grants(town, consumer, LAND)
    submit(town, number)
    assert statuses(number, MARKET)["place.usage"] == "known"
    assert states(number)["registration"] == "granted"
    tax = cases.snapshot(number).case("tax")
    assert set(statuses(number, TAX).values()) >= {"withheld"}
    assert tax.person_needed
    assert "共享授权已终止" in "".join(words.zh for words in tax.person_needed)
    assert town.offices["tax"].registered == []
    assert refusals(LAND) == ["withdrawn"]
    assert {states(number)[item] for item in ("seal", "insurance", "fund", "account")} == {"granted"}
    assert unproven() == []


def test_only_a_named_person_says_no_where_the_right_has_ended(town: Town) -> None:
    withdraw_grants(town, TAX, LAND)
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    case = cases.snapshot(number).case("tax").number or ""
    approver = officer(town, TAX, registry.Role.APPROVER)
    pass_time(town, days=40)
    carry(town, number)
    assert states(number)["tax"] not in {"refused", "granted"}, "a machine decided it"
    cases.refuse(
        sight(town, number), case, staff=approver, reasons="无法核验住所", record={}, at=town.workplace
    )
    assert states(number)["tax"] == "refused"
    assert town.offices["tax"].registered == []


def test_a_right_that_ends_while_the_source_is_answering_lets_nothing_through(town: Town) -> None:
    """The court had answered already; its answer is thrown away unread."""
    court = town.registers["court"]
    finder = court.resources["court.enforcement"]

    def late(key: object) -> object:
        if court.asked == 1:
            withdraw_grants(town, MARKET, "court.enforcement")
        return finder(key)  # type: ignore[arg-type]

    town.registers["court"].resources = {"court.enforcement": late}  # type: ignore[dict-item]
    number = draft(town, town.subject("zhang_dahai"))
    assert court.asked == 1
    assert statuses(number, MARKET)["person.under_enforcement"] == "withheld"
    held = Fact.objects.filter(filing__number=number, element="person.under_enforcement")
    assert list(held.values_list("value", flat=True)) == [None]
    assert refusals("court.enforcement") == ["withdrawn"]
    submit(town, number)
    assert cases.snapshot(number).case("registration").person_needed
    assert unproven() == []


def test_every_right_withdrawn_at_once_stops_every_source_and_grants_nothing(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    known = dict(statuses(number, MARKET))
    for resource in ("police.population", "police.real_name", "court.enforcement", LAND):
        withdraw_grants(town, MARKET, resource)
    other = draft(town, town.subject("zhou_wenbin"), trade_word="老渡口")
    submit(town, other)
    carry(town, other)
    assert "granted" not in states(other).values()
    fetched = {status for element, status in statuses(other, MARKET).items() if element in known}
    assert "known" not in {statuses(other, MARKET)[each] for each in ("place.usage", "person.deceased")}
    assert "withheld" in fetched
    assert statuses(number, MARKET) == known, "what was fetched before is as it was"


def test_a_withdrawal_is_no_secret_from_the_person(town: Town) -> None:
    withdraw_grants(town, MARKET, LAND)
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    submit(town, number)
    page = cases.filing_page(number, owner)
    assert any(line.kind == "withheld" for line in page.timeline.lines)
    assert cases.snapshot(number).case("registration").person_needed
