"""Who may open what, written by hand: every page of a node that is no operation for machines.

`who` says in which relation to a filing, or in which role, somebody must stand; a page is open to whoever
stands in one of them. `sent` is what its form would send: somebody with the right changes something by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.promises.p3_no_share_without_right.world import CASE_OFFICE, Matter, World
from tongban.registry.api import Role

ANYONE, PERSON, STAFF = "anyone", "person", "staff"
OWNER, PARTNER, FILER = "owner", "partner", "filer"
HANDLER = "handler"  # who decides cases at the office of this one
VERIFIER = "verifier"  # the data officer of the source that is said to be wrong
PROVIDER = "provider"  # the head of sharing of the office whose resource is granted

DESK = frozenset({Role.RECEPTIONIST, Role.APPROVER, Role.LEADER})
CATALOGUE = {Role.LEADER, Role.DATA_OFFICER, Role.SHARING_HEAD, Role.BUREAU_OFFICER, Role.POLICY_AUTHOR}
PROOFS = {*DESK, Role.DATA_OFFICER, Role.SHARING_HEAD, Role.BUREAU_OFFICER, Role.AUDITOR}
GRANT = "registration-population/market.990121/open-company"
RESOURCE, SOURCE = "police.population", "police.990100"


@dataclass(frozen=True)
class Page:
    """One page: its address for a filing, who may open it, and what its form sends."""

    address: str
    who: frozenset[str]
    sent: Mapping[str, str] = field(default_factory=dict)
    only_sent: bool = False  # there is no such page to read, only something to do

    def at(self, filing: Matter, *, parts: Matter | None = None) -> str:
        """Give the address for a filing, with the case, fact, notice and document of another if named."""
        of = parts or filing
        return self.address.format(
            number=filing.number,
            case=of.case,
            fact=of.fact,
            notice=quote(of.notice, safe=""),
            licence=of.licence,
            material=of.material,
            contest=of.contest,
        )


def _page(address: str, *who: str, only_sent: bool = False, **sent: str) -> Page:
    return Page(address, frozenset(who), sent, only_sent)


_FILING, _CASE = "/filings/{number}/", "/workbench/cases/{case}"

PORTAL: Mapping[str, Page] = {
    "portal:home": _page("/", ANYONE),
    "portal:matter": _page("/matters/open-company/", ANYONE),
    "portal:start": _page("/matters/open-company/start/", ANYONE),
    "portal:sign-in": _page("/sign-in/", ANYONE),
    "portal:signed-in": _page("/sign-in/return/", ANYONE),
    "portal:sign-out": _page("/sign-out/", ANYONE, only_sent=True),
    "portal:signed-out": _page("/signed-out/", ANYONE),
    "portal:verify-any": _page("/verify/", ANYONE),
    "portal:verifier": _page("/verify/offline.html", ANYONE),
    "portal:verify": _page("/verify/{licence}/", ANYONE),
    "portal:filings": _page("/filings/", PERSON, STAFF),
    "portal:licences": _page("/licences/", PERSON),
    "portal:filing": _page(_FILING, OWNER, FILER),
    "portal:form": _page(f"{_FILING}form/", OWNER, FILER, do="submit", ask_for_person="1"),
    "portal:part": _page(f"{_FILING}part/", PARTNER, do="decline"),
    "portal:correction": _page(f"{_FILING}correction/", OWNER, FILER, do="supply"),
    "portal:withdraw": _page(f"{_FILING}withdraw/", OWNER),
    "portal:person": _page(f"{_FILING}person/", OWNER, only_sent=True),
    "portal:facts": _page(f"{_FILING}facts/", OWNER, PARTNER),
    "portal:fact": _page(f"{_FILING}facts/{{fact}}/", OWNER, said="不是我"),
    "portal:share-receipt": _page(f"{_FILING}facts/{{fact}}/receipt", OWNER),
    "portal:decision-proof": _page(f"{_FILING}cases/{{case}}/proof", OWNER, FILER, HANDLER),
    "portal:reasons": _page(f"{_FILING}cases/{{case}}/reasons/", OWNER, only_sent=True, said="为什么"),
    "portal:rate": _page(f"{_FILING}cases/{{case}}/rating/", OWNER, only_sent=True, code="5", said="慢"),
    "portal:notice": _page(f"{_FILING}notices/{{notice}}/", OWNER, FILER, HANDLER),
    "portal:notice-file": _page(f"{_FILING}notices/{{notice}}/file", OWNER, FILER, HANDLER),
    "portal:licence": _page("/licences/{licence}/", OWNER),
    "portal:own-code": _page("/licences/{licence}/code.svg", OWNER),
    "portal:licence-file": _page("/licences/{licence}/file", OWNER),
    "portal:licence-notice": _page("/licences/{licence}/notices/nothing/", OWNER),
    "portal:licence-notice-file": _page("/licences/{licence}/notices/nothing/file", OWNER),
    "portal:show": _page(
        "/licences/{licence}/show/", OWNER, shown="holder_name", audience="银行", purpose="开户", days="1"
    ),
    "portal:shown": _page("/licences/{licence}/shown/", OWNER),
    "portal:shown-file": _page("/licences/{licence}/shown/1/file", OWNER),
    "portal:shown-withdraw": _page("/licences/{licence}/shown/1/withdraw/", OWNER, only_sent=True),
    "portal:link": _page("/shown/nothing/", ANYONE),
    "portal:licence-rendering": _page("/licences/{licence}/file.pdf", OWNER),
}

WORKBENCH: Mapping[str, Page] = {
    "workbench:front": _page("/workbench/", ANYONE),
    "workbench:sign-in": _page("/workbench/sign-in", ANYONE),
    "workbench:sign-out": _page("/workbench/sign-out", ANYONE, only_sent=True),
    "workbench:desk": _page("/workbench/desk", *DESK),
    "workbench:case": _page(_CASE, HANDLER),
    "workbench:claim": _page(f"{_CASE}/claim", HANDLER, only_sent=True),
    "workbench:open": _page(f"{_CASE}/open", HANDLER, only_sent=True, cause="看看"),
    "workbench:facts": _page(f"{_CASE}/facts", HANDLER),
    "workbench:material": _page(f"{_CASE}/materials/{{material}}", HANDLER),
    "workbench:notice": _page(f"{_CASE}/notices/{{notice}}", HANDLER),
    "workbench:deed": _page(f"{_CASE}/do/refuse", HANDLER, reasons="不符合条件", step="do"),
    "workbench:deed-part": _page(
        f"{_CASE}/do/find-out/1", HANDLER, outcome="done", office_number="X1", note="已核实", step="do"
    ),
    "workbench:licences": _page("/workbench/licences", *DESK),
    "workbench:licence": _page("/workbench/licences/{licence}", HANDLER),
    "workbench:open-licence": _page(
        "/workbench/licences/{licence}/open", HANDLER, only_sent=True, cause="看看"
    ),
    "workbench:licence-deed": _page(
        "/workbench/licences/{licence}/do/suspend", HANDLER, reasons="场所搬离", basis="条例", step="do"
    ),
    "workbench:licence-types": _page("/workbench/licence-types", *DESK, *CATALOGUE),
    "workbench:licence-look-up": _page("/workbench/licence-look-up", *DESK),
    "workbench:contests": _page("/workbench/contests", Role.DATA_OFFICER),
    "workbench:contest": _page("/workbench/contests/{contest}", Role.DATA_OFFICER),
    "workbench:answer-contest": _page(
        "/workbench/contests/{contest}/answer",
        VERIFIER,
        only_sent=True,
        result="corrected",
        value="10000000099",
        said="已核实",
        step="do",
    ),
    "workbench:catalogue": _page("/workbench/catalogue", *CATALOGUE),
    "workbench:resource": _page(f"/workbench/catalogue/resources/{RESOURCE}", *CATALOGUE),
    "workbench:withdraw": _page(
        f"/workbench/catalogue/withdraw/{GRANT}",
        PROVIDER,
        Role.BUREAU_OFFICER,
        reason="用途已终止",
        step="do",
    ),
    "workbench:evidence": _page("/workbench/evidence", *PROOFS),
    "workbench:verify": _page("/workbench/evidence/logs/decisions/verify", *PROOFS, only_sent=True),
    "workbench:proof-file": _page("/workbench/evidence/entries/nothing/proof.json", *PROOFS),
    "workbench:recovered": _page(
        "/workbench/evidence/recovered", Role.BUREAU_OFFICER, Role.AUDITOR, entry="nothing", note="补全"
    ),
    "workbench:helping": _page("/workbench/helping", Role.COUNTER, Role.VILLAGE_WORKER),
    "workbench:bureau": _page("/workbench/bureau", Role.BUREAU_OFFICER, Role.POLICY_AUTHOR),
    "workbench:withdraw-version": _page(
        "/workbench/bureau/open-company/1/withdraw",
        Role.BUREAU_OFFICER,
        Role.POLICY_AUTHOR,
        reason="条件有误",
        step="do",
    ),
    "workbench:system": _page("/workbench/system", Role.SYSTEM_ADMIN),
    "workbench:security": _page("/workbench/security", Role.SECURITY_ADMIN),
    "workbench:credentials": _page(
        "/workbench/security/tax.yundong.lu/credentials", Role.SECURITY_ADMIN, because="新到岗", step="do"
    ),
    "workbench:revoke-credentials": _page(
        "/workbench/security/tax.yundong.lu/revoke", Role.SECURITY_ADMIN, because="离岗", step="do"
    ),
    "workbench:roles": _page(
        "/workbench/security/tax.yundong.lu/roles",
        Role.SECURITY_ADMIN,
        roles="leader",
        divisions="990121",
        because="新到岗",
        step="do",
    ),
    "workbench:audit": _page("/workbench/audit", Role.AUDITOR),
}

SITE: Mapping[str, Page] = {
    "health": _page("/health", ANYONE),
    "language": _page("/language/en", ANYONE),
    "status-list": _page("/status-lists/market.990121", ANYONE),
    "log-file": _page("/logs/decisions/checkpoint", ANYONE),
    "rest:openapi-json": _page("/api/v1/openapi.json", ANYONE),
    "rest:openapi-view": _page("/api/v1/docs", ANYONE),
    "rest:api-root": _page("/api/v1/", ANYONE),
}

PAGES: Mapping[str, Page] = {**PORTAL, **WORKBENCH, **SITE}
ABOUT_ONE = tuple(name for name, page in PAGES.items() if "{" in page.address)

NOBODY = ""
PEOPLE = (
    "li_chunyan",
    "wang_jianguo",
    "zhang_dahai",
    "zhou_wenbin",
    "sun_guilan",
    "wu_xiaoxue",
    "zhao_min",  # takes part in nothing
)
STAFF_MEMBERS = (
    "hall.yundong.xu",  # typed one of the filings
    "town.hekou.lin",
    "market.yundong.chen",  # decides these cases
    "market.yundong.ye",
    "market.yundong.he",
    "market.chengguan.luo",  # below
    "market.yunxi.zhou",  # above
    "market.yunxi-west.shen",  # beside: another county
    "tax.yundong.lu",  # has a case of its own in the same filings
    "tax.yunxi-west.han",
    "land.yundong.jiang",
    "land.yundong.ji",
    "police.yunxi.kong",  # verifies what was said to be wrong
    "police.yunxi.shao",
    "court.yunxi.qi",
    "bureau.yunxi.tao",
    "bureau.yunxi.qiu",
    "bureau.yunxi.rao",
    "bureau.yunxi.mu",
    "system.yunxi.gu",
    "security.yunxi.ning",
    "audit.yunxi.shang",
)
VISITORS = (NOBODY, *PEOPLE, *STAFF_MEMBERS)


def standing(world: World, visitor: str, matter: Matter) -> frozenset[str]:
    """Say as what somebody stands before a filing."""
    if visitor == NOBODY:
        return frozenset({ANYONE})
    if visitor in PEOPLE:
        theirs = {OWNER: matter.owner == visitor, PARTNER: matter.partner == visitor}
        return frozenset({ANYONE, PERSON, *(word for word, holds in theirs.items() if holds)})
    one = world.staff(visitor)
    special = {
        FILER: matter.helper == visitor,
        HANDLER: one.organisation == CASE_OFFICE and bool(one.roles & DESK) and matter.has_case,
        VERIFIER: one.organisation == SOURCE and one.holds(Role.DATA_OFFICER) and matter.contest > 0,
        PROVIDER: one.organisation == SOURCE and one.holds(Role.SHARING_HEAD),
    }
    return frozenset({ANYONE, STAFF, *one.roles, *(word for word, holds in special.items() if holds)})


def may(world: World, visitor: str, name: str, matter: Matter) -> bool:
    """Say whether somebody may open a page about a filing."""
    return bool(PAGES[name].who & standing(world, visitor, matter))


def names_known_to(world: World, visitor: str) -> dict[str, bool]:
    """Give whose name somebody may read, and whether their number too."""
    known: dict[str, bool] = {}
    for matter in world.matters.values():
        as_what = standing(world, visitor, matter)
        if OWNER in as_what and matter.partner:  # typed it
            known[matter.partner] = True
        if PARTNER in as_what:  # must know who names them
            known.setdefault(matter.owner, False)
        if FILER in as_what:
            known[matter.owner] = True
        if HANDLER in as_what or (DESK & as_what and world.works_on(visitor, matter)):
            known |= dict.fromkeys(matter.people, True)
    return known
