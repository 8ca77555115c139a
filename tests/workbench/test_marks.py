"""Staff, too, are told what is only remembered: grounds of sharing, and the articles of checks."""

import pytest

from bench.town import Town
from tests.portal.visiting import Visit
from tests.workbench.acting import approver, opened, staff, waiting_registration
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date

BUREAU = "bureau.yunxi.tao"


@pytest.mark.parametrize(("language", "words"), [("zh", "（待核对）"), ("en", "(to be verified)")])
def test_a_resource_and_its_grants_say_how_sure_their_ground_is(
    town: Town, visit: Visit, language: str, words: str
) -> None:
    book = catalogue.book(civil_date(town.now))
    marks = {each.basis.mark for each in book.resources.values()}
    assert marks >= {"found", "recalled"}
    for mark in ("found", "recalled"):
        resource = next(each for each in book.resources.values() if each.basis.mark == mark)
        visit.as_staff(staff(town, BUREAU))
        visit.open(f"/language/{language}?next=/")
        page = visit.open(f"/workbench/catalogue/resources/{resource.code}")
        said = resource.basis.text.zh if language == "zh" else resource.basis.text.en
        line = next(each for each in page.read.words if each.startswith(said))
        assert (words in line) is (mark == "recalled")
    doubtful = next(each for each in book.grants if each.basis.mark == "recalled")
    page = visit.open(f"/workbench/catalogue/resources/{doubtful.resource}")
    said = doubtful.basis.text.zh if language == "zh" else doubtful.basis.text.en
    assert any(each.startswith(said) and words in each for each in page.read.words)


def test_the_article_of_each_check_says_how_sure_it_is(town: Town, visit: Visit) -> None:
    number = waiting_registration(town, "zhang_dahai")
    visit.as_staff(approver(town))
    page = opened(visit, number)
    checks = [check for check in town.bundle.item("registration").checks if check.title.zh in page.text]
    assert {check.article.mark for check in checks} >= {"found", "recalled"}
    for check in checks:
        said = items.spoken_basis(town.bundle.laws, check.article).zh
        assert ("待核对" in said) is (check.article.mark == "recalled")
        assert said in page.text
