"""Every operation of the interface for machines, for everybody: what a token opens, and no cookie does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote

from django.test import Client

from tests.papers.conftest import pdf
from tests.portal.visiting import Visit
from tests.promises.p3_no_share_without_right.matrix import (
    ANYONE,
    NOBODY,
    OWNER,
    PARTNER,
    PEOPLE,
    PERSON,
    names_known_to,
    standing,
)
from tests.promises.p3_no_share_without_right.world import (
    NO_FILING,
    Matter,
    World,
    everything,
    fetched,
    identity,
)
from tests.rest.program import Answer, Program, filing
from tongban.rest.interface import interface

Programs = Callable[[str], Program]
UPLOAD = "hand_in_material"


@dataclass(frozen=True)
class Operation:
    """Who may have an operation done, and what is sent with it."""

    who: frozenset[str]
    sent: Mapping[str, Any] | None = field(default_factory=dict)


def _operation(*who: str, **sent: Any) -> Operation:
    return Operation(frozenset(who), sent)


# By hand: an operation that stands in no row fails the test.
OPERATIONS: Mapping[str, Operation] = {
    "list_bundles": _operation(ANYONE),
    "read_bundle": _operation(ANYONE),
    "read_plan": _operation(ANYONE),
    "open_filing": _operation(PERSON, **filing(submit=False)),
    "list_filings": _operation(PERSON),
    "list_licences": _operation(PERSON),
    "read_filing": _operation(OWNER, PARTNER),
    "read_timeline": _operation(OWNER, PARTNER),  # a partner is given an empty one
    "put_answers": _operation(OWNER, answers={"company": {"trade_word": "老渡口"}}),
    "check_filing": _operation(OWNER),
    "submit_filing": _operation(OWNER),
    "read_filing_plan": _operation(OWNER),
    "read_facts": _operation(OWNER, PARTNER),
    "read_share_receipt": _operation(OWNER),
    "read_decision_proof": _operation(OWNER),
    "contest_fact": _operation(OWNER, said="不是我"),
    "confirm_filing": _operation(PARTNER, agrees=False),
    "withdraw_filing": _operation(OWNER),
    "ask_for_person": _operation(OWNER),
    "supply_filing": _operation(OWNER),
    "search_answer": _operation(OWNER, participant="place", question="address_code", words="春风路"),
    "rate_case": _operation(OWNER, code=5),
    "ask_reasons": _operation(OWNER, said="为什么"),
    "list_materials": _operation(OWNER),
    UPLOAD: _operation(OWNER),
    "list_notices": _operation(OWNER, PARTNER),  # a partner is given an empty list
    "read_notice_file": _operation(OWNER),
    "read_licence": _operation(OWNER),
    "read_licence_file": _operation(OWNER),
    "read_licence_story": _operation(OWNER),
    "read_licence_rendering": _operation(OWNER),
}
DOES = (
    ("wang_jianguo", "confirm_filing", "confirming"),
    ("li_chunyan", "put_answers", "draft"),
    ("li_chunyan", "rate_case", "ended"),
    ("li_chunyan", "ask_reasons", "ended"),
    ("zhou_wenbin", "contest_fact", "waiting"),
    ("zhou_wenbin", "ask_for_person", "waiting"),
    ("wu_xiaoxue", UPLOAD, "correction"),
    ("wu_xiaoxue", "supply_filing", "correction"),
    ("li_chunyan", "search_answer", "draft"),
    ("li_chunyan", "withdraw_filing", "draft"),
)


@cache
def described() -> tuple[tuple[str, str, str], ...]:
    """Give every operation that the interface describes: its name, its verb and its path."""
    return tuple(
        (operation["operationId"], method.upper(), path)
        for path, methods in interface.get_openapi_schema(path_prefix="")["paths"].items()
        for method, operation in methods.items()
    )


def have_done(program: Program, name: str, method: str, path: str, matter: Matter) -> Answer:
    """Send one operation for a filing."""
    known = {
        "code": "open-company",
        "number": matter.number,
        "identifier": matter.licence,
        "form": "pdf",
        "case": matter.case,
        "fact": str(matter.fact or 999_999),
        "material": matter.asked or "registration.identity_paper",
        "notice": quote(matter.notice, safe=""),
    }
    for part, value in known.items():
        path = path.replace(f"{{{part}}}", value)
    if name == UPLOAD:
        return program.hand_in(path, pdf("二"), Idempotency_Key=name)
    sent = {**(OPERATIONS[name].sent or {})}
    if name == "contest_fact":
        sent["fact"] = matter.fact or 999_999
    return program.send(method, path, None if method == "GET" else sent, Idempotency_Key=name)


def secrets_in(world: World, visitor: str, body: str) -> list[str]:
    known = names_known_to(world, visitor)
    found = []
    for person in world.everybody_named():
        if person != visitor:
            name, number = identity(person)
            hidden = [*fetched(person), *([] if person in known else [name])]
            hidden += [] if known.get(person) else [number]
            found += [f"{value} of {person}" for value in hidden if value in body]
    return found


def test_every_operation_stands_in_the_matrix() -> None:
    assert {name for name, _, _ in described()} == set(OPERATIONS)


def test_whoever_has_no_right_is_told_nothing_and_changes_nothing(world: World, program: Programs) -> None:
    opened = set()
    programs = {visitor: program(visitor) for visitor in PEOPLE} | {NOBODY: Program("")}
    for each in PEOPLE:
        assert programs[each].get("/filings").status == 200  # from here on everybody is known
    for visitor, theirs in programs.items():
        before = everything()
        for name, method, path in described():
            for matter in world.matters.values() if "{number}" in path else [world.matters["ended"]]:
                has_right = bool(OPERATIONS[name].who & standing(world, visitor, matter))
                if has_right and method != "GET":
                    continue
                answer = have_done(theirs, name, method, path, matter)
                where = f"{visitor or 'nobody'}, {name}, {matter.called}: {answer.status}"
                assert secrets_in(world, visitor, answer.content.decode(errors="replace")) == [], where
                if not has_right:
                    assert answer.status == (401 if visitor == NOBODY else 404), where
                elif answer.status == 200:
                    opened.add(name)
        assert everything() == before, visitor
    assert opened == {name for name, method, _ in described() if method == "GET"}


def test_the_same_is_done_when_those_send_it_who_have_the_right(world: World, program: Programs) -> None:
    paths = {name: (method, path) for name, method, path in described()}
    for visitor, name, called in DOES:
        theirs = program(visitor)
        before = everything()
        answer = have_done(theirs, name, *paths[name], world.matters[called])
        assert answer.status == 200, (name, answer.body)
        assert everything() != before, name


def test_a_strangers_number_is_answered_as_one_that_does_not_exist(world: World, program: Programs) -> None:
    stranger = program("zhao_min")
    for real in world.matters.values():
        absent = replace(real, number=NO_FILING, licence=f"{real.licence[:-1]}9")
        for name, method, path in described():
            if not OPERATIONS[name].who & {ANYONE, PERSON}:
                told = [have_done(stranger, name, method, path, one) for one in (real, absent)]
                words = [
                    answer.content.decode().replace(one.number, "N").replace(one.licence, "L")
                    for answer, one in zip(told, (real, absent), strict=True)
                ]
                assert words[0] == words[1], name
                assert told[0].status == told[1].status == 404, name


def test_no_session_of_a_browser_opens_the_interface(world: World) -> None:
    """Neither a person's nor an officer's: a page elsewhere that makes a browser ask acts for nobody."""
    before = everything()
    for visitor in ("li_chunyan", "market.yundong.chen", "audit.yunxi.shang"):
        visit = Visit(world.town, Client(SERVER_NAME="127.0.0.1"))
        if visitor in PEOPLE:
            visit.as_person(visitor)
        else:
            visit.as_staff(world.staff(visitor))
        browser = Program("", visit.client)
        for name, method, path in described():
            if ANYONE not in OPERATIONS[name].who:
                answer = have_done(browser, name, method, path, world.matters["ended"])
                assert answer.status == 401, (visitor, name)
    assert everything() == before
