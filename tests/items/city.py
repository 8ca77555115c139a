"""The demonstration city and its pack, as the tests of items read them."""

from datetime import date
from functools import cache
from pathlib import Path

from tongban.items import api as items
from tongban.rules import api as rules

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "cities" / "yunxi"
FOLDER = CITY / "packs" / "open-company"
TODAY = date(2026, 11, 23)
ME = items.Ref("applicant")
COMPANY, PLACE = items.Ref("company"), items.Ref("place")
EAST, WEST = "990121", "990122"
DATES = {"filing_date": TODAY}


@cache
def around() -> items.Surroundings:
    """Read the city once."""
    return items.surroundings_of(CITY, TODAY)


@cache
def bundle() -> items.Bundle:
    """Read the pack once."""
    return items.bundle_of(items.load_pack(FOLDER), around().book)


def offices(division: str) -> dict[str, str]:
    """Give who decides each item in a county."""
    return {
        "registration": f"market.{division}",
        "seal": f"police.{division}",
        "tax": f"tax.{division}",
        "insurance": f"social.{division}",
        "fund": "fund.990100",
        "account": "bank.990100",
    }


def alone() -> tuple[items.Party, ...]:
    """Give the founder who fills every role."""
    return (
        items.Party(ME, None, "990121198803129020", "李春燕"),
        items.Party(items.Ref("director"), ME),
        items.Party(items.Ref("shareholder"), ME),
    )


def sample(key: str) -> items.Sample:
    """Give one of the pack's samples."""
    return items.load_sample(FOLDER / "samples" / f"{key}.json")


def answers(key: str = "sole-owner", phase: int = 0) -> items.Answers:
    """Give a sample's answers."""
    return sample(key).answers(bundle(), TODAY, phase)


def plan(given: items.Answers, division: str = EAST, **more: object) -> items.Plan:
    """Plan with the county's own offices and the city's policies."""
    return items.plan(
        bundle(),
        around().book,
        division,
        given,
        TODAY,
        offices=offices(division),
        policies=around().policies,
        **more,  # type: ignore[arg-type]
    )


def about(division: str = EAST) -> dict[str, items.Value]:
    """Give the values that come from outside the pack."""
    return {"division.code": division, "division.name": {EAST: "云东县", WEST: "云西县"}[division]}


def facts(ref: items.Ref = ME) -> dict[tuple[items.Ref, str], items.Held]:
    """Give what every source says of a founder without blemish and a shop in order."""
    return {
        (ref, "person.real_name_matched"): True,
        (ref, "person.deceased"): False,
        (ref, "person.birth_date"): date(1988, 3, 12),
        (ref, "person.under_enforcement"): False,
        (ref, "person.office_bar_until"): rules.NONE_ON_RECORD,
        (COMPANY, "entity.trade_word_holders"): 0,
        (COMPANY, "entity.name_holder"): rules.NONE_ON_RECORD,
        (PLACE, "place.address_text"): "云溪市云东县城关镇春风路1号",
        (PLACE, "place.division"): EAST,
        (PLACE, "place.usage"): "commercial",
        (PLACE, "place.premises_status"): "normal",
    }


def known(given: items.Answers, more: dict[tuple[items.Ref, str], items.Held] | None = None) -> items.Values:
    """Give all values of a filing: answers, facts, and what follows from them."""
    values = {**items.values_of(bundle(), given), **(facts() if more is None else more)}
    return items.derive(bundle(), given.parties, values, about(), DATES)
