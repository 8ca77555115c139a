"""Every page for every role, written out by hand; and a case of another office, which is no case at all."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.portal.visiting import Visit
from tests.workbench.acting import OFFICE, looks, waiting_registration
from tongban.cases import api as cases
from tongban.cases.models import Case, Decision
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry
from tongban.registry.api import Role
from tongban.registry.models import Staff
from tongban.workbench import urls

HANDLING = {Role.RECEPTIONIST, Role.APPROVER, Role.LEADER}
DATA = {Role.LEADER, Role.DATA_OFFICER, Role.SHARING_HEAD, Role.BUREAU_OFFICER, Role.POLICY_AUTHOR}
PROOFS = HANDLING | {Role.DATA_OFFICER, Role.SHARING_HEAD, Role.BUREAU_OFFICER, Role.AUDITOR}
HELPERS = {Role.COUNTER, Role.VILLAGE_WORKER}

# By hand, so that a page whose roles change by mistake is noticed: name of the address → who may open it.
MATRIX: dict[str, set[Role]] = {
    "desk": HANDLING,
    "case": HANDLING,
    "claim": HANDLING,
    "open": HANDLING,
    "facts": HANDLING,
    "material": HANDLING,
    "notice": HANDLING,
    "deed": HANDLING,
    "deed-part": HANDLING,
    "licences": HANDLING,
    "licence": HANDLING,
    "licence-types": HANDLING | DATA,
    "licence-look-up": HANDLING,
    "open-licence": HANDLING,
    "licence-deed": {Role.APPROVER, Role.LEADER},
    "contests": {Role.DATA_OFFICER},
    "contest": {Role.DATA_OFFICER},
    "answer-contest": {Role.DATA_OFFICER},
    "catalogue": DATA,
    "resource": DATA,
    "withdraw": DATA,
    "evidence": PROOFS,
    "verify": PROOFS,
    "proof-file": PROOFS,
    "recovered": {Role.BUREAU_OFFICER, Role.AUDITOR},
    "helping": HELPERS,
    "bureau": {Role.BUREAU_OFFICER, Role.POLICY_AUTHOR},
    "withdraw-version": {Role.BUREAU_OFFICER, Role.POLICY_AUTHOR},
    "system": {Role.SYSTEM_ADMIN},
    "security": {Role.SECURITY_ADMIN},
    "credentials": {Role.SECURITY_ADMIN},
    "revoke-credentials": {Role.SECURITY_ADMIN},
    "roles": {Role.SECURITY_ADMIN},
    "audit": {Role.AUDITOR},
}
OPEN_TO_ALL = {"front", "sign-in", "sign-out"}
TOKEN = "t" * 32  # a form of ours, as far as CSRF goes
BY_FORM = {"claim", "open", "open-licence", "verify", "answer-contest"}


def addresses(number: str) -> dict[str, str]:
    """Give one address for each page."""
    return {
        "desk": "desk",
        "case": f"cases/{number}",
        "claim": f"cases/{number}/claim",
        "open": f"cases/{number}/open",
        "facts": f"cases/{number}/facts",
        "material": f"cases/{number}/materials/1",
        "notice": f"cases/{number}/notices/x",
        "deed": f"cases/{number}/do/approve",
        "deed-part": f"cases/{number}/do/find-out/1",
        "licences": "licences",
        "licence": "licences/x",
        "licence-types": "licence-types",
        "licence-look-up": "licence-look-up",
        "open-licence": "licences/x/open",
        "licence-deed": "licences/x/do/suspend",
        "contests": "contests",
        "contest": "contests/1",
        "answer-contest": "contests/1/answer",
        "catalogue": "catalogue",
        "resource": "catalogue/resources/court.enforcement",
        "withdraw": "catalogue/withdraw/no-such-grant",
        "evidence": "evidence",
        "verify": "evidence/logs/nothing/verify",
        "proof-file": "evidence/entries/nothing/proof.json",
        "recovered": "evidence/recovered",
        "helping": "helping",
        "bureau": "bureau",
        "withdraw-version": "bureau/open-company/1/withdraw",
        "system": "system",
        "security": "security",
        "credentials": "security/market.yundong.chen/credentials",
        "revoke-credentials": "security/market.yundong.chen/revoke",
        "roles": "security/market.yundong.chen/roles",
        "audit": "audit",
    }


@pytest.fixture
def somebody(town: Town) -> registry.Staff:
    """A member of the county's market office whose roles these tests set."""
    return registry.staff("market.yundong.ye", on=town.now.date())


def hold(town: Town, one: registry.Staff, *roles: Role) -> None:
    security = registry.staff("security.yunxi.ning", on=town.now.date())
    registry.set_roles(
        one.login,
        [(role, "990121") for role in roles],
        by=security,
        because="上岗",
        now=town.now,
        chance=SystemChance(),
    )


def reach(visit: Visit, name: str, address: str) -> int:
    """Give what a page answers; a form that is sent is one of ours."""
    path = f"/workbench/{address}"
    if name not in BY_FORM:
        return visit.client.get(path).status_code
    return visit.client.post(path, {"csrfmiddlewaretoken": TOKEN}).status_code


def test_the_matrix_names_every_page_of_the_workbench() -> None:
    named = {pattern.name for pattern in urls.urlpatterns}
    assert named == set(MATRIX) | OPEN_TO_ALL
    assert set(addresses("x")) == set(MATRIX)


def test_no_page_is_open_to_roles_that_the_matrix_does_not_name() -> None:
    """What the guard holds is what is written here, page by page."""
    for pattern in urls.urlpatterns:
        if pattern.name not in OPEN_TO_ALL:
            assert vars(pattern.callback)["roles"] == MATRIX[str(pattern.name)], pattern.name


def test_every_view_under_the_workbench_has_a_guard() -> None:
    def walk(resolver: URLResolver) -> Iterator[URLPattern]:
        for each in resolver.url_patterns:
            if isinstance(each, URLResolver):
                yield from walk(each)
            else:
                yield each

    under = [p for p in walk(get_resolver()) if p.callback.__module__.startswith("tongban.workbench")]
    assert {p.name for p in under if not hasattr(p.callback, "roles")} == OPEN_TO_ALL
    assert len(under) == len(urls.urlpatterns)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_its_own_pages_and_no_other(
    town: Town, visit: Visit, waiting: str, somebody: registry.Staff, role: Role
) -> None:
    hold(town, somebody, role)
    visit.as_staff(somebody)
    visit.client.cookies["csrftoken"] = TOKEN
    for name, address in addresses(waiting).items():
        answered = reach(visit, name, address)
        if role in MATRIX[name]:
            assert answered != 403, name
        else:
            assert answered == 403, name


def test_a_stranger_is_sent_to_sign_in_from_every_page(town: Town, visit: Visit) -> None:
    visit.client.cookies["csrftoken"] = TOKEN
    for name, address in addresses("any").items():
        path = f"/workbench/{address}"
        if name in BY_FORM:
            answer = visit.client.post(path, {"csrfmiddlewaretoken": TOKEN})
        else:
            answer = visit.client.get(path)
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/workbench/sign-in?next="), name


def test_a_resident_is_nobody_in_the_workbench(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_person("zhang_dahai")
    for name, address in addresses(waiting).items():
        if name not in BY_FORM:
            assert visit.client.get(f"/workbench/{address}").status_code == 302, name


TAKING = ("give-back", "take-over")
WORDS = (
    "approve",
    "refuse",
    "not-accept",
    "complete",
    "take-paper",
    "lapse",
    "pause",
    "resume",
    "extend",
    "explain",
    *TAKING,
)
READ = ("", "/facts", "/materials/1", "/notices/x", "/do/find-out/1", *(f"/do/{word}" for word in WORDS))
SENT = ("/claim", "/open", *(f"/do/{word}" for word in WORDS))


def test_nobody_of_another_office_can_tell_a_case_from_one_that_does_not_exist(town: Town) -> None:
    """All staff of all other offices, every page and act for each set of roles, beside a number of nobody."""
    real = waiting_registration(town, "zhang_dahai")
    absent = f"{real[:-1]}{(int(real[-1]) + 1) % 10}"
    before = Case.objects.filter(number=real).values().get()
    seen: set[frozenset[Role]] = set()
    for one in registry.everybody(town.now.date(), most=1000).lines:
        if one.organisation == OFFICE:
            continue
        read, sent = (READ[:2], SENT[:2]) if one.roles in seen else (READ, SENT)
        seen.add(one.roles)
        visit = Visit(town)
        visit.as_staff(one)
        told = [_answers(visit, number, read, sent) for number in (real, absent)]
        assert told[0] == told[1], one.login
        assert {status for status, _ in told[0].values()} <= {403, 404}, one.login
    assert Case.objects.filter(number=real).values().get() == before
    assert looks() == 0
    assert not Decision.objects.exists()


def bind(town: Town, login: str, role: Role, *divisions: str) -> registry.Staff:
    """Bind a member of a city's organ to some of its counties."""
    security = registry.staff("security.yunxi.ning", on=town.now.date())
    roles = [(role, each) for each in divisions]
    return registry.set_roles(login, roles, by=security, because="分管", now=town.now, chance=SystemChance())


FUND = "fund.yunxi.qian"  # of the city's housing fund, which handles both counties


@pytest.fixture
def fund_case(town: Town) -> str:
    """The number of a case in the east county at an organ of the city; it waits for an officer."""
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    row = Case.objects.get(filing__number=number, item="fund")
    assert (row.office, row.division[:6]) == ("fund.990100", "990121")
    Decision.objects.filter(case=row).delete()  # as if no rule had decided it
    row.state, row.person_needed = "accepted", [{"zh": "人工审批", "en": "A person decides."}]
    row.save()
    return row.number or ""


@pytest.mark.parametrize("role", sorted(HANDLING - {Role.LEADER}))
def test_who_is_bound_to_one_county_cannot_tell_a_case_of_another_from_none(
    town: Town, fund_case: str, role: Role
) -> None:
    """The same office, another county: every page and act, beside a number of nobody, and every list."""
    one = bind(town, FUND, role, "990122")
    absent = f"{fund_case[:-1]}{(int(fund_case[-1]) + 1) % 10}"
    before = Case.objects.filter(number=fund_case).values().get()
    visit = Visit(town)
    visit.as_staff(one)
    told = [_answers(visit, number, READ, SENT) for number in (fund_case, absent)]
    assert told[0] == told[1]
    assert {status for status, _ in told[0].values()} <= {403, 404}
    assert fund_case not in visit.open("/workbench/desk?choice=all").html
    assert cases.desk(one, now=town.now, choice=cases.Choice.ALL).lines == ()
    assert (cases.acts_of(fund_case, one), cases.pledges_at(one).lines) == ((), ())
    filing = Case.objects.get(number=fund_case).filing.number
    with pytest.raises(NotFound):
        cases.filing_page(filing, one)
    with pytest.raises(NotFound):
        cases.claim_case(filing, fund_case, staff=one, at=town.workplace)
    assert Case.objects.filter(number=fund_case).values().get() == before
    assert looks() == 0


@pytest.mark.parametrize("divisions", [("990121",), ("990121", "990122"), ("990100",)])
def test_who_is_bound_to_its_county_or_to_none_handles_the_case(
    town: Town, fund_case: str, divisions: tuple[str, ...]
) -> None:
    one = bind(town, FUND, Role.APPROVER, *divisions)
    visit = Visit(town)
    visit.as_staff(one)
    assert visit.open(f"/workbench/cases/{fund_case}").status == 200
    assert [line.number for line in cases.desk(one, now=town.now).lines] == [fund_case]
    filing = Case.objects.get(number=fund_case).filing.number
    cases.claim_case(filing, fund_case, staff=one, at=town.workplace)
    assert cases.officer_case(fund_case, one, at=town.workplace).is_mine


def test_the_head_of_an_office_is_bound_to_no_county(town: Town, fund_case: str) -> None:
    """Whoever else is bound: no case of the office is without somebody who sees it."""
    head = bind(town, "fund.yunxi.lai", Role.LEADER, "990122")
    assert [line.number for line in cases.desk(head, now=town.now).lines] == [fund_case]


def test_nobody_holds_one_role_here_and_another_there(town: Town) -> None:
    security = registry.staff("security.yunxi.ning", on=town.now.date())
    roles = [(Role.APPROVER, "990121"), (Role.RECEPTIONIST, "990122")]
    with pytest.raises(Conflict):
        registry.set_roles(FUND, roles, by=security, because="分管", now=town.now, chance=SystemChance())


def _answers(
    visit: Visit, number: str, read: Sequence[str], sent: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Try what there is to do with a case; give what was answered, without the number itself."""
    visit.client.cookies["csrftoken"] = TOKEN
    fields = {"csrfmiddlewaretoken": TOKEN, "cause": "审批本办件", "reasons": "理由", "step": "do"}
    here = f"/workbench/cases/{number}"
    answers = {path: visit.client.get(f"{here}{path}") for path in read}
    answers |= {f"post {path}": visit.client.post(f"{here}{path}", fields) for path in sent}
    return {
        path: (answer.status_code, _worded(answer.content.decode(), number))
        for path, answer in answers.items()
    }


def _worded(html: str, number: str) -> str:
    lines = (line for line in html.replace(number, "N").splitlines() if "csrfmiddlewaretoken" not in line)
    return "\n".join(lines)


ROLES = st.frozensets(st.sampled_from(sorted(set(Role) - registry.ADMINISTRATORS)), max_size=4)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_roles_somebody_of_another_office_holds_the_case_is_not_there(
    town: Town, waiting: str, data: st.DataObject
) -> None:
    """The same at the door itself, for every set of roles that one person may hold."""
    others = [o.slug for o in registry.organisations(date(2026, 11, 23)) if o.slug != OFFICE]
    one = registry.Staff(
        id=data.draw(st.sampled_from(list(Staff.objects.values_list("pk", flat=True)))),
        login="x",
        name="某",
        organisation=data.draw(st.sampled_from(others)),
        roles=data.draw(ROLES),
        divisions=("990100",),
    )
    at = town.workplace
    for attempt in (
        lambda number: cases.officer_case(number, one, at=at),
        lambda number: cases.examine(number, one, cause="看看", at=at),
        lambda number: cases.prepare_decision(number, one, at=at),
        lambda number: cases.open_facts(number, staff=one, cause="看看", at=at),
        lambda number: cases.filing_of_case(number, one),
    ):
        told = []
        for number in (waiting, waiting[:-1] + "9"):
            with pytest.raises(NotFound) as refused:
                attempt(number)
            told.append((refused.value.code, refused.value.what.zh.replace(number, "N")))
        assert told[0] == told[1]
    assert cases.desk(one, now=town.now, choice=cases.Choice.ALL).lines == ()
    assert cases.acts_of(waiting, one) == ()
    assert cases.pledges_at(one).lines == ()
    assert cases.reviews_at(one, now=town.now).lines == ()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roles=ROLES.filter(lambda roles: not roles & HANDLING))
def test_in_the_office_itself_only_the_case_roles_open_a_case(
    town: Town, waiting: str, roles: frozenset[Role]
) -> None:
    one = registry.Staff(1, "x", "某", OFFICE, roles, ("990121",))
    with pytest.raises(NotFound):
        cases.officer_case(waiting, one, at=town.workplace)
    with pytest.raises(NotFound):
        cases.examine(waiting, one, cause="看看", at=town.workplace)
    assert cases.acts_of(waiting, one) == ()
    assert looks() == 0
