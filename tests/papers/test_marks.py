"""What a notice rests on and where one may turn say how sure they are, sealed with the rest."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.licences.conftest import MARKET
from tests.papers.conftest import Office
from tests.papers.test_notices import WHOLE
from tongban.kernel.marks import Mark
from tongban.papers import api as papers
from tongban.papers.letters import LettersFile, cited, letters_of, remedies_against

LICENSING = "01"


def letters() -> LettersFile:
    return letters_of(Path(settings.CITY))


def with_marks(mark: Mark) -> LettersFile:
    """Give the city's letters with every article this sure."""
    known = letters()
    articles = {name: each.model_copy(update={"mark": mark}) for name, each in known.articles.items()}
    return known.model_copy(update={"articles": articles})


@pytest.mark.parametrize(
    ("mark", "zh", "en"),
    [
        ("found", "", ""),
        ("recalled", "（待核对）", " (to be verified)"),
        ("gap", "（本地设定）", " (local setting)"),
    ],
)
def test_an_article_is_cited_with_its_mark(mark: Mark, zh: str, en: str) -> None:
    known = with_marks(mark)
    letter = known.notices[papers.NoticeKind.REVOKED]
    bare = [known.articles[name].text for name in letter.cites]
    assert bare
    told = cited(known, letter, LICENSING)
    assert [(each.zh, each.en) for each in told] == [(each.zh + zh, each.en + en) for each in bare]


def test_a_sealed_notice_carries_the_marks_of_its_articles(office: Office) -> None:
    given = office.give("revoked", facts=WHOLE, staff_id=7)
    office.seal()
    known = letters()
    told = {each.zh for each in papers.notice(given.number).articles}
    names = known.notices[papers.NoticeKind.REVOKED].cites
    assert told == {each.zh for each in cited(known, known.notices[papers.NoticeKind.REVOKED], LICENSING)}
    doubtful = [known.articles[name] for name in names if known.articles[name].mark == "recalled"]
    assert doubtful
    page = papers.printable(papers.notice(given.number), "zh")
    assert all(f"{each.text.zh}（待核对）" in page for each in doubtful)


@pytest.mark.parametrize("nature", [1, 9])
def test_where_one_may_turn_says_how_sure_its_time_is(nature: int) -> None:
    known = letters()
    declared = (known.complaint,) if nature == 9 else known.remedies
    for remedy, said in zip(declared, remedies_against(known, MARKET, nature=nature), strict=True):
        assert ("（待核对）" in said.zh) is (remedy.mark == "recalled")
        assert ("(to be verified)" in said.en) is (remedy.mark == "recalled")
        assert ("（本地设定）" in said.zh) is (remedy.mark == "gap")
