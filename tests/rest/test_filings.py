"""Filing by program, from the first request to the licence's file."""

import json
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connections

from bench.town import CHARACTERS, Town
from tests.rest.placing import publish, settle
from tests.rest.program import FILLED_BY_FOUNDER, Answer, Program, filing
from tongban.cases import api as cases
from tongban.cases.models import Event, Filing
from tongban.cases.rules.timeline import MOMENTS
from tongban.licences import api as licences
from tongban_verify.documents import verify_file
from tongban_verify.trust import anchor_from_bytes

Programs = Callable[[str], Program]
WANG = CHARACTERS["persons"]["wang_jianguo"]


def test_one_request_opens_a_company(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    answer = li.file()
    assert answer.status == 201, answer.body.get("errors")
    assert answer.body["is_clean"], answer.body["problems"] + answer.body["stops"]
    number = answer.body["number"]
    settle(town, number)
    found = li.get(f"/filings/{number}").body
    assert found["status"] == "approved"
    assert {case["maker"] for case in found["cases"]} == {"rule"}
    assert {case["state"] for case in found["cases"]} == {"granted"}
    assert ["食品经营许可" in said["zh"] for said in found["afterwards"]] == [True]
    listed = li.get("/licences").body["licences"]
    assert sorted(each["identifier"] for each in listed) == sorted(case["licence"] for case in found["cases"])
    publish(town)
    file = li.get(f"/licences/{listed[0]['identifier']}/file")
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    assert verify_file(file.content, anchor, town.now).exit_code == 0


def test_step_by_step_comes_to_the_same(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    whole = filing()
    opened = li.post(
        "/filings", {key: whole[key] for key in ("bundle", "division", "notice_read")}, Idempotency_Key="a"
    )
    assert opened.status == 201
    number = opened.body["number"]
    missing = li.post(f"/filings/{number}/check").body
    assert not missing["is_clean"]
    assert missing["problems"]
    content = {"participants": whole["participants"], "answers": whole["answers"]}
    assert li.put(f"/filings/{number}/answers", content).status == 200
    assert li.post(f"/filings/{number}/check").body["is_clean"]
    submitted = li.post(f"/filings/{number}/submit", Idempotency_Key="b")
    assert submitted.body["filing"]["stage"] in {"submitted", "ended"}
    settle(town, number)
    assert li.get(f"/filings/{number}").body["status"] == "approved"
    assert [each["number"] for each in li.get("/filings").body["filings"]] == [number]
    plan = li.get(f"/filings/{number}/plan").body
    assert plan["plan"]["totals"]["here"]["all"] <= 18
    assert plan["fetched"] > 0


def test_the_same_key_files_once(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    first = li.file("once")
    settle(town, first.body["number"])
    again = li.file("once")
    assert (first.status, again.status) == (201, 200)
    assert again.body["number"] == first.body["number"]
    assert again.body["filing"]["status"] == "approved"
    assert len(li.get("/filings").body["filings"]) == 1
    assert {len(office.registered) for office in town.offices.values()} == {1}


def test_two_clicks_at_once_file_once(program: Programs, town: Town) -> None:
    li, together = program("li_chunyan"), Barrier(2)
    answers: list[Answer] = []

    def click() -> None:
        together.wait(30)
        answers.append(Program(li.token).file("both"))
        connections.close_all()

    threads = [Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status in {200, 201} for answer in answers] == [True, True], answers
    assert len({answer.body["number"] for answer in answers}) == 1
    assert [answer.body["is_clean"] for answer in answers] == [True, True]
    settle(town, answers[0].body["number"])
    assert {len(office.registered) for office in town.offices.values()} == {1}


def test_the_same_key_for_something_else_is_refused(program: Programs) -> None:
    li = program("li_chunyan")
    li.file("once", submit=False)
    other = li.file("once", submit=False, trade_word="古渡")
    assert other.status == 409
    assert other.body["code"] == "cases.key_reused"


def test_submitting_again_under_its_key_changes_nothing(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = li.file(submit=False).body["number"]
    first = li.post(f"/filings/{number}/submit", Idempotency_Key="s")
    settle(town, number)
    again = li.post(f"/filings/{number}/submit", Idempotency_Key="s")
    assert first.body["is_clean"]
    assert again.body["is_clean"]
    assert again.body["filing"]["status"] == "approved"
    assert li.post(f"/filings/{number}/submit", Idempotency_Key="t").status == 409


def test_a_post_that_files_needs_a_key(program: Programs) -> None:
    li = program("li_chunyan")
    answer = li.post("/filings", filing())
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"].lower() == "header.idempotency-key"


def test_a_taken_name_comes_back_with_answers_that_would_pass(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    stopped = li.file(trade_word="春燕")
    assert stopped.body["filing"] is None
    offered = next(stop["alternatives"] for stop in stopped.body["stops"] if stop["alternatives"])
    assert len(offered) >= 3
    number = stopped.body["number"]
    assert li.put(f"/filings/{number}/answers", {"answers": offered[0]}).status == 200
    done = li.post(f"/filings/{number}/submit", Idempotency_Key="second")
    assert done.body["is_clean"]
    settle(town, number)
    assert li.get(f"/filings/{number}").body["status"] == "approved"


def test_the_notice_must_have_been_read(program: Programs) -> None:
    li = program("li_chunyan")
    assert li.post("/filings", {**filing(), "notice_read": False}, Idempotency_Key="a").status == 422
    assert li.get("/filings").body["filings"] == []


def test_a_draft_for_another_county_is_not_taken_for_this_one(program: Programs) -> None:
    li = program("li_chunyan")
    li.file("a", submit=False)
    other = li.file("b", submit=False, address="west_shop")
    assert other.status == 409
    assert other.body["code"] == "rest.other_draft"


def test_a_name_that_another_filing_holds_comes_back_with_answers_that_would_pass(program: Programs) -> None:
    held = program("li_chunyan").post("/filings", two_founders(), Idempotency_Key="a").body
    assert held["filing"]["status"] == "confirming"
    stopped = program("zhou_wenbin").file().body
    assert (stopped["filing"], stopped["is_clean"]) == (None, False)
    [stop] = stopped["stops"]
    assert stop["check"] == "company.name"
    assert len(stop["alternatives"]) >= 3


def test_facts_and_notices_come_in_pages(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = li.file().body["number"]
    settle(town, number)
    for name in ("facts", "notices"):
        whole = li.get(f"/filings/{number}/{name}").body
        assert whole["next"] is None
        turned, after = [], ""
        while after is not None:
            page = li.get(f"/filings/{number}/{name}?most=2&after={after}").body
            assert 1 <= len(page[name]) <= 2
            turned, after = [*turned, *page[name]], page["next"]
        assert turned == whole[name]
        assert len(turned) > 2


def two_founders(**changes: object) -> dict[str, object]:
    whole = filing(**changes)  # type: ignore[arg-type]
    whole["participants"] = {
        **FILLED_BY_FOUNDER,
        "shareholder": ["applicant", {"number": WANG["resident_id"], "name": WANG["name"]}],
    }
    whole["answers"]["applicant"]["contribution_cents"] = 6_000_000
    whole["answers"]["shareholder.1"] = {"contribution_cents": 4_000_000, "contribution_method": "money"}
    return whole


def test_a_second_shareholder_confirms_alone_and_sees_only_themselves(program: Programs, town: Town) -> None:
    li, wang = program("li_chunyan"), program("wang_jianguo")
    opened = li.post("/filings", two_founders(), Idempotency_Key="a").body
    number = opened["number"]
    assert opened["filing"]["status"] == "confirming"
    seen = wang.get(f"/filings/{number}").body
    assert (seen["is_owner"], seen["cases"], seen["timeline"], seen["awaited"]) == (False, [], [], [])
    for path in ("plan", "answers", "check", "submit", "supply", "withdraw", "ask-for-person"):
        method = {"plan": "GET", "answers": "PUT"}.get(path, "POST")
        body = {} if path == "answers" else None
        refused = wang.send(method, f"/filings/{number}/{path}", body, Idempotency_Key="x")
        assert (refused.status, refused.body["code"]) in {(404, "cases.no_filing"), (404, "cases.not_owner")}
    assert wang.post(f"/filings/{number}/confirm", {"agrees": True}).status == 200
    settle(town, number)
    assert li.get(f"/filings/{number}").body["status"] == "approved"
    facts = wang.get(f"/filings/{number}/facts").body["facts"]
    assert {fact["participant"] for fact in facts} <= {"shareholder.1"}
    assert wang.get("/licences").body == {"licences": [], "next": None}


def test_nobody_confirms_for_another(program: Programs) -> None:
    li = program("li_chunyan")
    whole = two_founders()
    whole["answers"]["shareholder.1"]["signs_articles"] = True  # type: ignore[index]
    refused = li.post("/filings", whole, Idempotency_Key="a")
    assert (refused.status, refused.body["code"]) == (422, "rest.confirms_alone")
    assert li.get("/filings").body["filings"] == []


def test_a_stranger_finds_nothing_and_in_the_same_words(program: Programs, town: Town) -> None:
    li, zhao = program("li_chunyan"), program("zhao_min")
    number = li.file().body["number"]
    settle(town, number)
    licence = li.get("/licences").body["licences"][0]["identifier"]
    pairs = [
        (f"/filings/{number}", "/filings/99010020261123999999"),
        (f"/filings/{number}/facts", "/filings/99010020261123999999/facts"),
        (f"/licences/{licence}", "/licences/1.2.156.3005.2.none"),
        (f"/licences/{licence}/file", "/licences/1.2.156.3005.2.none/file"),
    ]
    for theirs, nothing in pairs:
        found, absent = zhao.get(theirs), zhao.get(nothing)
        assert (found.status, absent.status) == (404, 404)
        assert found.body["code"] == absent.body["code"]
        assert found.body["todo"] == absent.body["todo"]


def test_a_wrong_fact_is_disputed_by_the_person_it_is_about(program: Programs, town: Town) -> None:
    li, zhao = program("li_chunyan"), program("zhao_min")
    number = li.file(address="east_stale").body["number"]
    settle(town, number)
    facts = {fact["element"]: fact for fact in li.get(f"/filings/{number}/facts").body["facts"]}
    assert facts["place.usage"]["source_name"]["zh"]
    dispute = {"fact": facts["place.usage"]["id"], "said": "该处已改建为商铺。"}
    assert zhao.post(f"/filings/{number}/contest", dispute).status == 404
    assert li.post(f"/filings/{number}/contest", dispute).status == 200
    after = {fact["element"]: fact for fact in li.get(f"/filings/{number}/facts").body["facts"]}
    assert after["place.usage"]["contested"]


def test_a_person_can_be_asked_for_and_a_filing_withdrawn(program: Programs) -> None:
    li = program("li_chunyan")
    number = li.file(submit=False).body["number"]
    assert li.post(f"/filings/{number}/ask-for-person").body["human_asked"]
    assert li.post(f"/filings/{number}/withdraw").body["status"] == "withdrawn"
    assert li.post(f"/filings/{number}/withdraw").status == 409


def test_what_was_missing_is_supplied_and_looked_at_again(program: Programs, town: Town) -> None:
    wu = program("wu_xiaoxue")
    whole = filing()
    whole["answers"]["applicant"]["mobile"] = "10000000108"
    number = wu.post("/filings", whole, Idempotency_Key="a").body["number"]
    settle(town, number)
    found = wu.get(f"/filings/{number}").body
    assert found["status"] == "correction"
    assert any(case["wanting"] for case in found["cases"])
    assert wu.post(f"/filings/{number}/supply").body == {"cases": 1}
    assert wu.post(f"/filings/{number}/supply").body == {"cases": 0}
    assert cases.snapshot(number).case("registration").corrections == 1


def test_lists_come_in_pages(program: Programs) -> None:
    li = program("li_chunyan")
    numbers = []
    for key in ("a", "b", "c"):
        number = li.file(key, submit=False).body["number"]
        li.post(f"/filings/{number}/withdraw")
        numbers.insert(0, number)
    first = li.get("/filings?most=2").body
    second = li.get(f"/filings?most=2&after={first['next']}").body
    assert [each["number"] for each in first["filings"] + second["filings"]] == numbers
    assert second["next"] is None


def test_every_list_of_its_own_says_where_its_next_page_begins(town: Town, program: Programs) -> None:
    li = program("li_chunyan")
    number = li.file().body["number"]
    settle(town, number)
    for address, of in (("/licences", "licences"), ("/bundles", "bundles"), ("/filings", "filings")):
        whole = li.get(f"{address}?most=100").body
        assert whole["next"] is None
        read, after = [], ""
        while after is not None:
            page = li.get(f"{address}?most=1&after={after}").body
            assert len(page[of]) == 1
            read += page[of]
            after = page["next"]
        assert read == whole[of]
    assert li.get("/licences?most=101").status == 422


def test_a_long_timeline_is_followed_to_its_end(town: Town, program: Programs) -> None:
    li = program("li_chunyan")
    number = li.file().body["number"]
    settle(town, number)
    filing = Filing.objects.get(number=number)
    Event.objects.bulk_create(
        Event(
            filing=filing,
            at=town.now,
            kind="counted_again",
            maker="law",
            words={"zh": f"{at}行", "en": f"{at}"},
        )
        for at in range(150)
    )
    seen = li.get(f"/filings/{number}").body
    lines, following = seen["timeline"], seen["timeline_next"]
    assert len(lines) == 100
    while following is not None:
        more = li.get(f"/filings/{number}/timeline?after={following}").body
        lines, following = lines + more["lines"], more["next"]
    assert [line["words"]["zh"] for line in lines][-150:] == [f"{at}行" for at in range(150)]
    assert len(lines) == Event.objects.filter(filing=filing, audience="everyone").count()
    assert {line["kind"] for line in lines if line["seconds"] is None} <= MOMENTS
    assert program("wang_jianguo").get(f"/filings/{number}/timeline").status == 404


@pytest.mark.parametrize("said", ["zh", "en"])
def test_a_bundle_tells_a_program_all_that_it_needs(program: Programs, said: str) -> None:
    nobody = Program("")
    assert [each["code"] for each in nobody.get("/bundles").body["bundles"]] == ["open-company"]
    form = nobody.get("/bundles/open-company").body
    assert form["notice"]["paragraphs"][0][said]
    asked = {question["id"] for question in form["questions"]}
    answers = form["body_schema"]["properties"]["answers"]["patternProperties"]
    assert asked <= {id for role in answers.values() for id in role["properties"]}
    plan = nobody.get("/bundles/open-company/plan?division=990122").body
    assert plan["totals"]["here"]["all"] <= 18
    assert nobody.get("/bundles/none").status == 404
    assert nobody.get("/bundles/open-company/plan?division=110000").status == 422
    assert json.dumps(form, ensure_ascii=False)
