"""A paper that is not electronic: the page says where to bring it, the counter alone takes it."""

from pathlib import Path

import pytest

from bench.town import Town, carry
from tests.cases.acting import officer, pass_time, states
from tests.cases.test_one_office import OFFICE, open_and_submit, rewrite
from tests.items.packs_page import write_city
from tests.papers.conftest import pdf
from tests.portal.visiting import Visit
from tests.promises.effects import evidence
from tongban.cases import api as cases
from tongban.kernel.errors import Conflict, NotFound
from tongban.papers import api as papers
from tongban.registry import api as registry

NOTARY = "issuer: {zh: 公证机构, en: notary}, basis: {law: elderly, mark: recalled}}"
DEED = (
    '    - {id: deed, name: {zh: 继承权公证书, en: deed of inheritance}, necessity: "1",'
    f" obtained: handed_in, signature: not_electronic, {NOTARY}\n"
)
COPY = (
    '    - {id: copy, name: {zh: 证件复印件, en: copy of a card}, necessity: "1",'
    f" obtained: handed_in, signature: none, {NOTARY}\n"
)
COUNTER = "云溪市人力资源和社会保障局（云溪市市民大道8号）"


def filed(town: Town, folder: Path, materials: str = DEED) -> tuple[str, str]:
    """File for a card for which documents are asked; give the numbers of the filing and of its case."""
    city = write_city(folder / "mycity")
    card = city / "packs" / "senior-card" / "items" / "card.yaml"
    rewrite(card, ("  checks:\n", f"  materials:\n{materials}  checks:\n"))
    number = open_and_submit(town, city)
    return number, cases.snapshot(number).case("card").number or ""


def at_the_counter(town: Town) -> registry.Staff:
    return officer(town, OFFICE, registry.Role.APPROVER)


@pytest.fixture
def waiting(town: Town, tmp_path: Path) -> tuple[str, str]:
    """A filing that lacks nothing but a paper of this kind."""
    return filed(town, tmp_path)


def test_the_one_notice_and_the_page_say_which_counter_takes_it(
    visit: Visit, waiting: tuple[str, str]
) -> None:
    number, case = waiting
    assert states(number) == {"card": "correction"}
    visit.as_person("sun_guilan")
    page = visit.open(f"/filings/{number}/correction/")
    assert f"继承权公证书（纸质原件，交到{COUNTER}）" in page.text
    assert "网上不收取" in page.text
    assert 'type="file"' not in page.html
    [notice] = papers.notices_of([case]).lines
    assert any(COUNTER in paragraph.zh for paragraph in notice.body)


def test_nobody_hands_it_in_online(town: Town, waiting: tuple[str, str]) -> None:
    number, _ = waiting
    sight = cases.see(cases.snapshot(number), at=town.workplace)
    [asked] = cases.asked_materials(sight, at=town.workplace)
    with pytest.raises(Conflict, match="not electronic") as refused:
        cases.hand_in(
            sight,
            asked.material,
            [pdf()],
            "公证书.pdf",
            by=town.subject("sun_guilan"),
            confirmed=True,
            request=None,
            largest_bytes=1_000_000,
            at=town.workplace,
        )
    assert COUNTER in refused.value.todo.zh
    assert papers.materials(number) == ()


def test_an_officer_takes_it_by_name_and_the_case_goes_on_by_itself(
    town: Town, visit: Visit, waiting: tuple[str, str]
) -> None:
    number, case = waiting
    one = at_the_counter(town)
    visit.as_staff(one)
    form = visit.open(f"/workbench/cases/{case}/do/take-paper")
    told = visit.press(form, fill={"material": "card.deed"})
    assert states(number) == {"card": "correction"}, "told before it is done"
    assert visit.press(told, fill={"step": "do"}).status == 200
    carry(town, number)
    assert states(number) == {"card": "granted"}
    [kept] = papers.materials(number)
    assert (kept.on_paper, kept.sha256, kept.handed_in_by) == (True, "", f"staff:{one.id}")
    [taken] = evidence().by_kind["material.taken_on_paper"]
    assert (taken["case_number"], taken["material"], taken["staff"]) == (case, "card.deed", str(one.id))


def test_a_case_that_lacks_more_goes_on_only_when_that_is_there_too(town: Town, tmp_path: Path) -> None:
    number, case = filed(town, tmp_path, DEED + COPY)
    sight = cases.see(cases.snapshot(number), at=town.workplace)
    cases.take_paper(sight, case, "card.deed", staff=at_the_counter(town), at=town.workplace)
    assert states(number) == {"card": "correction"}
    with pytest.raises(Conflict, match="not asked for"):
        cases.take_paper(sight, case, "card.copy", staff=at_the_counter(town), at=town.workplace)


def test_another_office_takes_nothing(town: Town, waiting: tuple[str, str]) -> None:
    number, case = waiting
    sight = cases.see(cases.snapshot(number), at=town.workplace)
    with pytest.raises(NotFound):
        cases.take_paper(sight, case, "card.deed", staff=officer(town, "market.990121"), at=town.workplace)
    assert papers.materials(number) == ()


def test_no_schedule_of_the_node_destroys_a_paper(town: Town, waiting: tuple[str, str]) -> None:
    number, case = waiting
    sight, at = cases.see(cases.snapshot(number), at=town.workplace), town.workplace
    cases.take_paper(sight, case, "card.deed", staff=at_the_counter(town), at=at)
    pass_time(town, days=36_500)
    papers.keep_retention(at.node.var / "uploads", at.clock.now(), chance=at.chance)
    [kept] = papers.materials(number)
    assert kept.destroyed_at is None
