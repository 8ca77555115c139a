"""A token of a sign-in that is not sure enough: what is asked for, said as programs read it (RFC 9470)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bench.town import CHARACTERS, Town
from tests.demo.hosting import Hosted
from tests.demo.test_idp import code_for, token
from tests.rest.placing import settle
from tests.rest.program import Answer, Program
from tests.rest.test_filings import two_founders
from tongban.cases import api as cases

By = Callable[[str, str], Program]
CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="L3"'


@dataclass(frozen=True)
class _SignedIn:
    provider: Hosted

    def __call__(self, name: str, method: str) -> Program:
        number = CHARACTERS["persons"][name]["resident_id"]
        given = token(self.provider, code_for(self.provider, method=method, number=number))
        return Program(given.json()["access_token"])


@pytest.fixture
def signed_in(town: Town, provider: Hosted) -> By:
    """Give the program of somebody who signed in by a code on the mobile (sms) or by face."""
    return _SignedIn(provider)


def is_asked_up(answer: Answer) -> bool:
    """Say whether an answer asks for a sign-in at L3, in its body and in its header."""
    body = answer.body
    said = (answer.status, body["code"], body["acr_values"], answer.headers["WWW-Authenticate"])
    return said == (401, "assurance.step_up", "L3", CHALLENGE) and bool(body["detail"] and body["todo"])


def test_a_form_says_at_which_level_it_is_filed(program: Callable[[str], Program]) -> None:
    told = program("li_chunyan").get("/bundles/open-company").body["assurance"]
    assert (told["level"], told["basis"][0]["mark"]) == ("L3", "found")


def test_filing_by_code_keeps_the_draft_and_the_same_request_by_face_goes_on(
    signed_in: By, town: Town
) -> None:
    by_code, by_face = signed_in("li_chunyan", "sms"), signed_in("li_chunyan", "face")
    assert is_asked_up(by_code.file("once"))
    (draft,) = by_code.get("/filings").body["filings"]
    assert cases.snapshot(draft["number"]).stage is cases.Stage.DRAFT
    done = by_face.file("once")
    assert (done.body["number"], done.body["is_clean"]) == (draft["number"], True)
    settle(town, draft["number"])
    assert by_code.get(f"/filings/{draft['number']}").body["status"] == "approved"


def test_submitting_a_draft_by_code_is_refused_however_the_person_signed_in_before(signed_in: By) -> None:
    by_face = signed_in("li_chunyan", "face")
    number = by_face.file(submit=False).body["number"]
    by_code = signed_in("li_chunyan", "sms")
    assert is_asked_up(by_code.post(f"/filings/{number}/submit", Idempotency_Key="a"))
    assert by_face.post(f"/filings/{number}/submit", Idempotency_Key="b").body["is_clean"]


def test_confirming_by_code_is_refused_and_by_face_goes_on(signed_in: By, town: Town) -> None:
    number = (
        signed_in("li_chunyan", "face").post("/filings", two_founders(), Idempotency_Key="a").body["number"]
    )
    refused = signed_in("wang_jianguo", "sms").post(f"/filings/{number}/confirm", {"agrees": True})
    assert is_asked_up(refused)
    assert cases.snapshot(number).stage is cases.Stage.CONFIRMING
    done = signed_in("wang_jianguo", "face").post(f"/filings/{number}/confirm", {"agrees": True})
    assert done.status == 200
    settle(town, number)
    assert cases.filing_page(number, town.subject("li_chunyan")).status is cases.FilingStatus.APPROVED


def test_a_stranger_is_told_of_no_level(signed_in: By) -> None:
    number = signed_in("li_chunyan", "face").file(submit=False).body["number"]
    for method in ("sms", "face"):
        stranger = signed_in("zhao_min", method)
        assert stranger.post(f"/filings/{number}/submit", Idempotency_Key="a").status == 404
        assert stranger.post(f"/filings/{number}/confirm", {"agrees": True}).status == 404
