"""Two items of one bundle at the same office: each has what came for its purpose; nothing comes twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.town import Town
from tests.cases.acting import officer, sight, states, submit
from tests.items.packs_page import write_city
from tests.promises.p3_no_share_without_right.granting import shares
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.ids import SystemChance
from tongban.licences import api as licences
from tongban.registry import api as registry

ME = items.Ref("applicant")
OFFICE, CARD, TRAVEL = "social.990100", "992014002000", "992014003000"
BORN, HOME = "person.birth_date", "person.household_address"
Filed = Callable[..., str]


def rewrite(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, f"{old!r} does not stand in {path.name}"
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@pytest.fixture
def filed(town: Town, tmp_path: Path) -> Filed:
    """File for a senior card and for free travel, both decided by the city's social insurance office."""

    def file(*, travel_as: str, granted: str, also: str = "") -> str:
        folder = write_city(tmp_path / "mycity")
        pack = folder / "packs" / "senior-card"
        power = f'      - item: "{CARD}"  # 老年人优待证\n'
        rest = (folder / "organisations.yaml").read_text("utf-8").partition(power)[2]
        terms = rest[: rest.index("\n", rest.index("since:")) + 1]
        if travel_as != CARD:
            rewrite(
                folder / "organisations.yaml",
                (power, f'      - item: "{TRAVEL}"\n{terms}{power}'),
            )
        rewrite(
            folder / "catalogue" / "grants.yaml",
            (
                f'elements: [{BORN}]\n    purposes: ["{CARD}"]',
                f"elements: [{BORN}, {HOME}]\n    purposes: [{granted}]",
            ),
        )
        rewrite(pack / "pack.yaml", ("items: [card]", "items: [card, travel]"))
        card = (pack / "items" / "card.yaml").read_text("utf-8")
        (pack / "items" / "travel.yaml").write_text(card, "utf-8")
        rewrite(
            pack / "items" / "travel.yaml",
            ("key: card", "key: travel"),
            (f'basic_code: "{CARD}"', f'basic_code: "{travel_as}"'),
            ("code: applicant.senior", "code: applicant.senior_traveller"),
            ("  checks:\n", f"{also}  checks:\n"),
        )
        return open_and_submit(town, folder)

    return file


def open_and_submit(town: Town, folder: Path) -> str:
    registry.load_city(folder, now=town.now, chance=SystemChance())
    catalogue.load(folder, now=town.now, chance=SystemChance())
    licences.load_types(folder)
    made = items.load_pack(folder / "packs" / "senior-card")
    book = catalogue.book(civil_date(town.now))
    items.publish_city((made,), town.now, book=book, chance=SystemChance())
    bundle = items.bundle("senior-card")
    opened = cases.open_draft(
        bundle,
        owner=town.subject("sun_guilan"),
        division="990122",
        filer=cases.Filer("rest"),
        language="zh",
        request=None,
        at=town.workplace,
    )
    chosen: dict[tuple[items.Ref, str], items.Value | None] = {(ME, "card_delivery"): "post"}
    cases.put_answers(opened.number, bundle, parties=[], answers=chosen, at=town.workplace)
    assert submit(town, opened.number).is_clean
    return opened.number


def released(number: str) -> list[tuple[str, tuple[str, ...]]]:
    """Give for which purpose which elements were shared with the office, in order."""
    return sorted(
        (str(fields["purpose"]), tuple(sorted(map(str, fields["elements"]))))  # type: ignore[call-overload]
        for fields in shares("share.released", number, consumer=OFFICE)
    )


def test_two_items_with_one_purpose_are_decided_on_one_share(filed: Filed, town: Town) -> None:
    number = filed(travel_as=CARD, granted=f'"{CARD}"')
    assert states(number) == {"card": "granted", "travel": "granted"}
    assert released(number) == [(CARD, (BORN,))]


def test_what_only_the_second_of_them_wants_comes_with_the_same_share(filed: Filed, town: Town) -> None:
    need = (
        f"    - {{of: applicant, element: {HOME}, uses: [record], basis: {{law: elderly, mark: recalled}}}}\n"
    )
    number = filed(travel_as=CARD, granted=f'"{CARD}"', also=need)
    assert states(number) == {"card": "granted", "travel": "granted"}
    assert released(number) == [(CARD, (BORN, HOME))]


def test_two_purposes_are_two_shares_each_under_its_own_grant(filed: Filed, town: Town) -> None:
    number = filed(travel_as=TRAVEL, granted=f'"{CARD}", "{TRAVEL}"')
    assert states(number) == {"card": "granted", "travel": "granted"}
    assert released(number) == [(CARD, (BORN,)), (TRAVEL, (BORN,))]
    assert set(Fact.objects.filter(filing__number=number).values_list("purpose", "status")) == {
        (CARD, "known"),
        (TRAVEL, "known"),
    }


def test_what_came_for_one_purpose_serves_no_other_without_its_grant(filed: Filed, town: Town) -> None:
    """The office has the birth date, for the card: the other item goes to a person, and nobody is asked."""
    number = filed(travel_as=TRAVEL, granted=f'"{CARD}"')
    assert states(number) == {"card": "granted", "travel": "accepted"}
    assert released(number) == [(CARD, (BORN,))]
    case = cases.snapshot(number).case("travel")
    assert case.person_needed
    own = sight(town, number).of_case("travel").gathered
    assert (ME, BORN) not in own.values or own.values[ME, BORN] is None
    assert own.status_of(ME, BORN) == "withheld"
    approver = officer(town, OFFICE, registry.Role.APPROVER)
    assert case.number is not None
    lines = cases.open_facts(case.number, staff=approver, cause="审查", at=town.workplace)
    assert [(line.element, line.status, line.value) for line in lines] == [(BORN, "withheld", None)]
