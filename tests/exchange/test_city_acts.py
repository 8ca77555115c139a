"""Acts at the offices after the licence: done once, whatever happens to the reply."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from demo.characters import PERSONS
from demo.checks import credit_code
from tests.demo.hosting import MORNING, Hosted, Hosting
from tests.exchange.conftest import Opening
from tongban.exchange.api import (
    Absent,
    ActOutcome,
    ActRequest,
    CannotTell,
    Done,
    Found,
    Refused,
    Road,
    Unanswered,
    act,
    find_act,
    idempotency,
)
from tongban.exchange.verbs import FieldValue
from tongban.kernel.errors import InvalidValue, NotFound

OFFICES = ("tax", "social", "medical", "fund", "bank", "seal")
OPERATIONS = {"seal": "order", "bank": "appoint"}
LI = PERSONS["li_chunyan"]
NEW_FIRM, SECOND_FIRM = credit_code("990121", "MA9T9001"), credit_code("990121", "MA9T9002")
FIELDS: Mapping[str, FieldValue] = {
    "company_name": "云东县燕归来餐饮有限公司",
    "credit_code": "91990121MA9K0001XE",
    "legal_representative_name": LI.name,
    "legal_representative_id": LI.resident_id,
    "address": "云溪市云东县城关镇春风路1号",
    "established_on": date(2026, 11, 2),
    "contact_mobile": "10000000001",
    "invoice_needed": True,
    "staff_count": 1,
    "ratio_percent": 5,
    "division": "990121",
    "seals": "01,02,03",
    "account_kind": "basic",
    "wished_day": date(2026, 11, 5),
}
KEY = "3111440300007542195T344210821900020261102-0001-register"


def do(road: Road, office: str, key: str = KEY, **changes: FieldValue) -> ActOutcome:
    request = ActRequest(office, OPERATIONS.get(office, "register"), {**FIELDS, **changes}, key)
    return act(road, office, request, MORNING)


def numbers(system: Hosted) -> list[object]:
    return [one["number"] for one in system.registrations()]


@pytest.mark.parametrize("office", OFFICES)
def test_an_act_gives_the_number_that_the_office_wrote(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    outcome = do(opened(system), office)
    assert isinstance(outcome, Done), outcome
    assert [outcome.number] == [str(number) for number in numbers(system)]


@pytest.mark.parametrize("office", ["tax", "fund", "seal"])
def test_where_the_key_is_honoured_a_lost_reply_is_asked_for_again_and_nothing_is_done_twice(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    system.control("drop_reply", times=1)
    outcome = do(opened(system), office)
    assert isinstance(outcome, Done), outcome
    assert numbers(system) == [outcome.number]


@pytest.mark.parametrize("office", ["social", "medical"])
def test_where_only_lookup_is_offered_a_lost_reply_is_found_afterwards(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    road = opened(system)
    assert find_act(road, office, KEY) == Absent()
    system.control("drop_reply", times=1)
    outcome = do(road, office)
    assert isinstance(outcome, Unanswered)
    assert outcome.maybe_done
    found = find_act(road, office, KEY)
    assert isinstance(found, Found)
    assert [found.number] == [str(number) for number in numbers(system)]


def test_where_neither_is_offered_a_lost_reply_stays_in_doubt_and_is_not_sent_again(
    database: None, hosted: Hosting, opened: Opening
) -> None:
    bank = hosted("bank")
    road = opened(bank)
    bank.control("drop_reply")
    outcome = do(road, "bank")
    assert isinstance(outcome, Unanswered)
    assert outcome.maybe_done
    assert isinstance(find_act(road, "bank", KEY), CannotTell)
    assert len(numbers(bank)) == 1
    assert idempotency(road, "bank") == "none"


def test_the_seal_makers_order_is_found_under_its_key(
    database: None, hosted: Hosting, opened: Opening
) -> None:
    road = opened(hosted("seal"))
    assert find_act(road, "seal", KEY) == Absent()
    done = do(road, "seal")
    assert isinstance(done, Done)
    assert find_act(road, "seal", KEY) == Found(done.number)
    assert [seal["type"] for seal in done.raw["seals"]] == ["01", "02", "03"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("office", ["tax", "social", "medical", "fund", "seal"])
def test_an_office_that_says_it_is_busy_has_not_done_it(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    system.control("failing")
    outcome = do(opened(system), office)
    assert isinstance(outcome, Unanswered)
    assert not outcome.maybe_done
    assert numbers(system) == []


@pytest.mark.parametrize(
    ("office", "mode"),
    [(office, mode) for office in OFFICES for mode in ("wrong", "down")] + [("bank", "failing")],
)
def test_an_answer_that_says_nothing_leaves_it_open_whether_it_was_done(
    database: None, hosted: Hosting, opened: Opening, office: str, mode: str
) -> None:
    system = hosted(office)
    system.control(mode)
    outcome = do(opened(system), office)
    assert isinstance(outcome, Unanswered)
    assert outcome.maybe_done


@pytest.mark.parametrize("office", OFFICES)
def test_a_system_that_is_not_there_has_certainly_done_nothing(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    road = opened(system)
    system.host.shutdown()
    system.host.server_close()
    outcome = do(road, office)
    assert isinstance(outcome, Unanswered)
    assert not outcome.maybe_done


@pytest.mark.parametrize("office", OFFICES)
def test_a_refusal_says_why_and_nothing_was_done(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    outcome = do(opened(system), office, credit_code="91990121MA9K0001X0")
    assert isinstance(outcome, Refused), outcome
    assert len(outcome.reason.zh) > len(f"{office} 拒绝了请求。")
    assert numbers(system) == []


@pytest.mark.parametrize("office", OFFICES)
def test_without_a_field_that_the_office_needs_nothing_is_sent(
    database: None, hosted: Hosting, opened: Opening, office: str
) -> None:
    system = hosted(office)
    with pytest.raises(InvalidValue, match="credit_code"):
        do(opened(system), office, credit_code=None)
    counts = system.state()["counts"]
    assert isinstance(counts, dict)
    assert sum(counts.values()) == 0


def test_a_key_past_the_time_for_which_the_office_honours_it_is_not_sent_again(
    database: None, hosted: Hosting, opened: Opening
) -> None:
    tax = hosted("tax")
    road = opened(tax)
    first = ActRequest("tax", "register", FIELDS, KEY, first_sent_at=MORNING)
    assert isinstance(act(road, "tax", first, MORNING + timedelta(hours=22)), Done)
    late = act(road, "tax", first, MORNING + timedelta(hours=24))
    assert isinstance(late, Unanswered)
    assert late.maybe_done
    assert len(numbers(tax)) == 1


def test_the_regulators_desk_enters_a_company_once(database: None, hosted: Hosting, opened: Opening) -> None:
    market = hosted("market")
    road = opened(market)
    fields: dict[str, FieldValue] = {
        **FIELDS,
        "credit_code": NEW_FIRM,
        "kind": "1151",
        "registered_capital_cents": 10_000_000,
        "scope": ("餐饮服务", "餐饮管理"),
        "trade_word": "燕归来",
        "industry": "餐饮",
        "form": "有限公司",
    }
    request = ActRequest("market_desk", "register", fields, KEY)
    outcome = act(road, "market_desk", request, MORNING)
    assert isinstance(outcome, Done), outcome
    assert act(road, "market_desk", request, MORNING) == outcome
    taken = ActRequest("market_desk", "register", {**fields, "credit_code": SECOND_FIRM}, KEY)
    refused = act(road, "market_desk", taken, MORNING)
    assert isinstance(refused, Refused)
    assert "名称已被占用" in refused.reason.zh


def test_an_office_that_nobody_declared_is_not_found(database: None, opened: Opening) -> None:
    with pytest.raises(NotFound):
        do(opened(), "customs")
