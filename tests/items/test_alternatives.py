"""When a name is taken, others are offered: close to the wish, well formed, in the same order every time."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tests.items import city
from tongban.items import api as items

CHECK = next(c for c in city.bundle().item("registration").checks if c.code == "name.trade_word_free")


def offered(word: str) -> list[str]:
    wish = items.Answers(city.alone(), {(city.COMPANY, "trade_word"): word})
    return [
        str(candidate[city.COMPANY, "trade_word"])
        for candidate in items.alternatives(city.bundle(), CHECK, wish)
    ]


def test_the_taken_name_of_the_sample_has_far_more_than_three_candidates() -> None:
    found = offered("春燕")
    assert len(found) >= 15
    assert found[:3] == ["春燕里", "溪畔春燕", "春燕坊"]


@given(st.text("春燕风溪畔古渡云山里老", min_size=2, max_size=10))
def test_candidates_are_distinct_new_and_pass_the_questions_own_limits(word: str) -> None:
    question = city.bundle().question("trade_word")
    found = list(islice(offered(word), 50))
    assert len(found) == len(set(found))
    assert word not in found
    assert all(word in candidate and items.outside(question, candidate) is None for candidate in found)


def test_the_same_wish_gives_the_same_candidates() -> None:
    assert offered("老渡口") == offered("老渡口")


def test_a_check_without_a_generator_offers_nothing() -> None:
    other = next(c for c in city.bundle().item("registration").checks if not c.alternatives)
    assert list(items.alternatives(city.bundle(), other, city.answers())) == []
