"""Every kind of notice is given by some act, and each adverse one says where to turn, naming the body."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, pass_time, sight, states, submit
from tongban import cases as room
from tongban.cases import api as cases
from tongban.cases.rules.licensing import STATUS_CHANGES, VERSION_NOTICES
from tongban.kernel.errors import Conflict, SourceDown
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.workbench.forms.table import NOT_ACCEPTED_KINDS

APPROVER = registry.Role.APPROVER


FROM_TABLES = (
    *NOT_ACCEPTED_KINDS,
    *(notice for _, _, notice in STATUS_CHANGES.values()),
    *VERSION_NOTICES.values(),
)


def given_kinds() -> Iterator[str]:
    """Name the kinds that the room's code gives: the third argument of every give_notice."""
    for path in Path(room.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "give_notice":
                kind = node.args[2]
                # Not accepting takes its kind from the officer's form, an act on a licence from its table.
                yield from [str(kind.value)] if isinstance(kind, ast.Constant) else FROM_TABLES


def test_every_kind_of_notice_is_given_somewhere() -> None:
    assert set(given_kinds()) == {kind.value for kind in papers.NoticeKind}


def kinds(number: str) -> list[str]:
    """Give the kinds of the notices of a filing's registration, in their order."""
    return [each.kind.value for each in papers.notices_of([case_of(number)]).lines]


def case_of(number: str, item: str = "registration") -> str:
    return cases.snapshot(number).case(item).number or ""


def test_who_must_wait_for_a_source_holds_a_receipt_and_one_alone(town: Town) -> None:
    town.registers["court"].trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    pass_time(town, hours=1)
    carry(town, number)
    [receipt] = papers.notices_of([case_of(number)]).lines
    assert receipt.kind is papers.NoticeKind.RECEIPT
    assert receipt.sealed
    assert receipt.due == cases.snapshot(number).case("registration").acceptance_due_at
    assert any("即为受理" in paragraph.zh for paragraph in receipt.body)
    town.registers["court"].trouble = None
    pass_time(town, hours=1)
    carry(town, number)
    assert kinds(number) == ["receipt", "accepted", "granted"]


def test_what_is_decided_in_one_step_needs_no_receipt(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert kinds(number) == ["accepted", "granted"]


@pytest.fixture
def with_people(town: Town) -> str:
    """A filing whose owner asked for people; its registration is granted, the rest waits for officers."""
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.ask_for_person(number, subject=owner, at=town.workplace)
    submit(town, number)
    cases.approve(
        sight(town, number),
        case_of(number),
        staff=officer(town, "market.990121", APPROVER),
        reasons="经核实。",
        record={},
        at=town.workplace,
    )
    carry(town, number)
    return number


@pytest.mark.parametrize(
    ("item", "hears"),
    [
        ("tax", "国家税务总局云溪市税务局"),
        ("insurance", "云东县人民政府"),
        ("seal", "云东县人民政府"),
        ("fund", "云溪市人民政府"),
        ("account", "中国人民银行"),
    ],
)
def test_a_refusal_names_the_body_that_hears_it(town: Town, with_people: str, item: str, hears: str) -> None:
    case = cases.snapshot(with_people).case(item)
    staff = officer(town, case.office, APPROVER)
    shown = cases.officer_case(case_of(with_people, item), staff, at=town.workplace).remedies
    assert hears in shown[0].zh
    cases.refuse(
        sight(town, with_people),
        case_of(with_people, item),
        staff=staff,
        reasons="经查不符。",
        record={},
        at=town.workplace,
    )
    carry(town, with_people)
    [refused] = [n for n in papers.notices_of([case_of(with_people, item)]).lines if n.kind == "refused"]
    assert refused.remedies == shown


def test_the_notice_of_a_lapse_says_where_to_turn(town: Town) -> None:
    number = draft(town, town.subject("wu_xiaoxue"))
    submit(town, number)
    pass_time(town, days=200)
    carry(town, number)
    staff = officer(town, "market.990121", APPROVER)
    cases.confirm_lapse(sight(town, number), case_of(number), staff=staff, at=town.workplace)
    carry(town, number)
    [lapse] = [each for each in papers.notices_of([case_of(number)]).lines if each.kind == "withdrawn"]
    assert "云东县人民政府" in lapse.remedies[0].zh


def test_every_organisation_that_decides_has_a_body_above_it(town: Town) -> None:
    for office in registry.directory().organisations(town.now.date()):
        assert papers.remedies_of(office.slug)


def test_the_clock_of_what_is_no_licence_is_not_stopped(town: Town, with_people: str) -> None:
    case = cases.snapshot(with_people).case("tax")
    assert states(with_people)["tax"] == "accepted"
    staff = officer(town, case.office, APPROVER)
    shown = cases.officer_case(case.number or "", staff, at=town.workplace)
    assert shown.item_type == "10"
    assert cases.Power.DECIDE in shown.powers
    assert cases.Power.PAUSE not in shown.powers
    with pytest.raises(Conflict, match="licences alone"):
        cases.begin_pause(
            sight(town, with_people),
            case.number or "",
            staff=staff,
            kind="inspection",
            reason="现场核查",
            needs_days=3,
            at=town.workplace,
        )
