"""Whole actions and parts, texts, and the clock."""

from datetime import date, datetime, timedelta

import pytest

from tongban.kernel.clock import SHANGHAI, Budget, SetClock, civil_date
from tongban.kernel.texts import Text, lasting
from tongban.kernel.transactions import outside_any_transaction, part, whole


@part
def write() -> str:
    return "written"


@whole
def act() -> str:
    with pytest.raises(RuntimeError, match="must not happen inside"):
        outside_any_transaction("a signature")
    return write()


@whole
def nested() -> str:
    return act()


@pytest.mark.usefixtures("database")
def test_a_part_refuses_to_run_alone_and_runs_inside_a_whole() -> None:
    with pytest.raises(RuntimeError, match=r"write is a part"):
        write()
    assert act() == "written"
    outside_any_transaction("a signature")


@pytest.mark.usefixtures("database")
def test_a_whole_action_does_not_nest() -> None:
    with pytest.raises(RuntimeError):
        nested()


@pytest.mark.parametrize(("zh", "en"), [("", "a"), ("甲", " ")])
def test_a_text_needs_both_languages(zh: str, en: str) -> None:
    with pytest.raises(ValueError, match="both languages"):
        Text(zh=zh, en=en)


def test_a_text_is_spoken_in_the_readers_language() -> None:
    text = Text(zh="甲", en="a")
    assert (text.spoken("zh"), text.spoken("en"), text.as_dict()) == ("甲", "a", {"zh": "甲", "en": "a"})


def test_a_set_clock_stands_until_it_is_moved() -> None:
    clock = SetClock(datetime(2026, 11, 23, 23, 30, tzinfo=SHANGHAI))
    clock.move(timedelta(hours=1))
    assert civil_date(clock.now()) == date(2026, 11, 24)


def test_a_budget_never_goes_below_zero() -> None:
    elapsed = iter([0.25, 2.0])
    budget = Budget(1.0, lambda: next(elapsed))
    assert (budget.left_s(), budget.left_s()) == (0.75, 0.0)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0.0, "不到0.01秒", "under 0.01 s"),
        (0.123, "0.12秒", "0.12 s"),
        (59.4, "59秒", "59 s"),
        (59.6, "1分", "1 min"),
        (200, "3分20秒", "3 min 20 s"),
        (3600, "1小时", "1 h"),
        (86400, "1天", "1 day"),
        (3 * 86400 + 4 * 3600 + 59, "3天4小时", "3 days 4 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, zh: str, en: str) -> None:
    assert lasting(seconds) == Text(zh, en)
