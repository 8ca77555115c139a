"""What is not certain is not told as certain: every ground on a page says how sure it is."""

from dataclasses import replace

import pytest
from django.template.loader import get_template

from tests.portal.filling import answers, begun, number_of
from tests.portal.test_correcting import to_be_completed
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.items import api as items
from tongban.portal.handing_in import slots_of

WORDS = {
    "zh": {"recalled": "（待核对）", "gap": "（本地设定）"},
    "en": {"recalled": "(to be verified)", "gap": "(local setting)"},
}
LANGUAGES = ("zh", "en")


def speaking(visit: Visit, language: str) -> None:
    """Read on in this language."""
    visit.open(f"/language/{language}?next=/")


def assert_told(page: Page, bundle: items.Bundle, basis: items.Basis, language: str) -> None:
    """The basis stands on the page with its mark, and where it was read without any."""
    said = items.spoken_basis(bundle.laws, basis).spoken("zh" if language == "zh" else "en")
    assert " ".join(said.split()) in page.text
    for mark, words in WORDS[language].items():
        assert (words in said) is (basis.mark == mark)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_a_role_and_a_statement_say_how_sure_their_ground_is(visit: Visit, language: str) -> None:
    visit.as_person("li_chunyan")
    speaking(visit, language)
    form, bundle = begun(visit), visit.town.bundle
    told = [
        *(each.basis for each in bundle.questions if f":{each.id}" in form.html and not each.fallback_for),
        *(
            each.basis
            for each in bundle.participants
            if each.known_by == "named" and each.basis and not each.assumed
        ),
        *(each.basis for each in bundle.confirmations if f":{each.id}" in form.html),
    ]
    assert {basis.mark for basis in told} >= {"found", "recalled"}
    for basis in told:
        assert_told(form, bundle, basis, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_before_anything_is_fetched_says_it(visit: Visit, language: str) -> None:
    speaking(visit, language)
    page, bundle = visit.open("/matters/open-company/start/"), visit.town.bundle
    assert bundle.notice.basis.mark == "recalled"
    assert_told(page, bundle, bundle.notice.basis, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_permit_that_a_food_business_still_needs_says_it_before_and_after(
    visit: Visit, language: str
) -> None:
    speaking(visit, language)
    words = WORDS[language]["recalled"]
    before = visit.open("/matters/open-company/")
    visit.as_person("li_chunyan")
    speaking(visit, language)
    done = visit.press(begun(visit), do="submit", fill=answers())
    for page in (before, done):
        banners = [
            each for each in page.read.words if "食品经营许可" in each or "food-business permit" in each
        ]
        assert banners
        assert all(words in each for each in banners)


def test_a_document_to_hand_in_says_it(visit: Visit) -> None:
    page, at = to_be_completed(visit), visit.town.workplace
    correction = visit.open(f"{page.address}correction/")
    sight = cases.form_page(number_of(page), visit.town.subject("wu_xiaoxue"), at=at).sight
    known = slots_of(sight, at=at)
    assert known[0].asked.basis.zh in correction.text  # it was read, so it needs no word
    assert "待核对" not in known[0].asked.basis.zh
    doubtful = replace(sight, bundle=remembered(sight.bundle))
    shown = get_template("portal/slots.html").render({"slots": slots_of(doubtful, at=at)})
    assert shown.count("（待核对）") == len(known)


def remembered(bundle: items.Bundle) -> items.Bundle:
    """Give the bundle with every document resting on an article that is only remembered."""
    return replace(
        bundle,
        items=tuple(
            replace(
                item,
                materials=tuple(
                    replace(each, basis=replace(each.basis, mark="recalled")) for each in item.materials
                ),
            )
            for item in bundle.items
        ),
    )
