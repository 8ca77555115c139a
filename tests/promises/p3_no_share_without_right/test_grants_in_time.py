"""Rights that end, begin, come back or were never given for this: each share is judged as it is made."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.town import MONDAY, Town, carry
from tests.cases.acting import pass_time, states, submit
from tests.cases.test_hard_cases import withdraw_grants
from tests.promises.effects import unproven
from tests.promises.p3_no_share_without_right.granting import (
    LAND,
    MARKET,
    TAX,
    TAX_GRANT,
    TAX_ITEM,
    city_with,
    load,
    shares,
    statuses,
)
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.kernel.clock import SHANGHAI

TODAY, TOMORROW = MONDAY.date(), MONDAY.date() + timedelta(days=1)


def goes_to_a_person_untaxed(town: Town, number: str, because: str, code: str) -> None:
    """Check that tax was told nothing, that this is on record, and that a person has the case."""
    assert states(number)["registration"] == "granted"
    assert statuses(number, TAX)["place.address_text"] == "withheld"
    assert list(Fact.objects.filter(filing__number=number, consumer=TAX).exclude(value=None)) == []
    refused = [fields["reason_code"] for fields in shares("share.refused", number, resource=LAND)]
    assert refused == [code]
    assert list(shares("share.released", number, resource=LAND, consumer=TAX)) == []
    tax = cases.snapshot(number).case("tax")
    assert because in "".join(words.zh for words in tax.person_needed)
    assert states(number)["tax"] not in {"granted", "refused"}
    assert town.offices["tax"].registered == []
    assert unproven() == []


def test_a_grant_whose_period_ends_midway_gives_nothing_from_the_next_day_on(
    town: Town, tmp_path: Path
) -> None:
    change = {"valid_until: 2028-08-31": f"valid_until: {TODAY}"}
    load(town, city_with(tmp_path, TAX_GRANT, change))
    last = draft(town, town.subject("li_chunyan"))
    submit(town, last)  # on its last day, which belongs to it
    assert statuses(last, TAX)["place.address_text"] == "known"
    assert states(last)["tax"] == "granted"
    assert len(town.offices["tax"].registered) == 1
    town.offices["tax"].registered.clear()
    number = draft(town, town.subject("zhou_wenbin"), trade_word="老渡口")
    pass_time(town, days=1)
    submit(town, number)
    carry(town, number)
    goes_to_a_person_untaxed(town, number, "共享授权已终止", "expired")
    assert statuses(last, TAX)["place.address_text"] == "known", "what was fetched under the right stays"


def test_a_grant_that_begins_tomorrow_gives_nothing_today(town: Town, tmp_path: Path) -> None:
    load(town, city_with(tmp_path, TAX_GRANT, {"valid_from: 2025-09-01": f"valid_from: {TOMORROW}"}))
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    goes_to_a_person_untaxed(town, number, "共享授权已终止", "not_yet")


@pytest.mark.parametrize(
    "change",
    [
        {f'purposes: [open-company, "{TAX_ITEM}"]': 'purposes: [open-company, "990131001000"]'},
        {f'purposes: [open-company, "{TAX_ITEM}"]': "purposes: [open-company]"},
        {"consumers: [tax.990100, tax.990121]": "consumers: [tax.990100]"},
        {"elements: [place.address_text]": "elements: [place.usage]"},
    ],
    ids=["another item", "the bundle alone", "another office", "another element"],
)
def test_a_grant_for_something_else_is_no_grant_for_this(
    town: Town, tmp_path: Path, change: Mapping[str, str]
) -> None:
    """The draft saw the right; when the case asks, the right is for another item, office or element."""
    number = draft(town, town.subject("li_chunyan"))
    load(town, city_with(tmp_path, TAX_GRANT, change))
    submit(town, number)
    carry(town, number)
    assert states(number)["registration"] == "granted"
    assert states(number)["tax"] not in {"granted", "refused"}
    assert "known" not in {status for element, status in statuses(number, TAX).items()}
    assert list(shares("share.released", number, resource=LAND, consumer=TAX)) == []
    assert cases.snapshot(number).case("tax").person_needed or states(number)["tax"] == "correction"
    assert town.offices["tax"].registered == []
    assert unproven() == []


def test_a_grant_that_a_person_withdrew_comes_back_by_a_new_grant_and_by_nothing_else(
    town: Town, tmp_path: Path
) -> None:
    withdraw_grants(town, TAX, LAND)
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    goes_to_a_person_untaxed(town, number, "共享授权已终止", "withdrawn")
    # The city's files name it still, and are loaded again with another change: it stays withdrawn.
    load(town, city_with(tmp_path, "registration-population", {"valid_until: 2028": "valid_until: 2029"}))
    second = draft(town, town.subject("zhou_wenbin"), trade_word="老渡口")
    submit(town, second)
    goes_to_a_person_untaxed(town, second, "共享授权已终止", "withdrawn")
    load(town, city_with(tmp_path, TAX_GRANT, {}, again="tax-address-again"))
    third = draft(town, town.subject("xu_jingyi"), trade_word="桂花巷")
    submit(town, third)
    assert statuses(third, TAX)["place.address_text"] == "known"
    (released,) = shares("share.released", third, resource=LAND, consumer=TAX)
    assert str(released["grant"]).startswith("tax-address-again/")
    assert cases.resume_granted(at=town.workplace) == 2  # those that waited for it
    for earlier in (number, second):
        carry(town, earlier)
        assert statuses(earlier, TAX)["place.address_text"] == "known"
        assert states(earlier)["tax"] == "granted"
    assert unproven() == []


def test_what_was_fetched_under_a_right_stands_and_is_not_asked_for_again_when_the_right_has_ended(
    town: Town,
) -> None:
    number = draft(town, town.subject("li_chunyan"))
    known = dict(statuses(number, MARKET))
    asked = {name: register.asked for name, register in town.registers.items()}
    for resource in ("police.population", "police.real_name", "court.enforcement", LAND):
        withdraw_grants(town, MARKET, resource)
    for _ in range(2):
        cases.gather(number, at=town.workplace, again=True)
    assert statuses(number, MARKET) == known
    assert {name: register.asked for name, register in town.registers.items()} == asked
    submit(town, number)
    assert statuses(number, MARKET) == known
    assert list(shares("share.refused", number, consumer=MARKET)) == []
    assert unproven() == []


def test_of_any_elements_the_citys_own_grants_give_those_granted_and_no_other(town: Town) -> None:
    book = catalogue.book(TODAY)
    uses = sorted({(grant.consumer, grant.resource, grant.purpose) for grant in book.grants})
    days = st.dates(date(2025, 6, 1), date(2029, 1, 1))

    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(
        use=st.sampled_from(uses),
        elements=st.lists(st.sampled_from(sorted(book.elements)), min_size=1, max_size=12),
        day=days,
        withdrawn=st.frozensets(st.sampled_from([grant.code for grant in book.grants])),
    )
    def whatever_is_asked(
        use: tuple[str, str, str], elements: list[str], day: date, withdrawn: frozenset[str]
    ) -> None:
        now = datetime.combine(day, time(12), SHANGHAI)
        made = book.grants_for(*use)
        ended = tuple(replace(g, withdrawn_at=now) if g.code in withdrawn else g for g in made)
        rights = replace(book, on=day, _by_use={**book._by_use, use: ended})
        consumer, resource, purpose = use
        keys = dict.fromkeys(book.resources[resource].keys, "1")
        request = exchange.ShareRequest(consumer, purpose, "F-1", resource, tuple(elements), keys, "s")
        judged = exchange.judge_share(request, rights, now)
        live = [g for g in ended if g.withdrawn_at is None and g.valid_from <= day <= g.valid_until]
        offered = book.resources[resource]
        is_offered = offered.valid_from <= day and (offered.valid_to is None or day <= offered.valid_to)
        best = max((len(set(elements) & set(g.elements)) for g in live), default=0) if is_offered else 0
        if isinstance(judged, exchange.Denied):
            assert best == 0
            return
        assert judged.grant in live
        assert set(judged.elements) == set(elements) & set(judged.grant.elements)
        assert len(judged.elements) == best > 0
        assert set(judged.elements) | set(judged.withheld) == set(elements)
        assert not set(judged.elements) & set(judged.withheld)

    whatever_is_asked()
