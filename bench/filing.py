"""Filing a company in a town as a person would: open, name, answer, confirm, submit."""

from collections.abc import Mapping
from datetime import timedelta

from bench.town import CHARACTERS, Town
from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.registry import api as registry

Ref = items.Ref
COMPANY = Ref("company")
FOUNDER_FILLS = ("director", "shareholder", "liaison")

Answers = dict[tuple[items.Ref, str], items.Value | None]


def answers_for(town: Town, *, trade_word: str, address: str, **other: items.Value) -> Answers:
    """Give what a founder answers about a small noodle company; `other` replaces single answers."""
    answers: Answers = {
        (COMPANY, "trade_word"): trade_word,
        (COMPANY, "industry"): "餐饮",
        (COMPANY, "form"): "有限公司",
        (COMPANY, "scope"): ("餐饮服务",),
        (COMPANY, "registered_capital_cents"): 10_000_000,
        (Ref("place"), "address_code"): CHARACTERS["addresses"][address]["code"],
        (COMPANY, "premises_right"): "rent",
        (COMPANY, "term_years"): 0,
        (COMPANY, "articles"): "model",
        (Ref("director"), "company_post"): "director_manager",
        (Ref("shareholder"), "contribution_method"): "money",
        (COMPANY, "accounting_rules"): "small",
        (COMPANY, "invoice_needed"): True,
        (COMPANY, "staff_count"): 2,
        (COMPANY, "fund_ratio_percent"): 5,
        (COMPANY, "account_day"): civil_date(town.now) + timedelta(days=8),
    }
    questions = {question.id: Ref(question.of) for question in town.bundle.questions}
    return answers | {(questions[name], name): value for name, value in other.items()}


def draft(
    town: Town,
    owner: registry.Subject,
    *,
    trade_word: str = "燕归来",
    address: str = "east_shop",
    partner: Mapping[str, str] | None = None,
    request: cases.Request | None = None,
    filer: cases.Filer | None = None,
    **other: items.Value,
) -> str:
    """Open a draft and answer everything that is asked; the founder fills every role but a partner's."""
    opened = cases.open_draft(
        town.bundle,
        owner=owner,
        division=CHARACTERS["addresses"][address]["division"],
        filer=filer or cases.Filer("rest"),
        language="zh",
        request=request,
        at=town.workplace,
    )
    named = [cases.Named(Ref(role), same_as=Ref("applicant")) for role in FOUNDER_FILLS]
    answers = answers_for(town, trade_word=trade_word, address=address, **other)
    if partner is not None:
        second = Ref("shareholder", 1)
        named.append(cases.Named(second, None, "111", partner["resident_id"], partner["name"]))
        answers |= {
            (Ref("shareholder"), "contribution_cents"): 6_000_000,
            (second, "contribution_cents"): 4_000_000,
            (second, "contribution_method"): "money",
        }
    cases.put_answers(opened.number, town.bundle, parties=named, answers=answers, at=town.workplace)
    fall_back(town, opened.number, owner)
    ticks(town, opened.number, owner)
    return opened.number


def fall_back(town: Town, number: str, owner: registry.Subject) -> None:
    """Answer what is asked only because no source has it: how to reach the founder."""
    sight = cases.gather(number, at=town.workplace, again=True)
    asked = {
        (planned.ref, planned.question.id)
        for planned in sight.plan.questions
        if planned.question.fallback_for
    }
    mobile = next(p["mobile"] for p in CHARACTERS["persons"].values() if p["resident_id"] == owner.number)
    known: Answers = {key: mobile for key in asked if key[1] == "mobile"}
    if known:
        cases.put_answers(number, town.bundle, parties=[], answers=known, at=town.workplace)


def ticks(town: Town, number: str, owner: registry.Subject) -> None:
    """Confirm every statement that the form shows to its filer."""
    form = cases.form_page(number, owner, at=town.workplace)
    confirmed: Answers = {(ref, each.id): True for ref, each in form.sight.plan.confirmations}
    cases.put_answers(number, town.bundle, parties=[], answers=confirmed, at=town.workplace)
