"""Values that follow from others are made once, from what is there, and never replace what is said."""

from datetime import date

from tests.items import city
from tongban.items import api as items

FORM = city.answers()


def test_the_name_is_division_trade_word_industry_and_form() -> None:
    values = city.known(FORM)
    assert values[city.COMPANY, "company.name"] == "云东县春燕里餐饮有限公司"


def test_the_same_answers_make_another_name_in_the_other_county() -> None:
    values = items.derive(
        city.bundle(), FORM.parties, items.values_of(city.bundle(), FORM), city.about(city.WEST), city.DATES
    )
    assert values[city.COMPANY, "company.name"] == "云西县春燕里餐饮有限公司"


def test_a_sole_owner_undertakes_the_whole_capital() -> None:
    values = city.known(FORM)
    assert values[city.ME, "person.contribution_cents"] == 10_000_000
    assert values[city.COMPANY, "company.kind"] == "有限责任公司（自然人独资）"


def test_two_shareholders_say_their_own_shares() -> None:
    two = city.answers("two-shareholders")
    values = city.known(two)
    assert values[city.ME, "person.contribution_cents"] == 6_000_000
    assert values[items.Ref("shareholder", 1), "person.contribution_cents"] == 4_000_000
    assert values[city.COMPANY, "company.kind"] == "有限责任公司"


def test_the_model_articles_give_five_years() -> None:
    assert city.known(FORM)[city.ME, "person.contribution_due_on"] == date(2031, 11, 23)


def test_nothing_follows_from_what_is_not_there() -> None:
    bare = items.Answers(city.alone())
    values = items.derive(city.bundle(), bare.parties, items.values_of(city.bundle(), bare), city.about())
    assert (city.COMPANY, "company.name") not in values
    assert (city.ME, "person.contribution_cents") not in values
    assert (city.ME, "person.contribution_due_on") not in values  # without a filing date


def test_what_somebody_said_is_never_replaced() -> None:
    said = {**items.values_of(city.bundle(), FORM), (city.COMPANY, "company.name"): "别的名称"}
    values = items.derive(city.bundle(), FORM.parties, said, city.about(), city.DATES)
    assert values[city.COMPANY, "company.name"] == "别的名称"


def test_what_stands_by_default_counts_as_answered() -> None:
    values = items.values_of(city.bundle(), items.Answers(city.alone()))
    assert values[city.COMPANY, "company.fund_ratio_percent"] == 5
    assert values[city.COMPANY, "company.articles"] == "model"


def test_values_lie_with_the_person_however_many_roles_they_fill() -> None:
    through = items.Answers(
        (
            items.Party(city.ME, None, "990121198803129020", "李春燕"),
            items.Party(items.Ref("director"), city.ME),
            items.Party(items.Ref("shareholder"), items.Ref("director")),
        ),
        {(items.Ref("shareholder"), "contribution_method"): "money"},
    )
    values = items.values_of(city.bundle(), through)
    assert values[city.ME, "person.contribution_method"] == "money"
    assert items.canonical(items.Ref("shareholder"), through.parties) == city.ME


def test_two_who_claim_to_be_each_other_do_not_hang_the_house() -> None:
    one, other = items.Ref("director"), items.Ref("shareholder")
    parties = (items.Party(one, other), items.Party(other, one))
    assert items.canonical(one, parties) in {one, other}


def test_a_licence_and_an_act_are_filled_by_name() -> None:
    values = {
        **city.known(FORM),
        (city.COMPANY, "company.credit_code"): "91990121MA9K0001XE",
        (city.COMPANY, "company.established_on"): date(2026, 11, 23),
    }
    about = {**city.about(), "case.office_name": "云东县市场监督管理局"}
    registration = city.bundle().item("registration")
    shown = items.content(registration.licence.content, city.bundle(), FORM.parties, values, about)
    assert shown == {
        "name": "云东县春燕里餐饮有限公司",
        "credit_code": "91990121MA9K0001XE",
        "kind": "有限责任公司（自然人独资）",
        "legal_representative": "李春燕",
        "registered_capital_cents": 10_000_000,
        "established_on": date(2026, 11, 23),
        "address": "云溪市云东县城关镇春风路1号",
        "scope": ("餐饮服务", "外卖递送服务"),
        "registry": "云东县市场监督管理局",
    }
    for item in city.bundle().items:
        for act in item.acts:
            handed = items.content(act.fields, city.bundle(), FORM.parties, values, about)
            assert None not in handed.values(), (act.name, handed)


def test_catering_says_that_a_permit_is_still_needed() -> None:
    chosen = {id: value for (_, id), value in FORM.values.items()}
    texts = items.after_texts(city.bundle(), chosen.items())
    assert any("食品经营许可" in text.zh and "food-business permit" in text.en for text in texts)
    assert items.after_texts(city.bundle(), {**chosen, "scope": ("软件开发",)}.items()) == ()
