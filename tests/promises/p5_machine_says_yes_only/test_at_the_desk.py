"""The workbench says no for nobody who may not: without the role, without reasons, unconfirmed, by a machine.

Each form that goes against somebody is sent in every wrong way there is, and at last in the right one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bench.town import Town
from tests.portal.visiting import Visit
from tests.promises.p4_evidence_before_effect import moments
from tests.promises.p5_machine_says_yes_only.noes import nameless, noes
from tongban.cases.models import Case, Decision
from tongban.kernel.clock import civil_date
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry
from tongban.registry.api import Role
from tongban.registry.models import Staff

TOKEN = "t" * 32  # a form of ours, as far as CSRF goes
DECIDERS = {Role.APPROVER, Role.LEADER}
SAID = {"reasons": "不符合法定条件", "basis": "市场主体登记管理条例", "step": "do"}
# What stands in a field and says nothing, one of them to no eye at all.
NO_REASONS = (
    "",
    " ",
    "\u3000",
    "\r\n\t",
    "\u200b",
    "\ufeff\u2060",
    "\u00ad",
    "\u200b \u200d",
    "\u3164",
    "……",
)


@dataclass(frozen=True)
class No:
    """One form that goes against somebody: when it may be sent, where, by whom, and what it says."""

    ready: Callable[[Town], str]
    address: str
    who: set[Role] = field(default_factory=lambda: set(DECIDERS))
    fields: dict[str, str] = field(default_factory=dict)
    gives_reasons: bool = True

    def at(self, number: str) -> str:
        case = Case.objects.get(filing__number=number, item="registration")
        return f"/workbench/{self.address.format(case=case.number, licence=case.licence)}"

    @property
    def said(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": TOKEN, **SAID, **self.fields}


NOES = {
    "refuse": No(moments.with_an_officer, "cases/{case}/do/refuse"),
    "not accept": No(
        moments.with_an_officer,
        "cases/{case}/do/not-accept",
        fields={"kind": "not_required", "right_office": ""},
    ),
    "lapse": No(
        moments.never_completed,
        "cases/{case}/do/lapse",
        who={*DECIDERS, Role.RECEPTIONIST},
        gives_reasons=False,
    ),
    "revoke for breach": No(
        moments.a_broken_promise, "cases/{case}/do/revoke/address", fields={"ground": "bad_faith"}
    ),
    "revoke a licence": No(moments.granted, "licences/{licence}/do/revoke"),
    "suspend a licence": No(moments.granted, "licences/{licence}/do/suspend"),
    "cancel a licence": No(moments.granted, "licences/{licence}/do/cancel", fields={"why": "office"}),
}
every_no = pytest.mark.parametrize("no", NOES.values(), ids=NOES)


@pytest.fixture
def visit(served: Town) -> Visit:
    return Visit(served)


def somebody(town: Town, *roles: Role) -> registry.Staff:
    """Give a member of the county's market office with exactly these roles."""
    return registry.set_roles(
        "market.yundong.ye",
        [(role, "990121") for role in roles],
        by=registry.staff("security.yunxi.ning", on=town.now.date()),
        because="上岗",
        now=town.now,
        chance=SystemChance(),
    )


def send(visit: Visit, address: str, fields: dict[str, str]) -> int:
    """Send a form as it stands; give what was answered."""
    visit.client.cookies["csrftoken"] = TOKEN
    return visit.client.post(address, fields).status_code


@every_no
def test_no_account_without_the_role_says_no(served: Town, visit: Visit, no: No) -> None:
    address = no.at(no.ready(served))
    before = noes()
    for role in [each for each in Role if each not in no.who]:
        visit.as_staff(somebody(served, role))
        assert send(visit, address, no.said) in {403, 404, 409}, role
        assert noes() == before, role
    elsewhere = registry.staff_of("market.990122", *no.who, on=civil_date(served.now))
    assert elsewhere
    for one in elsewhere:
        visit.as_staff(one)
        assert send(visit, address, no.said) == 404
    assert noes() == before
    assert nameless() == []


@every_no
def test_nobody_says_no_who_is_not_signed_in_for_it(served: Town, visit: Visit, no: No) -> None:
    address = no.at(no.ready(served))
    before = noes()
    assert send(visit, address, no.said) == 302, "a stranger is sent to sign in"
    for person in ("li_chunyan", "zhang_dahai"):
        visit.as_person(person)
        assert send(visit, address, no.said) == 302
    leaver = somebody(served, Role.APPROVER)
    visit.as_staff(leaver)
    Staff.objects.filter(pk=leaver.id).update(until=civil_date(served.now) - timedelta(days=1))
    assert send(visit, address, no.said) == 302, "whoever left yesterday decides nothing today"
    Staff.objects.filter(pk=leaver.id).update(until=None)
    visit.as_staff(leaver)
    assert visit.client.post(address, {**no.said, "csrfmiddlewaretoken": "x" * 32}).status_code == 403
    assert visit.client.get(f"{address}?{urlencode(no.said)}").status_code == 200, "a link decides nothing"
    assert noes() == before


@every_no
def test_a_no_is_confirmed_by_whoever_still_may(served: Town, visit: Visit, no: No) -> None:
    address = no.at(no.ready(served))
    before = noes()
    visit.as_staff(somebody(served, Role.APPROVER))
    for step in ("", "back", "DO", "do ", "confirm"):
        assert send(visit, address, {**no.said, "step": step}) == 200
    assert noes() == before
    counter = somebody(served, Role.COUNTER)  # their role is taken away between the form and its confirmation
    assert send(visit, address, no.said) == 302, "they are sent to sign in anew"
    assert noes() == before
    visit.as_staff(counter)
    assert send(visit, address, no.said) == 403
    assert noes() == before


@pytest.mark.parametrize(
    "no", [no for no in NOES.values() if no.gives_reasons], ids=[n for n in NOES if NOES[n].gives_reasons]
)
def test_a_no_has_reasons_that_can_be_read(served: Town, visit: Visit, no: No) -> None:
    address = no.at(no.ready(served))
    before = noes()
    visit.as_staff(somebody(served, Role.APPROVER))
    for nothing in NO_REASONS:
        assert send(visit, address, {**no.said, "reasons": nothing}) == 422, repr(nothing)
        assert noes() == before, repr(nothing)
    assert send(visit, address, {name: said for name, said in no.said.items() if name != "reasons"}) == 422
    assert noes() == before


@every_no
def test_what_a_machine_writes_into_the_form_is_not_heard(served: Town, visit: Visit, no: No) -> None:
    """The right way at last: it is said by whoever is signed in, whatever else was sent."""
    address = no.at(no.ready(served))
    before = noes()
    approver = somebody(served, Role.APPROVER)
    other = registry.staff("market.yundong.he", on=civil_date(served.now))
    visit.as_staff(approver)
    forged = {"maker": "rule", "staff_id": str(other.id), "staff": str(other.id), "decision": "no"}
    assert send(visit, address, {**no.said, **forged, "outcome": "no"}) == 302
    assert set(noes()) - set(before), "so the ways before this one were wrong in one thing only"
    assert nameless() == []
    assert set(Decision.objects.exclude(outcome="yes").values_list("maker", "staff_id")) <= {
        ("person", approver.id)
    }
