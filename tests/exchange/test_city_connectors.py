"""The city's connectors against the systems themselves: what they say, and when they fail."""

import shutil
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from demo.characters import PERSONS
from tests.demo.hosting import MORNING, Hosted, Hosting
from tests.exchange.conftest import CITY, Opening
from tongban.catalogue.api import CityCatalogue, Element, Value, read_city
from tongban.exchange.api import Ask, Looked, Nothing, Record, Road, Unclear
from tongban.kernel.clock import SetClock, civil_date
from tongban.kernel.errors import SourceDown, SourceRefused, SourceTrouble, SourceWrong
from tongban.registry.api import check_city

TODAY = civil_date(MORNING)
LI, ZHANG, CHEN, ZHAO = (PERSONS[key] for key in ("li_chunyan", "zhang_dahai", "chen_wei", "zhao_min"))
WU, MA, HE = (PERSONS[key] for key in ("wu_xiaoxue", "ma_guoqiang", "he_xiuying"))


@pytest.fixture(scope="module")
def declared() -> CityCatalogue:
    slugs = {line.id for line in check_city(CITY).organisations.value.organisations}
    return read_city(CITY, organisations=slugs)


@pytest.fixture
def ask(declared: CityCatalogue) -> "Asking":
    return Asking({element.code: element for element in declared.elements}, declared)


class Asking:
    """Asks a connector for all that a resource offers."""

    def __init__(self, elements: dict[str, Element], declared: CityCatalogue) -> None:
        self.elements = elements
        self.resources = {resource.code: resource for resource in declared.resources}

    def __call__(self, road: Road, resource: str, /, *, on: date = TODAY, **key: str) -> Looked:
        offered = self.resources[resource]
        named = dict(zip(offered.keys, key.values(), strict=True))
        elements = [self.elements[code] for code in offered.elements]
        connector = road.lane(offered.connector).connector
        return connector.lookup(Ask(resource, named, elements, "market.990121", on, 5.0))


def values(looked: Looked) -> dict[str, Value | None]:
    assert isinstance(looked, Record), looked
    return {code.split(".")[1]: reading.value for code, reading in looked.readings.items()}


def test_police_answers_in_its_own_words_and_we_read_ours(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    road = opened(hosted("police"))
    found = values(ask(road, "police.population", number=LI.resident_id))
    assert found == {
        "name": "李春燕",
        "birth_date": date(1988, 3, 12),
        "sex": "female",
        "household_address": "云溪市云东县城关镇柳荫街6号",
        "mobile": LI.mobile,
        "deceased": False,
    }
    assert values(ask(road, "police.population", number=MA.resident_id))["deceased"] is True


def test_who_is_missing_from_the_police_is_nothing_and_not_a_failure(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    road = opened(hosted("police"))
    assert ask(road, "police.population", number=WU.resident_id) == Nothing()
    assert ask(road, "police.real_name", number=WU.resident_id, name=WU.name) == Nothing()


def test_a_name_matches_its_number_or_does_not(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    road = opened(hosted("police"))
    right = ask(road, "police.real_name", number=LI.resident_id, name=LI.name)
    other = ask(road, "police.real_name", number=LI.resident_id, name=CHEN.name)
    assert values(right) == {"real_name_matched": True}
    assert values(other) == {"real_name_matched": False}


def test_a_wrong_number_is_refused_by_the_police(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    road = opened(hosted("police"))
    with pytest.raises(SourceRefused):
        ask(road, "police.population", number="12345")


def test_a_registers_pages_are_read_to_the_end(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    road = opened(hosted("police"))
    elements = [ask.elements["person.resident_id"], ask.elements["person.deceased"]]
    batches = list(road.lane("police").connector.scan("police.population", elements, rows=100))
    rows = [row for batch in batches for row in batch]
    assert len(rows) == len({row["person.resident_id"] for row in rows}) >= 300
    assert max(len(batch) for batch in batches) <= 100
    assert {row["person.deceased"] for row in rows} == {True, False}


def test_the_market_database_is_read_by_its_own_names(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    road = opened(hosted("market"))
    found = values(ask(road, "market.entities", code="91990121MA9K0001XE"))
    assert (found["name"], found["status"]) == ("云溪市春燕餐饮有限公司", "live")
    assert isinstance(found["registered_capital_cents"], int)
    assert isinstance(found["established_on"], date)
    assert ask(road, "market.entities", code="91990100MA00000000") == Nothing()


@pytest.mark.parametrize(
    ("division", "word", "taken"),
    [
        ("990100", "春燕", True),
        ("990121", "春燕", True),
        ("990122", "春燕", False),
        ("990100", "溪香", True),  # cancelled this year: blocked for one year
        ("990100", "古渡", False),  # cancelled three years ago
        ("990121", "燕归来", False),
    ],
)
def test_trade_words_are_counted_as_the_law_counts_them(
    hosted: Hosting, opened: Opening, ask: Asking, division: str, word: str, taken: bool
) -> None:
    road = opened(hosted("market"))
    found = values(ask(road, "market.trade_words", division=division, word=word, industry="餐饮"))
    assert isinstance(found["trade_word_holders"], int)
    assert (found["trade_word_holders"] > 0) is taken


def test_lists_of_those_concerned_answer_nothing_for_others(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    road = opened(hosted("market"))
    assert values(ask(road, "market.office_bars", number=CHEN.resident_id)) == {
        "office_bar_until": date(2027, 6, 30)
    }
    assert values(ask(road, "market.office_bars", number=LI.resident_id)) == {"office_bar_until": None}
    assert values(ask(road, "market.serious_records", number=ZHAO.resident_id)) == {"serious_record": True}
    assert ask(road, "market.serious_records", number=HE.resident_id) == Nothing()  # repaired
    assert ask(road, "market.names", name="燕归来有限公司") == Nothing()


def test_the_market_database_is_scanned_by_key(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    road = opened(hosted("market"))
    elements = [ask.elements["entity.credit_code"], ask.elements["entity.status"]]
    rows = [
        r for batch in road.lane("market").connector.scan("market.entities", elements, rows=7) for r in batch
    ]
    assert len(rows) == len({row["entity.credit_code"] for row in rows}) > 7


def test_both_forms_of_the_land_offices_files_read_alike(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    road = opened(hosted("land"))
    east = ask(road, "land.addresses_990121", code="9901210010001000001")
    west = ask(road, "land.addresses_990122", code="9901220010001000002")
    assert values(east) == {
        "address_text": "云溪市云东县城关镇春风路1号",
        "division": "990121",
        "usage": "commercial",
        "premises_status": "normal",
    }
    assert values(west) == {
        "address_text": "云溪市云西县河口镇清溪路2号",
        "division": "990122",
        "usage": "mixed",
        "premises_status": "normal",
    }
    assert east.as_of is not None
    assert east.as_of.date() == TODAY


def test_an_address_in_no_file_is_nothing_as_of_the_files_day(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    found = ask(opened(hosted("land")), "land.addresses_990121", code="9901210019999999999")
    assert isinstance(found, Nothing)
    assert found.as_of is not None
    assert found.as_of.date() == TODAY


def test_a_full_width_key_finds_the_same_address(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    found = ask(opened(hosted("land")), "land.addresses_990121", code=" ９９０１２１００１０００１００００01")
    assert values(found)["usage"] == "commercial"


def test_the_court_says_yes_no_and_that_it_cannot_say(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    road = opened(hosted("court"))
    found = values(ask(road, "court.enforcement", number=ZHANG.resident_id, name=ZHANG.name))
    assert found["under_enforcement"] is True
    assert "执" in str(found["enforcement_case"])
    assert ask(road, "court.enforcement", number=LI.resident_id, name=LI.name) == Nothing()
    unclear = ask(road, "court.enforcement", number=ZHANG.resident_id, name=LI.name)
    assert isinstance(unclear, Unclear)
    assert "姓名不符" in unclear.reason.zh


def test_the_courts_faults_are_told_apart(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    court = hosted("court")
    road = opened(court)
    with pytest.raises(SourceRefused) as refused:
        ask(road, "court.enforcement", number="123", name=LI.name)
    assert "证件号码格式错误" in refused.value.what.zh
    court.control("failing")
    with pytest.raises(SourceDown):
        ask(road, "court.enforcement", number=LI.resident_id, name=LI.name)


QUESTIONS = {
    "police": ("police.population", {"number": LI.resident_id}),
    "court": ("court.enforcement", {"number": LI.resident_id, "name": LI.name}),
    "market": ("market.office_bars", {"number": LI.resident_id}),
    "land": ("land.addresses_990121", {"code": "9901210010001000001"}),
}


@pytest.mark.parametrize(
    ("name", "mode", "trouble"),
    [
        ("police", "failing", SourceDown),
        ("police", "down", SourceDown),
        ("police", "wrong", SourceWrong),
        ("court", "failing", SourceDown),
        ("court", "down", SourceDown),
        ("court", "wrong", SourceWrong),
        ("market", "failing", SourceDown),
        ("market", "down", SourceDown),
        ("market", "wrong", SourceWrong),
        ("land", "down", SourceDown),
        ("land", "wrong", SourceWrong),
    ],
)
def test_a_source_in_trouble_is_never_a_fact_that_is_absent(
    hosted: Hosting, opened: Opening, ask: Asking, name: str, mode: str, trouble: type[SourceTrouble]
) -> None:
    system = hosted(name)
    road = opened(system)
    resource, key = QUESTIONS[name]
    ask_again = partial(ask, road, resource, on=TODAY, **key)
    before = ask_again()
    assert system.control(mode).status_code == 200
    with pytest.raises(trouble):
        ask_again()
    system.control("normal")
    assert ask_again() == before


def test_while_todays_file_is_unfinished_yesterdays_answers(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    land = hosted("land")
    road = opened(land)
    land.clock.move(timedelta(days=1))
    land.control("failing")
    land.command("/drop", date=f"{TODAY + timedelta(days=1):%Y%m%d}")
    found = ask(road, "land.addresses_990121", on=TODAY + timedelta(days=1), code="9901210010001000001")
    assert found.as_of is not None
    assert found.as_of.date() == TODAY


def test_a_file_that_did_not_come_for_days_is_a_source_that_is_down(
    hosted: Hosting, opened: Opening, ask: Asking
) -> None:
    road = opened(hosted("land"))
    with pytest.raises(SourceDown, match="newest file"):
        ask(road, "land.addresses_990121", on=TODAY + timedelta(days=4), code="9901210010001000001")


def test_a_newer_file_is_read_when_it_stands_there(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    land = hosted("land")
    road = opened(land)
    code = "9901210010001000003"
    assert values(ask(road, "land.addresses_990121", code=code))["usage"] == "residential"
    assert land.command("/address", code=code, usage="商业", status="正常").status_code == 200
    land.clock.move(timedelta(days=1))
    land.command("/drop", date=f"{TODAY + timedelta(days=1):%Y%m%d}")
    later = ask(road, "land.addresses_990121", on=TODAY + timedelta(days=1), code=code)
    assert values(later)["usage"] == "commercial"


def test_a_file_changed_after_it_was_sealed_is_refused(hosted: Hosting, opened: Opening, ask: Asking) -> None:
    land: Hosted = hosted("land")
    file = next((land.data / "drop").glob("*.csv"))
    file.write_bytes(file.read_bytes().replace("住宅".encode("gbk"), "商业".encode("gbk"), 1))
    with pytest.raises(SourceWrong, match="hash"):
        ask(opened(land), "land.addresses_990121", code="9901210010001000001")


def test_the_market_file_cannot_be_written_through_the_connector(
    hosted: Hosting, opened: Opening, ask: Asking, tmp_path: Path, clock: SetClock
) -> None:
    market = hosted("market")
    road = opened(market)
    before = (market.data / "market.db").read_bytes()
    shutil.copy(market.data / "market.db", tmp_path / "kept.db")
    ask(road, "market.names", name="x'; DROP TABLE T_QYMC; --")
    assert (market.data / "market.db").read_bytes() == before
