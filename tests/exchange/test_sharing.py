"""fetch: judged, asked in parallel, put on record, and only then answered."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from demo.characters import PERSONS
from tests.demo.hosting import MORNING, Hosting
from tests.exchange.conftest import CITY, Opening
from tests.exchange.shelf import Records, Shelf
from tests.openings import opened as stored_openings
from tongban.catalogue import api as catalogue
from tongban.exchange.actions import Entry
from tongban.exchange.api import Ask, FetchedValue, ShareAnswer, ShareRequest, fetch
from tongban.exchange.connectors.troubles import busy, refused
from tongban.kernel.errors import DurabilityLost, Invalid
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry as LedgerEntry
from tongban.registry import api as registry
from tongban.registry.api import Role, Staff

LI, ZHANG = PERSONS["li_chunyan"], PERSONS["zhang_dahai"]
LIFE = ShareRequest(
    consumer="market.990121",
    purpose="open-company",
    case_or_filing="F990100-20261102-0001",
    resource="police.population",
    elements=("person.deceased", "person.mobile"),
    key={"person.resident_id": LI.resident_id},
    subject_of_record="01JD0000000000000000000000",
)
BARS = replace(LIFE, resource="market.office_bars", elements=("person.office_bar_until",))
RECORDS = replace(LIFE, resource="market.serious_records", elements=("person.serious_record",))
NAME_KEY = {"person.resident_id": LI.resident_id, "person.name": LI.name}
COURT = replace(LIFE, resource="court.enforcement", elements=("person.under_enforcement",), key=NAME_KEY)
ALIVE: Records = {(LI.resident_id,): {"person.deceased": False, "person.mobile": "10000000001"}}


@pytest.fixture(autouse=True)
def loaded(database: None) -> None:
    registry.load_city(CITY, now=MORNING, chance=SystemChance())
    catalogue.load(CITY, now=MORNING, chance=SystemChance())


def one(road: Any, request: ShareRequest, timeout_s: float = 5.0) -> ShareAnswer:
    (answer,) = fetch(road, [request], now=MORNING, timeout_s=timeout_s)
    return answer


def shares() -> list[str]:
    found = LedgerEntry.objects.filter(log="shares-2026").order_by("id")
    return list(found.values_list("kind", flat=True))


def statuses(answer: ShareAnswer) -> set[str]:
    return {value.status for value in answer.values.values()}


def test_an_answer_gives_each_element_its_value_and_its_evidence(opened: Opening) -> None:
    answer = one(opened(extra=(Shelf("police", ALIVE),)), LIFE)
    assert answer.values == {
        "person.deceased": FetchedValue(False, "known"),
        "person.mobile": FetchedValue("10000000001", "known"),
    }
    assert answer.share is not None
    entry = ledger.opening(answer.share)
    assert entry.value("consumer") == "market.990121"
    assert entry.value("grant") == "registration-population/market.990121/open-company"
    assert entry.value("statuses") == {"person.deceased": "known", "person.mobile": "known"}
    assert entry.value("filing_number") == LIFE.case_or_filing
    assert (answer.as_of, answer.fetched_at) == (MORNING, MORNING)


def test_evidence_holds_neither_the_values_nor_the_number_of_the_person(opened: Opening) -> None:
    answer = one(opened(extra=(Shelf("police", ALIVE),)), LIFE)
    stored = LedgerEntry.objects.get(pk=answer.share)
    for part in (repr(stored_openings(pk=answer.share)), bytes(stored.leaf).decode()):
        assert LI.resident_id not in part
        assert "10000000001" not in part


def test_the_ledger_verifies_after_releases_and_refusals(opened: Opening) -> None:
    fetch(
        opened(extra=(Shelf("police", ALIVE),)),
        [LIFE, replace(LIFE, purpose="marriage")],
        now=MORNING,
        timeout_s=5,
    )
    assert sorted(shares()) == ["share.refused", "share.released"]
    ledger.check_ledger()


class Broken:
    """A journal whose disk is full."""

    def __init__(self) -> None:
        self.offered: list[Entry] = []

    def record(self, entries: Sequence[Entry], now: datetime) -> list[str]:  # noqa: ARG002 - the verb's shape
        self.offered += entries
        raise DurabilityLost(
            "test.disk_full",
            what=Text("磁盘已满。", "The disk is full."),
            todo=Text("请扩容。", "Make room."),
        )


def test_an_answer_whose_evidence_cannot_be_written_does_not_leave(opened: Opening) -> None:
    journal = Broken()
    with pytest.raises(DurabilityLost):
        one(opened(extra=(Shelf("police", ALIVE),), journal=journal), LIFE)
    assert len(journal.offered) == 1
    assert shares() == []


def test_evidence_is_committed_when_the_answer_comes_back(opened: Opening) -> None:
    answer = one(opened(extra=(Shelf("police", ALIVE),)), LIFE)
    seen: list[bool] = []

    def look() -> None:  # another connection sees only what is committed
        seen.append(LedgerEntry.objects.filter(pk=answer.share).exists())
        connection.close()

    reader = threading.Thread(target=look)
    reader.start()
    reader.join()
    assert seen == [True]


def test_only_the_key_and_the_elements_asked_for_reach_the_source(opened: Opening) -> None:
    police = Shelf("police", ALIVE)
    more = {**LIFE.key, "person.name": LI.name, "person.mobile": "10000000001"}
    one(opened(extra=(police,)), replace(LIFE, elements=("person.deceased", "person.sex"), key=more))
    (ask,) = police.asked
    assert ask.key == {"person.resident_id": LI.resident_id}
    assert [element.code for element in ask.elements] == ["person.deceased"]


def test_what_the_grant_does_not_cover_is_withheld_beside_what_it_covers(opened: Opening) -> None:
    answer = one(
        opened(extra=(Shelf("police", ALIVE),)), replace(LIFE, elements=("person.deceased", "person.sex"))
    )
    assert answer.values["person.deceased"].status == "known"
    assert answer.values["person.sex"] == FetchedValue(None, "withheld")
    assert answer.reason is not None
    assert "person.sex" in answer.reason.en


def test_without_a_right_the_source_is_not_even_asked(opened: Opening) -> None:
    police = Shelf("police", ALIVE)
    answer = one(opened(extra=(police,)), replace(LIFE, consumer="tax.990121"))
    assert statuses(answer) == {"withheld"}
    assert police.asked == []
    assert answer.share is not None
    assert ledger.opening(answer.share).value("reason_code") == "no_grant"


def test_a_grant_withdrawn_in_between_withholds_from_then_on(opened: Opening) -> None:
    road = opened(extra=(Shelf("police", ALIVE),))
    assert statuses(one(road, LIFE)) == {"known"}
    staff = Staff(1, "li", "李", "bureau.990100", frozenset({Role.BUREAU_OFFICER}), ("990100",))
    grant = "registration-population/market.990121/open-company"
    catalogue.withdraw_grant(grant, staff, "用途已变更", MORNING, chance=SystemChance())
    answer = one(road, LIFE)
    assert statuses(answer) == {"withheld"}
    assert sorted(shares()) == ["share.refused", "share.released"]


def test_no_record_in_a_list_of_those_concerned_is_an_answer(opened: Opening) -> None:
    answer = one(opened(extra=(Shelf("market"),)), RECORDS)
    assert answer.values == {"person.serious_record": FetchedValue(False, "none_on_record")}
    assert shares() == ["share.released"]


def test_no_record_in_a_register_of_everybody_gives_rules_no_value(opened: Opening) -> None:
    answer = one(opened(extra=(Shelf("police"),)), LIFE)
    assert answer.values["person.deceased"] == FetchedValue(None, "none_on_record")
    assert answer.reason is not None


def test_sources_are_asked_at_the_same_time(opened: Opening) -> None:
    together = threading.Barrier(2, timeout=20)
    meet = lambda _: together.wait()  # noqa: E731
    road = opened(extra=(Shelf("police", ALIVE, meet), Shelf("market", before=meet)))
    answers = fetch(road, [LIFE, BARS], now=MORNING, timeout_s=20)
    assert [statuses(answer) for answer in answers] == [{"known"}, {"none_on_record"}]


def test_a_source_that_does_not_answer_in_time_makes_its_elements_late_and_no_others(
    opened: Opening,
) -> None:
    held = threading.Event()
    slow = Shelf("police", ALIVE, lambda _: held.wait(20))
    road = opened(extra=(slow, Shelf("market")))
    try:
        late, known = fetch(road, [LIFE, BARS], now=MORNING, timeout_s=0.5)
    finally:
        held.set()
    assert statuses(late) == {"late"}
    assert late.share is None
    assert late.is_late
    assert statuses(known) == {"none_on_record"}
    assert shares() == ["share.released"]


def down(_: Ask) -> None:
    raise busy("police", "系统维护")


def test_a_source_that_is_down_is_late_with_its_reason_and_never_absent(opened: Opening) -> None:
    answer = one(opened(extra=(Shelf("police", ALIVE, down),)), LIFE)
    assert answer.values["person.deceased"] == FetchedValue(None, "late")
    assert answer.reason is not None
    assert "系统维护" in answer.reason.zh
    assert shares() == []


def test_a_source_that_stays_down_is_left_alone_for_a_while(opened: Opening) -> None:
    police = Shelf("police", ALIVE, down)
    road = opened(extra=(police,))
    for _ in range(10):
        one(road, LIFE)
    assert len(police.asked) == 5
    assert road.breaker_states()["police"].position == "open"


def test_a_source_that_refuses_us_withholds_and_the_refusal_is_on_record(opened: Opening) -> None:
    def no(_: Ask) -> None:
        raise refused("police", "密钥无效")

    answer = one(opened(extra=(Shelf("police", ALIVE, no),)), LIFE)
    assert statuses(answer) == {"withheld"}
    assert shares() == ["share.refused"]


@pytest.mark.parametrize(
    "record",
    [
        {"person.deceased": "no", "person.mobile": "1"},
        {"person.deceased": False},
        {"person.mobile": "10000000001"},
    ],
)
def test_a_record_of_another_shape_is_late_and_nothing_of_it_is_released(
    opened: Opening, record: dict[str, Any]
) -> None:
    answer = one(opened(extra=(Shelf("police", {(LI.resident_id,): record}),)), LIFE)
    assert statuses(answer) == {"late"}
    assert shares() == []


def test_a_connector_that_reads_our_own_database_runs_in_the_callers_thread(opened: Opening) -> None:
    threads: list[threading.Thread] = []
    note = lambda _: threads.append(threading.current_thread())  # noqa: E731
    road = opened(extra=(Shelf("police", ALIVE, note, inline=True), Shelf("market", before=note)))
    fetch(road, [LIFE, BARS], now=MORNING, timeout_s=5)
    assert threads.count(threading.current_thread()) == 1


def test_fetching_inside_a_transaction_is_refused(opened: Opening) -> None:
    road = opened(extra=(Shelf("police", ALIVE),))
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a write transaction"):
        one(road, LIFE)


def test_too_many_requests_at_once_are_refused_before_anything_is_asked(opened: Opening) -> None:
    police = Shelf("police", ALIVE)
    with pytest.raises(Invalid):
        fetch(opened(extra=(police,)), [LIFE] * 65, now=MORNING, timeout_s=5)
    assert police.asked == []


def test_all_that_a_filing_needs_comes_from_the_systems_themselves(hosted: Hosting, opened: Opening) -> None:
    road = opened(*(hosted(name) for name in ("police", "market", "land", "court")))
    place = replace(
        LIFE,
        resource="land.addresses_990121",
        elements=("place.usage",),
        key={"place.address_code": "9901210010001000001"},
    )
    concerned = {"person.resident_id": ZHANG.resident_id, "person.name": ZHANG.name}
    answers = fetch(
        road, [LIFE, BARS, COURT, replace(COURT, key=concerned), place], now=MORNING, timeout_s=20
    )
    found = [next(iter(answer.values.values())) for answer in answers]
    assert [(value.value, value.status) for value in found] == [
        (False, "known"),
        (None, "none_on_record"),
        (False, "none_on_record"),
        (True, "known"),
        ("commercial", "known"),
    ]
    assert len({answer.share for answer in answers}) == 5
    ledger.check_ledger()


def test_a_busy_source_is_asked_again_at_once(hosted: Hosting, opened: Opening) -> None:
    police = hosted("police")
    police.control("failing", times=1)
    assert statuses(one(opened(police), LIFE)) == {"known"}
    assert police.state()["counts"] == {"ryxx": 2, "smhy": 0, "hcy": 0, "plcx": 0}


def test_a_name_that_disagrees_with_the_number_is_neither_yes_nor_no(
    hosted: Hosting, opened: Opening
) -> None:
    other = {"person.resident_id": ZHANG.resident_id, "person.name": LI.name}
    answer = one(opened(hosted("court")), replace(COURT, key=other))
    assert answer.values["person.under_enforcement"] == FetchedValue(None, "unknown")
    assert answer.reason is not None
    assert "姓名不符" in answer.reason.zh


def test_a_grant_withdrawn_while_the_source_is_asked_withholds_its_answer(opened: Opening) -> None:
    staff = Staff(1, "li", "李", "bureau.990100", frozenset({Role.BUREAU_OFFICER}), ("990100",))
    grant = "registration-population/market.990121/open-company"

    def withdraw(_: Ask) -> None:
        catalogue.withdraw_grant(grant, staff, "用途已变更", MORNING, chance=SystemChance())

    answer = one(opened(extra=(Shelf("police", ALIVE, withdraw, inline=True),)), LIFE)
    assert statuses(answer) == {"withheld"}
    assert shares() == ["share.refused"]


def test_a_source_that_keeps_all_its_callers_waiting_keeps_nobody_elses(opened: Opening) -> None:
    held = threading.Event()
    stuck = Shelf("police", ALIVE, lambda _: held.wait(20))
    road = opened(extra=(stuck, Shelf("market")))
    try:
        answers = fetch(road, [*[LIFE] * 30, BARS], now=MORNING, timeout_s=0.5)
    finally:
        held.set()
    assert [statuses(answer) for answer in answers] == [{"late"}] * 30 + [{"none_on_record"}]
