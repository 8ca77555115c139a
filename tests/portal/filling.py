"""How a founder fills in the form on the pages."""

from bench.town import CHARACTERS
from tests.portal.visiting import Page, Visit

COMPANY = {
    "answer:company:trade_word": "燕归来",
    "answer:company:industry": "餐饮",
    "answer:company:scope": ["餐饮服务"],
    "answer:company:registered_capital_cents": "100000",
    "answer:company:premises_right": "rent",
    "answer:company:accounting_rules": "small",
    "answer:company:invoice_needed": "true",
    "answer:company:staff_count": "2",
    "answer:company:account_day": "2026-12-01",
    "answer:director:company_post": "director_manager",
    "answer:shareholder:contribution_method": "money",
}
TICKS = (
    "tick:applicant:truthful",
    "tick:applicant:name_liability",
    "tick:applicant:beneficial_owner",
    "tick:applicant:hand_over",
    "tick:director:accepts_post",
    "tick:shareholder:signs_articles",
    "tick:shareholder:no_supervisor",
)


def answers(*, address: str = "east_shop", **other: str | list[str]) -> dict[str, str | list[str]]:
    """Give every field of a sole owner's form as typed; `other` replaces answers about the company."""
    filled: dict[str, str | list[str]] = {**COMPANY, **dict.fromkeys(TICKS, "yes")}
    filled["answer:place:address_code"] = CHARACTERS["addresses"][address]["code"]
    return filled | {f"answer:company:{name}": value for name, value in other.items()}


def begun(visit: Visit, *, division: str = "990121") -> Page:
    """Read the notice, begin, and come to the form."""
    notice = visit.open("/matters/open-company/start/")
    return visit.press(notice, fill={"division": division})


def number_of(page: Page) -> str:
    """Give the filing's number from the page's address."""
    return page.address.split("/filings/")[1].partition("/")[0]
