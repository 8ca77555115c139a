"""Documents and notices by program: what is asked for, handing it in, and what an office gave."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.test import override_settings

from bench.town import CHARACTERS, Town
from tests.cases.acting import pass_time
from tests.papers.conftest import pdf
from tests.promises.effects import evidence
from tests.rest.placing import publish, settle
from tests.rest.program import Answer, Program, filing
from tests.rest.test_filings import two_founders
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.kernel.clock import civil_date
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.papers.models import MaterialRow
from tongban_verify.documents import verify_file
from tongban_verify.trust import anchor_from_bytes

Programs = Callable[[str], Program]
ARTICLES = "registration.articles_own"


def with_own_articles(li: Program) -> str:
    """Open a draft of a company with articles of its own."""
    whole = filing(articles="own", submit=False)
    whole["answers"]["applicant"]["contribution_due_on"] = "2031-11-01"
    opened = li.post("/filings", whole, Idempotency_Key="own")
    assert opened.status == 201, opened.body
    return str(opened.body["number"])


def hand_in(li: Program, number: str, content: bytes, key: str = "k", material: str = ARTICLES) -> Answer:
    return li.hand_in(f"/filings/{number}/materials/{material}", content, Idempotency_Key=key)


def test_a_filing_with_articles_of_its_own_goes_through_by_program(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    [asked] = li.get(f"/filings/{number}/materials").body["asked"]
    assert (asked["material"], asked["handed_in"]) == (ARTICLES, False)
    assert asked["upload"] == f"/api/v1/filings/{number}/materials/{ARTICLES}"
    taken = li.hand_in(asked["upload"].removeprefix("/api/v1"), pdf(), name="章程.pdf", Idempotency_Key="k")
    assert (taken.status, taken.body["name"], taken.body["scan"]) == (200, "章程.pdf", "not_scanned")
    listed = li.get(f"/filings/{number}/materials").body
    assert listed["handed_in"] == [taken.body]
    assert listed["asked"][0]["handed_in"]
    assert papers.materials(number)[0].handed_in_by == "applicant"
    submitted = li.post(f"/filings/{number}/submit", Idempotency_Key="s").body
    assert submitted["is_clean"], submitted["problems"] + submitted["stops"]
    settle(town, number)
    assert li.get(f"/filings/{number}").body["status"] in {"approved", "with_person"}
    assert li.get(f"/filings/{number}/materials").body["asked"] == []


def test_the_same_key_hands_in_once_even_after_submitting(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    first = hand_in(li, number, pdf())
    assert hand_in(li, number, pdf()).body == first.body
    assert hand_in(li, number, pdf(), "another-key").body == first.body
    other = hand_in(li, number, pdf("another file"))
    assert (other.status, other.body["code"]) == (409, "cases.key_reused")
    assert MaterialRow.objects.count() == 1
    li.post(f"/filings/{number}/submit", Idempotency_Key="s")
    settle(town, number)
    assert hand_in(li, number, pdf()).body == first.body
    late = hand_in(li, number, pdf("late"), "late")
    assert (late.status, late.body["code"]) == (409, "cases.material_not_asked")


def test_a_document_to_be_confirmed_is_taken_with_its_confirmation_on_record(program: Programs) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    [asked] = li.get(f"/filings/{number}/materials").body["asked"]
    assert (asked["signature"], asked["counter"]) == ("ordinary", None)
    to = f"/filings/{number}/materials/{ARTICLES}"
    refused = li.hand_in(to, pdf(), confirmed=False, Idempotency_Key="k")
    assert (refused.status, refused.body["code"]) == (422, "cases.material_not_confirmed")
    assert papers.materials(number) == ()
    taken = li.hand_in(to, pdf(), Idempotency_Key="k")
    assert (taken.body["confirmed"], taken.body["on_paper"]) == (True, False)
    [received] = evidence().by_kind["material.received"]
    assert received["confirmed"] == "yes"


def destroyed(number: str) -> list[tuple[str, str]]:
    """Give the documents of this filing that were destroyed by the ledger: the file and its last day."""
    return [
        (fields["material_digest"], fields["retain_until"])
        for fields in evidence().by_kind["material.destroyed"]
        if fields["filing_number"] == number
    ]


def test_what_was_handed_in_goes_with_a_draft_that_is_withdrawn(program: Programs, town: Town) -> None:
    li, at = program("li_chunyan"), town.workplace
    number = with_own_articles(li)
    hand_in(li, number, pdf())
    [material] = papers.materials(number)
    file = at.node.var / "uploads" / number / material.sha256
    withdrawn_on = civil_date(town.now)
    assert li.post(f"/filings/{number}/withdraw").status == 200
    papers.keep_retention(file.parents[1], town.now, chance=at.chance)
    assert file.exists(), "the day is not over"
    pass_time(town, days=1)
    papers.keep_retention(file.parents[1], town.now, chance=at.chance)
    assert not file.exists()
    assert destroyed(number) == [(material.sha256, withdrawn_on.isoformat())]
    assert not Fact.objects.filter(filing__number=number).exclude(value=None).exists()


def test_what_an_office_has_received_stays_in_its_file_when_the_filing_is_withdrawn(
    program: Programs, town: Town
) -> None:
    li, at = program("li_chunyan"), town.workplace
    number = with_own_articles(li)
    hand_in(li, number, pdf())
    [before] = papers.materials(number)
    assert li.post(f"/filings/{number}/ask-for-person").status == 200
    li.post(f"/filings/{number}/submit", Idempotency_Key="s")
    settle(town, number)
    assert li.post(f"/filings/{number}/withdraw").body["status"] == "withdrawn"
    pass_time(town, days=1)
    papers.keep_retention(at.node.var / "uploads", town.now, chance=at.chance)
    [after] = papers.materials(number)
    assert (after.destroyed_at, after.retain_until) == (None, before.retain_until)
    assert destroyed(number) == []


def test_what_is_not_asked_for_or_no_document_is_refused_and_not_kept(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    folder = town.workplace.node.var / "uploads" / number
    for material in ("registration.application", "registration.none", "none.none"):
        refused = hand_in(li, number, pdf(), material, material)
        assert (refused.status, refused.body["code"]) == (409, "cases.material_not_asked")
    assert hand_in(li, number, b"#!/bin/sh\nrm -rf /\n").status == 422
    assert hand_in(li, number, b"").status == 422
    assert li.post(f"/filings/{number}/materials/{ARTICLES}", {}, Idempotency_Key="k").status == 422
    assert li.hand_in(f"/filings/{number}/materials/{ARTICLES}", pdf()).status == 422  # no key
    assert not folder.exists()
    assert papers.materials(number) == ()


def test_a_draft_that_ended_takes_nothing_more(program: Programs) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    li.post(f"/filings/{number}/withdraw")
    refused = hand_in(li, number, pdf())
    assert (refused.status, refused.body["code"]) == (409, "cases.not_changeable")
    assert papers.materials(number) == ()


@override_settings(UPLOAD_LIMIT_BYTES=2000)
def test_a_document_has_its_own_limit_and_other_bodies_keep_theirs(program: Programs) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    large = hand_in(li, number, pdf("x" * 2000))
    assert (large.status, large.body["code"]) == (422, "papers.too_large")
    larger = hand_in(li, number, b"x" * 300_000)
    assert (larger.status, larger.body["code"]) == (413, "rest.too_large")


def test_a_form_that_cannot_be_read_is_a_problem(program: Programs) -> None:
    li = program("li_chunyan")
    number = with_own_articles(li)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 300):
        answer = li.client.generic(
            "POST",
            f"/api/v1/filings/{number}/materials/{ARTICLES}",
            data=b"--x\r\n",
            content_type=kind,
            headers={"Authorization": f"Bearer {li.token}", "Idempotency-Key": "k"},
        )
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_filing_takes_only_so_many_documents(program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    # Patched so that two uploads stand for a hundred.
    monkeypatch.setattr("tongban.cases.actions.handing_in.MOST_MATERIALS", 1)
    li = program("li_chunyan")
    number = with_own_articles(li)
    assert hand_in(li, number, pdf()).status == 200
    refused = hand_in(li, number, pdf("one more"), "l")
    assert (refused.status, refused.body["code"]) == (409, "cases.too_many_materials")


def test_a_harmful_document_is_refused_and_the_evidence_names_the_verdict(
    program: Programs, town: Town
) -> None:
    harm = "import sys; sys.exit(1 if b'harm' in sys.stdin.buffer.read() else 0)"
    scanner = papers.CommandScanner((sys.executable, "-c", harm))
    town.workplace = replace(town.workplace, scanner=scanner)
    li = program("li_chunyan")
    number = with_own_articles(li)
    refused = hand_in(li, number, pdf("harm"))
    assert (refused.status, refused.body["code"]) == (403, "papers.harmful")
    assert papers.materials(number) == ()
    taken = hand_in(li, number, pdf(), "clean")
    assert taken.body["scan"] == "clean"
    assert ledger.opening(MaterialRow.objects.get().received_entry).value("scan") == "clean"


def test_a_correction_that_needs_a_paper_is_completed_by_program(program: Programs, town: Town) -> None:
    wu = program("wu_xiaoxue")
    whole = filing()
    whole["answers"]["applicant"]["mobile"] = "10000000108"
    number = wu.post("/filings", whole, Idempotency_Key="a").body["number"]
    settle(town, number)
    asked = wu.get(f"/filings/{number}/materials").body["asked"]
    assert "registration.identity_paper" in {each["material"] for each in asked}
    assert hand_in(wu, number, pdf(), "p", "registration.identity_paper").status == 200
    assert wu.post(f"/filings/{number}/supply").body == {"cases": 1}
    settle(town, number)
    found = cases.snapshot(number).case("registration")
    assert (found.corrections, found.state is cases.CaseState.CORRECTION) == (1, False)


def test_a_partner_sees_neither_documents_nor_notices(program: Programs, town: Town) -> None:
    li, wang = program("li_chunyan"), program("wang_jianguo")
    number = li.post("/filings", two_founders(), Idempotency_Key="a").body["number"]
    wang.post(f"/filings/{number}/confirm", {"agrees": True})
    settle(town, number)
    [notice, *_] = li.get(f"/filings/{number}/notices").body["notices"]
    assert wang.get(f"/filings/{number}/notices").body["notices"] == []
    assert wang.get(notice["file"].removeprefix("/api/v1")).status == 404
    assert wang.get(f"/filings/{number}/materials").status == 404
    assert hand_in(wang, number, pdf()).status == 404


def test_notices_are_listed_and_each_file_proves_itself(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = li.file().body["number"]
    settle(town, number)
    listed = li.get(f"/filings/{number}/notices").body["notices"]
    assert {"accepted", "granted"} <= {each["kind"] for each in listed}
    numbers = {case["number"] for case in li.get(f"/filings/{number}").body["cases"]}
    assert {each["case_number"] for each in listed} <= numbers
    publish(town)
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    for each in listed:
        file = li.get(each["file"].removeprefix("/api/v1"))
        assert verify_file(file.content, anchor, town.now).exit_code == 0
    assert li.get(f"/filings/{number}/notices/none/file").status == 404


def test_a_case_is_rated_once_and_reasons_are_asked_once(program: Programs, town: Town) -> None:
    li = program("li_chunyan")
    number = li.file().body["number"]
    settle(town, number)
    case = li.get(f"/filings/{number}").body["cases"][0]
    at = f"/filings/{number}/cases/{case['number']}"
    assert (case["rated"], case["review"]) == (False, "none")
    assert li.post(f"{at}/rating", {"code": 6}, Idempotency_Key="a").status == 422
    for _ in range(2):
        rated = li.post(f"{at}/rating", {"code": 1, "said": "很快"}, Idempotency_Key="a")
        assert rated.body["cases"][0]["rated"]
    changed = li.post(f"{at}/rating", {"code": 5}, Idempotency_Key="a")
    assert (changed.status, changed.body["code"]) == (409, "cases.key_reused")
    again = li.post(f"{at}/rating", {"code": 5}, Idempotency_Key="b")
    assert (again.status, again.body["code"]) == (409, "cases.rated")
    for key in ("a", "a", "b"):
        asked = li.post(f"{at}/reasons", {"said": "为什么这么快？"}, Idempotency_Key=key)
        told = asked.body["cases"][0]
        assert (told["review"], told["review_due_provisional"]) == ("open", False)
        assert datetime.fromisoformat(told["review_due_at"]) > town.now
    assert [each["kind"] for each in asked.body["timeline"]].count("review_asked") == 1
    for path in ("rating", "reasons"):
        assert li.post(f"{at}/{path}", {"code": 1} if path == "rating" else {}).status == 422  # no key


def test_an_address_is_found_by_its_words(program: Programs) -> None:
    li = program("li_chunyan")
    number = li.file(submit=False).body["number"]
    wish = {"participant": "place", "question": "address_code", "words": "春风路"}
    found = li.post(f"/filings/{number}/search", wish).body
    known = CHARACTERS["addresses"]["east_shop"]
    assert {"value": known["code"], "words": known["text"]} in found["entries"]
    assert found["reason"] is None
    none = li.post(f"/filings/{number}/search", {**wish, "question": "trade_word", "participant": "company"})
    assert none.body["entries"] == []
    assert none.body["reason"]["en"]
    assert li.post(f"/filings/{number}/search", {**wish, "question": "none"}).status == 404
    li.post(f"/filings/{number}/withdraw")
    over = li.post(f"/filings/{number}/search", wish)
    assert (over.status, over.body["code"]) == (409, "cases.search_is_over")
