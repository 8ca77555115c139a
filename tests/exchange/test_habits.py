"""What an answer means, by the other system's habits."""

from typing import Any

import pytest

from tongban.exchange.declared import Habit, Success
from tongban.exchange.habits import UNREADABLE, Reply, judge_reply

OK = Success(path="code", equals=("00",))


def habit(**words: Any) -> Habit:
    return Habit.model_validate(words)


HABITS = [
    habit(path="code", equals=["01"], means="none"),
    habit(path="code", equals=["99"], means="busy", why="msg"),
    habit(status=[409], path="error", equals=["duplicate"], means="done"),
    habit(status=[404], means="none"),
    habit(fault=["Client"], means="refused", why="message"),
]


@pytest.mark.parametrize(
    ("reply", "means", "told"),
    [
        (Reply(200, {"code": "00"}), None, False),
        (Reply(200, {"code": "01"}), "none", True),
        (Reply(200, {"code": "99", "msg": "忙"}), "busy", True),
        (Reply(200, {"code": "07"}), "wrong", False),
        (Reply(200, {}), "wrong", False),
        (Reply(200, []), "wrong", False),
        (Reply(200, None), "wrong", False),
        (Reply(200, UNREADABLE), "wrong", False),
        (Reply(301, {"code": "00"}), "wrong", False),
        (Reply(404, UNREADABLE), "none", True),
        (Reply(403, {}), "refused", False),
        (Reply(409, {"error": "duplicate"}), "done", True),
        (Reply(409, {"error": "other"}), "refused", False),
        (Reply(429, {}), "busy", False),
        (Reply(500, {"code": "00"}), "busy", False),
        (Reply(502, UNREADABLE), "busy", False),
        (Reply(0, {"message": "x"}, fault="Client"), "refused", True),
        (Reply(0, {"message": "x"}, fault="Server"), "busy", False),
    ],
)
def test_an_answer_means_what_the_systems_habits_say(reply: Reply, means: str | None, told: bool) -> None:
    verdict = judge_reply(reply, HABITS, OK)
    assert (verdict.means, verdict.told) == (means, told)


def test_the_systems_own_words_are_passed_on_and_cut_short() -> None:
    assert judge_reply(Reply(200, {"code": "99", "msg": "忙" * 999}), HABITS, OK).why == "忙" * 200


def test_without_a_sign_of_success_a_good_status_is_enough() -> None:
    assert judge_reply(Reply(201, {"account_no": "1"}), [], None).means is None
