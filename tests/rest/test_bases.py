"""A program is told what everything rests on, and how sure that is."""

from collections.abc import Callable
from typing import Any

from bench.town import Town
from tests.rest.program import Program

Programs = Callable[[str], Program]
WORDS = {
    "found": ("", ""),
    "recalled": ("（待核对）", "(to be verified)"),
    "gap": ("（本地设定）", "(local setting)"),
}


def marks_of(bases: list[dict[str, Any]]) -> set[str]:
    """Give the marks, each of which its words must say."""
    assert bases
    for basis in bases:
        assert set(basis) == {"law", "article", "mark", "text"}
        zh, en = WORDS[basis["mark"]]
        assert zh in basis["text"]["zh"]
        assert en in basis["text"]["en"]
        assert basis["mark"] != "found" or "待核对" not in basis["text"]["zh"]
    return {basis["mark"] for basis in bases}


def test_a_form_says_what_its_notice_questions_and_statements_rest_on(program: Programs, town: Town) -> None:
    form = program("li_chunyan").get("/bundles/open-company").body
    assert marks_of(form["notice"]["basis"]) == {town.bundle.notice.basis.mark}
    for question in form["questions"]:
        assert marks_of(question["basis"]) == {town.bundle.question(question["id"]).basis.mark}
    for statement in form["confirmations"]:
        assert marks_of(statement["basis"])
    for role in form["participants"]:
        assert [each["mark"] for each in role["basis"]] == [
            each.mark for each in [town.bundle.participant(role["role"]).basis] if each is not None
        ]


def test_a_plan_says_what_each_value_rests_on(program: Programs) -> None:
    li = program("li_chunyan")
    whole = li.get("/bundles/open-company/plan?division=990121").body
    number = li.file(submit=False).body["number"]
    own = li.get(f"/filings/{number}/plan").body["plan"]
    for plan in (whole, own):
        found: set[str] = set()
        for each in (*plan["needs"], *plan["questions"], *plan["confirmations"]):
            found |= marks_of(each["basis"])
        assert found >= {"found", "recalled"}
        assert any(len(each["basis"]) > 1 for each in plan["needs"])
