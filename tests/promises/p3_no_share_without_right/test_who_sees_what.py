"""Every page and every operation for everybody: what offices hold about one is shown to nobody else.

The matrix is written by hand; a page or an operation that stands in no row of it fails the test.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import carry_on, states, submit
from tests.papers.conftest import pdf
from tests.portal.visiting import Visit
from tests.rest.program import Program
from tongban.cases import api as cases
from tongban.cases.models import Case, Fact, Filing, Participant, Rating, RequestKey, ReviewRequest
from tongban.licences.models import LicenceRow
from tongban.papers.models import MaterialRow, NoticeRow
from tongban.portal import urls
from tongban.registry import api as registry

PERSONS = CHARACTERS["persons"]
OWNER, PARTNER, STRANGER = "li_chunyan", "wang_jianguo", "zhao_min"
NOBODY = "99010020261123999999"  # a number that no filing has

# Pages about one filing or licence: who may open them, by hand.
MATRIX: Mapping[str, frozenset[str]] = {
    "filing": frozenset({OWNER, PARTNER}),
    "form": frozenset({OWNER}),
    "part": frozenset({PARTNER}),
    "correction": frozenset({OWNER}),
    "withdraw": frozenset({OWNER}),
    "person": frozenset({OWNER}),
    "facts": frozenset({OWNER, PARTNER}),
    "fact": frozenset({OWNER}),
    "reasons": frozenset({OWNER}),
    "rate": frozenset({OWNER}),
    "notice": frozenset({OWNER}),
    "notice-file": frozenset({OWNER}),
    "licence": frozenset({OWNER}),
    "licence-file": frozenset({OWNER}),
}
# Pages that show everybody the same, or each their own.
OPEN = {"home", "matter", "start", "sign-in", "signed-in", "sign-out", "signed-out", "verify-any", "verify"}
OWN = {"filings", "licences"}
PICTURE = {"code"}
REST_OPEN = {"list_bundles", "read_bundle", "read_plan"}


@dataclass(frozen=True)
class Told:
    """A filing of two founders that came to its end, and what its addresses are made of."""

    number: str
    fact: int
    case: str
    notice: str
    licence: str

    def path(self, name: str) -> str:
        return {
            "filing": f"/filings/{self.number}/",
            "form": f"/filings/{self.number}/form/",
            "part": f"/filings/{self.number}/part/",
            "correction": f"/filings/{self.number}/correction/",
            "withdraw": f"/filings/{self.number}/withdraw/",
            "person": f"/filings/{self.number}/person/",
            "facts": f"/filings/{self.number}/facts/",
            "fact": f"/filings/{self.number}/facts/{self.fact}/",
            "reasons": f"/filings/{self.number}/cases/{self.case}/reasons/",
            "rate": f"/filings/{self.number}/cases/{self.case}/rating/",
            "notice": f"/filings/{self.number}/notices/{self.notice}/",
            "notice-file": f"/filings/{self.number}/notices/{self.notice}/file",
            "licence": f"/licences/{self.licence}/",
            "licence-file": f"/licences/{self.licence}/file",
        }[name]


@pytest.fixture
def told(served: Town) -> Told:
    number = draft(served, served.subject(OWNER), partner=PERSONS[PARTNER])
    submit(served, number)
    lease = cases.confirm(number, subject=served.subject(PARTNER), agrees=True, at=served.workplace)
    assert lease is not None
    carry_on(served, lease)
    assert set(states(number).values()) == {"granted"}
    owner = served.subject(OWNER)
    fact = Fact.objects.filter(filing__number=number, participant__identity_number=owner.number).first()
    case = Case.objects.get(filing__number=number, item="registration").number
    notice = NoticeRow.objects.filter(case_number=case).first()
    licence = LicenceRow.objects.get(case_number=case)
    assert fact is not None
    assert notice is not None
    return Told(number, fact.pk, str(case), notice.number, licence.identifier)


def secrets_of(name: str) -> tuple[str, ...]:
    """Give what offices hold about somebody and told this filing, in every way a page may write it."""
    person = PERSONS[name]
    year, month, day = person["birth_date"].split("-")
    return (
        person["mobile"],
        person["household_address"],
        person["birth_date"],
        f"{year}年{int(month)}月{int(day)}日",
    )


def pages_of(visit: Visit, told: Told) -> Iterator[tuple[str, int, str]]:
    for name in (*MATRIX, *sorted(OWN)):
        address = told.path(name) if name in MATRIX else f"/{name}/"
        answer = visit.client.get(address)
        if answer.status_code == 302:  # where it leads is a page of this matrix, and read too
            assert answer.headers["Location"] in {told.path("filing"), told.path("part")}, name
            led = visit.client.get(answer.headers["Location"])
            yield f"after {name}", led.status_code, led.content.decode()
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield name, answer.status_code, body.decode("utf-8", errors="replace")


def test_the_matrix_names_every_page_and_every_operation(served: Town) -> None:
    named = {pattern.name for pattern in urls.urlpatterns}
    assert named == set(MATRIX) | OPEN | OWN | PICTURE


@pytest.mark.parametrize("who", [OWNER, PARTNER, STRANGER, "sun_guilan"])
def test_a_person_opens_their_own_pages_and_reads_nothing_about_another(
    told: Told, served: Town, who: str
) -> None:
    visit = Visit(served)
    visit.as_person(who)
    others = [each for each in (OWNER, PARTNER) if each != who]
    before = Filing.objects.values().get(number=told.number)
    for name, status, body in pages_of(visit, told):
        if name in MATRIX and who not in MATRIX[name]:
            led_back = who in MATRIX["filing"] and status == 302
            assert led_back or status in {404, 405}, (name, status)
        for other in others:
            for secret in secrets_of(other):
                assert secret not in body, f"{who} reads {secret} of {other} on {name}"
    assert Filing.objects.values().get(number=told.number) == before


def test_what_is_another_persons_is_not_there_in_the_same_words(told: Told, served: Town) -> None:
    visit = Visit(served)
    visit.as_person(STRANGER)
    absent = Told(NOBODY, told.fact, told.case, told.notice, "1.2.156.3005.2.none")
    for name in MATRIX:
        real, none = (visit.client.get(each.path(name)) for each in (told, absent))
        assert real.status_code == none.status_code, name
        assert real.status_code in {404, 405}, name
        words = [
            answer.content.decode().replace(one.number, "N").replace(one.licence, "L")
            for answer, one in ((real, told), (none, absent))
        ]
        assert words[0] == words[1], name


def test_whoever_is_not_signed_in_is_sent_to_sign_in(told: Told, served: Town) -> None:
    visit = Visit(served)
    for name in MATRIX:
        answer = visit.client.get(told.path(name))
        assert answer.status_code in {302, 405}, name
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in/"), name


@pytest.mark.parametrize(
    "login",
    ["market.yundong.chen", "market.yunxi.luo", "tax.yundong.kong", "hall.yundong.xu", "system.yunxi.gu"],
)
def test_no_member_of_staff_comes_in_through_the_portal(told: Told, served: Town, login: str) -> None:
    """An officer's way is the workbench, where a look has a cause and is on record."""
    known = {one.login: one for one in registry.everybody(served.now.date())}
    one = known.get(login) or next(iter(known.values()))
    visit = Visit(served)
    visit.as_staff(one)
    for name, _, body in pages_of(visit, told):
        for secret in (*secrets_of(OWNER), *secrets_of(PARTNER)):
            assert secret not in body, f"{one.login} reads {secret} on {name}"


SENT: Mapping[str, Mapping[str, object]] = {
    "put_answers": {"answers": {"company": {"trade_word": "老渡口"}}},
    "contest_fact": {"fact": 1, "said": "不对"},
    "confirm_filing": {"agrees": True},
    "search_answer": {"participant": "place", "question": "address_code", "words": "春风路"},
    "rate_case": {"code": 1},
    "ask_reasons": {"said": "为什么"},
}
UPLOAD = "hand_in_material"


def addressed(path: str, told: Told) -> str:
    """Give the path of an operation for the filing that came to its end."""
    known = {
        "number": told.number,
        "identifier": told.licence,
        "case": told.case,
        "material": "registration.articles_own",
        "notice": quote(told.notice, safe=""),
    }
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def operations(program: Program) -> Iterator[tuple[str, str, str]]:
    described = program.get("/openapi.json").body["paths"]
    for path, methods in described.items():
        for method, operation in methods.items():
            yield operation["operationId"], method.upper(), path.removeprefix("/api/v1")


def test_no_operation_tells_a_stranger_or_lets_them_change_anything(
    told: Told, program: Callable[[str], Program]
) -> None:
    stranger = program(STRANGER)
    before = _everything()
    tried = set()
    for operation, method, path in operations(stranger):
        if operation in REST_OPEN or "{" not in path:
            continue
        address = addressed(path, told)
        body = SENT.get(operation, {} if method != "GET" else None)
        if operation == UPLOAD:
            answer = stranger.hand_in(address, pdf(), Idempotency_Key=operation)
        else:
            answer = stranger.send(method, address, body, Idempotency_Key=operation)
        assert answer.status in {404, 422}, (operation, answer.status)
        for secret in (*secrets_of(OWNER), *secrets_of(PARTNER), PERSONS[OWNER]["resident_id"]):
            assert secret not in answer.content.decode(), operation
        tried.add(operation)
    assert len(tried) >= 19
    assert tried >= {UPLOAD, *SENT, "list_materials", "list_notices", "read_notice_file"}
    assert _everything() == before


def test_a_partner_reads_about_themselves_alone(told: Told, program: Callable[[str], Program]) -> None:
    partner = program(PARTNER)
    read = [
        partner.send(method, addressed(path, told))
        for operation, method, path in operations(partner)
        if method == "GET" and operation not in REST_OPEN
    ]
    whole = "".join(answer.content.decode() for answer in read)
    assert [secret for secret in secrets_of(OWNER) if secret in whole] == []
    assert '"shareholder.1"' in whole
    owner = program(OWNER)
    read = [
        owner.send(method, addressed(path, told))
        for operation, method, path in operations(owner)
        if method == "GET" and operation not in REST_OPEN
    ]
    whole = "".join(answer.content.decode() for answer in read)
    assert [secret for secret in secrets_of(PARTNER) if secret in whole] == []
    assert PERSONS[OWNER]["birth_date"] in whole


def _everything() -> str:
    tables = (Filing, Case, Fact, Participant, Rating, ReviewRequest, RequestKey, MaterialRow)
    rows = [list(model.objects.order_by("pk").values()) for model in tables]
    return json.dumps(rows, default=str)


def test_a_helper_sees_whether_it_is_checked_and_no_value_on_any_page(served: Town) -> None:
    helper = registry.staff_of("hall.990121", registry.Role.COUNTER, on=served.now.date())[0]
    filer = cases.Filer("counter", staff_id=helper.id, authority="present")
    number = draft(served, served.subject("sun_guilan"), filer=filer)
    submit(served, number)
    visit = Visit(served)
    visit.as_staff(helper)
    seen = ""
    for page in ("", "form/", "facts/"):
        seen += visit.client.get(f"/filings/{number}/{page}", follow=True).content.decode()
    assert [secret for secret in secrets_of("sun_guilan") if secret in seen] == []
    another = registry.staff_of("town.990122001", registry.Role.VILLAGE_WORKER, on=served.now.date())
    for one in another:
        visit.as_staff(one)
        assert visit.client.get(f"/filings/{number}/").status_code == 404
