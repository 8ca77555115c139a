"""What whoever runs the node is shown of a filing, and what an applicant's program reads from a sample."""

import json
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest

from bench.town import Town
from tests.site.living import left_alone
from tests.sources import ROOT
from tongban.cases import api as cases
from tongban.cases.models import Case
from tongban.kernel.clock import SHANGHAI, budget
from tongban.kernel.errors import Conflict, NotFound
from tongban.site.applicant import Provider
from tongban.site.command import main
from tongban.site.first_filing import Filed, Timeline, summary, waits_for
from tongban.site.playing import Player, Scene, read_sample
from tongban.site.voice import Voice

SAMPLES = ROOT / "cities" / "yunxi" / "packs" / "open-company" / "samples"


def test_the_operator_sees_the_work_and_neither_names_nor_facts(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    number = left_alone(town, "li_chunyan", "燕归来")
    assert main(["filing", "show", number, "--json"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["cases"][0]["item"] == "registration"
    assert main(["filing", "show", number]) == 0
    said += capsys.readouterr().out
    for private in ("李春燕", "990121198803129020", "燕归来", "春风路"):
        assert private not in said


@pytest.mark.parametrize("provisional", [False, True])
def test_the_operator_sees_until_when_each_case_is_due_and_whether_that_may_move(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], provisional: bool
) -> None:
    number = left_alone(town, "zhang_dahai", "燕归来")
    while cases.work_once(at=town.workplace, limit=budget(60)):
        pass
    Case.objects.filter(filing__number=number).update(due_provisional=provisional)
    assert main(["filing", "show", number, "--json"]) == 0
    case = json.loads(capsys.readouterr().out)["cases"][0]
    assert case["due_provisional"] is provisional
    day = datetime.fromisoformat(case["due"]).astimezone(SHANGHAI).date()
    for language, due, moves in (
        ("zh", f"应于{day.year}年{day.month}月{day.day}日", "暂定"),
        ("en", "due by", "provisional"),
    ):
        monkeypatch.setenv("LC_ALL", language)
        assert main(["filing", "show", number]) == 0
        said = capsys.readouterr().out
        assert due in said
        assert (moves in said) is provisional


def test_a_filing_that_is_not_there_is_told(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["filing", "show", "99010020261123999999"]) == 4
    assert "99010020261123999999" in capsys.readouterr().err


def test_days_of_a_sample_count_from_the_filing_day() -> None:
    number, body = read_sample(SAMPLES / "sole-owner.json", "open-company", date(2026, 12, 30))
    assert number == "990121198803129020"
    assert body["answers"]["company"]["account_day"] == "2027-01-06"
    assert body["notice_read"] is True


def test_a_sample_that_is_not_there_is_told() -> None:
    with pytest.raises(NotFound):
        read_sample(SAMPLES / "none.json", "open-company", date(2026, 12, 30))


def test_the_terminal_and_the_json_say_of_each_line_how_long_it_took() -> None:
    line = {
        "at": "2026-11-23T01:00:00Z",
        "kind": "compared",
        "words": {"zh": "比对核验13项", "en": "13 checks compared"},
        "maker": "rule",
        "item": "",
        "seconds": 0.25,
        "status_code": None,
        "evidence": None,
    }
    begun = {**line, "kind": "received", "words": {"zh": "已收件", "en": "received"}, "seconds": None}
    filing = {"number": "1", "status": "approved", "cases": [], "timeline": [line, begun], "afterwards": []}
    shown = Timeline(Voice("zh", as_json=False, out=StringIO(), aside=StringIO())).lines(filing)
    assert [each.zh for each in shown] == ["  09:00:00.000 ≡ 比对核验13项  0.25秒", "  09:00:00.000 · 已收件"]
    assert shown[0].en.endswith("13 checks compared  0.25 s")
    filed = Filed(filing, "approved", 1, 1, 1, 1.0, [], {"verified": True}, None)
    assert [(each["kind"], each["seconds"]) for each in filed.as_dict()["timeline"]] == [
        ("compared", 0.25),
        ("received", None),
    ]


def test_the_terminal_and_the_json_say_what_is_still_to_be_done() -> None:
    permit = {"zh": "还须取得食品经营许可。", "en": "You still need a food-business permit."}
    words = {"zh": "全部办结", "en": "All done"}
    filing = {"number": "1", "status": "approved", "words": words, "cases": [], "timeline": []}
    log = {"verified": True, "size": 1, "root": "00"}
    filed = Filed({**filing, "afterwards": [permit]}, "approved", 1, 1, 1, 1.0, [], log, None)
    assert filed.as_dict()["afterwards"] == [permit]
    told = list(summary(filed))
    assert "还要做：还须取得食品经营许可。" in [each.zh for each in told]
    assert "Still to do: You still need a food-business permit." in [each.en for each in told]


def test_a_sample_that_has_others_fail_needs_a_demonstration() -> None:
    scene = Scene("http://127.0.0.1:9", Provider("http://127.0.0.1:9", "tongban", ""))
    with pytest.raises(Conflict, match="police") as refused:
        Player(scene, "open-company", SAMPLES / "source-down.json", "en").require_outside()
    assert "make run" in refused.value.todo.en
    Player(scene, "open-company", SAMPLES / "officer-decides.json", "en").require_outside()


def case(**words: Any) -> dict[str, Any]:
    name = {"zh": "云东县市场监督管理局", "en": "Yundong market office"}
    return {"office_name": name, "state": "accepted", "decided_at": None, "wanting": [], **words}


@pytest.mark.parametrize(
    ("status", "cases", "says"),
    [
        ("with_person", [case(), case(state="waiting", office_name={"zh": "税务", "en": "Tax"})], "Yundong"),
        ("correction", [case(wanting=[{"zh": "身份证明", "en": "proof of identity"}])], "proof of identity"),
        ("confirming", [], "participants sign in"),
        ("running", [], "goes on by itself"),
    ],
)
def test_for_whom_a_filing_waits_is_said_with_where_to_go(
    status: str, cases: list[dict[str, Any]], says: str
) -> None:
    waits = waits_for({"number": "9901", "status": status, "cases": cases}, "http://node")
    assert waits is not None
    assert says in waits.en
    assert "Tax" not in waits.en
    assert waits.zh != waits.en


def test_a_filing_that_has_ended_waits_for_nobody() -> None:
    for status in ("approved", "refused", "partly", "withdrawn"):
        assert waits_for({"number": "9901", "status": status, "cases": []}, "http://node") is None
