"""A plan as whoever writes packs and whoever writes programs read it: every ground with its mark."""

from dataclasses import replace
from typing import Any

from tests.items import city
from tongban.items import api as items


def shown(language: str) -> str:
    return items.show(
        city.bundle(),
        city.around().book,
        city.EAST,
        city.TODAY,
        policies=city.around().policies,
        language=language,  # type: ignore[arg-type]
    )


def planned() -> tuple[items.Plan, dict[str, Any]]:
    made = city.plan(items.Answers(items.smallest_cast(city.bundle())))
    return made, items.plan_as_json(city.bundle(), made)


def test_a_basis_is_spoken_with_its_mark() -> None:
    laws = city.bundle().laws
    found = items.Basis(law="names", article="8", mark="found")
    bare = items.spoken_basis(laws, found)
    for mark, zh, en in (
        ("recalled", "（待核对）", " (to be verified)"),
        ("gap", "（本地设定）", " (local setting)"),
    ):
        said = items.spoken_basis(laws, replace(found, mark=mark))
        assert (said.zh, said.en) == (bare.zh + zh, bare.en + en)


def test_what_a_decision_keeps_of_a_rule_has_the_mark_beside_the_article_and_not_in_it() -> None:
    known = items.expressions(city.bundle())
    for item in city.bundle().items:
        for check in item.checks:
            law = known.of_check(check).law
            assert law.mark == check.article.mark
            assert "待核对" not in law.article.zh


def test_every_basis_of_every_need_is_printed_with_its_mark() -> None:
    made, _ = planned()
    several = next(need for need in made.needs if len(need.basis) > 1)
    for language in ("zh", "en"):
        lines = [line for line in shown(language).splitlines() if line.startswith("  ")]
        line = next(each for each in lines if each.strip().startswith(f"{several.ref}.") and "; " in each)
        assert sum(line.count(f", {mark}") for mark in ("found", "recalled", "gap")) > 1
        needs = [each for each in lines if " ← " in each]
        assert len(needs) == len(made.needs)
        assert all(each.rstrip("]").endswith(("found", "recalled", "gap")) for each in needs)


def test_a_plan_as_json_gives_every_basis_with_law_article_mark_and_words() -> None:
    made, shape = planned()
    for need, told in zip(made.needs, shape["needs"], strict=True):
        assert told["basis"] == [items.basis_as_json(city.bundle(), each) for each in need.basis]
    for each in (*shape["needs"], *shape["questions"], *shape["namings"], *shape["confirmations"]):
        assert each["basis"]
        for basis in each["basis"]:
            assert set(basis) == {"law", "article", "mark", "text"}
            assert ("待核对" in basis["text"]["zh"]) is (basis["mark"] == "recalled")
            assert ("to be verified" in basis["text"]["en"]) is (basis["mark"] == "recalled")
    marks = {basis["mark"] for each in shape["questions"] for basis in each["basis"]}
    assert marks >= {"found", "recalled"}


def test_what_remains_to_be_done_says_how_sure_its_article_is() -> None:
    (said,) = items.after_texts(city.bundle(), [("scope", ("餐饮服务",))])
    assert said.zh.endswith("（待核对）。")
    assert said.en.endswith(" (to be verified).")


def test_how_surely_one_is_identified_is_printed_with_its_ground() -> None:
    (line,) = [line for line in shown("en").splitlines() if "is identified at" in line]
    assert "L3 a face check" in line
    assert line.endswith("art. 16, found]")
    _, told = planned()
    assert (told["assurance"]["level"], told["assurance"]["basis"][0]["mark"]) == ("L3", "found")


def test_a_pack_that_asks_for_no_level_prints_none() -> None:
    bundle = replace(city.bundle(), assurance=None)
    made = city.plan(items.Answers(items.smallest_cast(bundle)))
    assert items.plan_as_json(bundle, made)["assurance"] is None
    assert "identified" not in items.show(bundle, city.around().book, city.EAST, city.TODAY, language="en")
