"""Loading and withdrawing: once, whole, with evidence, and known to everybody who asks."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.catalogue.conftest import NOW
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import AlreadyDone, InvalidDeclaration, InvalidValue, NotAllowed, NotFound
from tongban.kernel.ids import SystemChance
from tongban.ledger.models import Entry
from tongban.registry.api import Role, Staff

TODAY = civil_date(NOW)
GRANT = "registration-population/market.990121/open-company"
USE = ("market.990121", "police.population", ["person.deceased"], "open-company")


def staff(organisation: str, *roles: Role) -> Staff:
    return Staff(1, "somebody", "某人", organisation, frozenset(roles), ("990100",))


BUREAU = staff("bureau.990100", Role.BUREAU_OFFICER)


def withdraw(by: Staff = BUREAU, code: str = GRANT, reason: str = "超出授权用途使用") -> int:
    return catalogue.withdraw_grant(code, by, reason, NOW, chance=SystemChance())


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def change(city: Path, old: str, new: str) -> None:
    path = city / "catalogue" / "grants.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_loading_gives_a_book_with_sources_and_grants(loaded: Path) -> None:
    book = catalogue.book(TODAY)
    source = book.source_of("place.usage", "990122001")
    assert source is not None
    assert source.organisation == "land.990122"
    assert book.grant_for(*USE) is not None
    assert book.element("person.under_enforcement").none_value is False  # type: ignore[union-attr]


def test_loading_is_one_entry_of_evidence_and_loading_again_changes_nothing(loaded: Path) -> None:
    before = catalogue.epoch()
    again = catalogue.load(loaded, now=NOW + timedelta(days=1), chance=SystemChance())
    assert not again.changed
    assert catalogue.epoch() == before
    assert kinds().count("catalogue.loaded") == 1


def test_a_wrong_file_changes_nothing(loaded: Path) -> None:
    before = catalogue.epoch()
    change(loaded, "resource: police.population", "resource: police.people")
    with pytest.raises(InvalidDeclaration):
        catalogue.load(loaded, now=NOW, chance=SystemChance())
    assert catalogue.epoch() == before
    assert catalogue.book(TODAY).grant_for(*USE) is not None


def test_a_grant_that_leaves_the_files_ends_and_comes_back_when_it_is_named_again(loaded: Path) -> None:
    consumers = "[market.990100, market.990121, market.990122, market.990121001]"
    change(loaded, consumers, "[market.990100]")
    catalogue.load(loaded, now=NOW, chance=SystemChance())
    assert catalogue.book(TODAY).grant_for(*USE) is None
    change(loaded, "[market.990100]", consumers)
    catalogue.load(loaded, now=NOW, chance=SystemChance())
    assert catalogue.book(TODAY).grant_for(*USE) is not None


def test_a_withdrawn_grant_gives_no_right_from_the_next_epoch_on(loaded: Path) -> None:
    before = catalogue.book(TODAY)
    number = withdraw()
    after = catalogue.book(TODAY)
    assert (before.grant_for(*USE), after.grant_for(*USE)) != (None, None)
    assert after.grant_for(*USE) is None
    assert after.epoch.number == number == before.epoch.number + 1
    assert kinds().count("grant.withdrawn") == 1


def test_loading_the_files_again_does_not_revive_what_a_person_withdrew(loaded: Path) -> None:
    withdraw()
    change(loaded, "valid_until: 2028-08-31", "valid_until: 2029-08-31")
    assert catalogue.load(loaded, now=NOW, chance=SystemChance()).changed
    assert catalogue.book(TODAY).grant_for(*USE) is None


def test_the_providers_head_of_sharing_may_withdraw_and_others_may_not(loaded: Path) -> None:
    for other in (
        staff("police.990100", Role.DATA_OFFICER),
        staff("market.990121", Role.SHARING_HEAD),
        staff("police.990121", Role.SHARING_HEAD),
        staff("police.990100", Role.SYSTEM_ADMIN, Role.AUDITOR),
    ):
        with pytest.raises(NotAllowed):
            withdraw(other)
    assert withdraw(staff("police.990100", Role.SHARING_HEAD)) == 2


def test_a_grant_is_withdrawn_once_for_a_reason(loaded: Path) -> None:
    for unsaid in ("  ", "\u200b", "。"):
        with pytest.raises(InvalidValue):
            withdraw(reason=unsaid)
    with pytest.raises(NotFound):
        withdraw(code="no/such/grant")
    withdraw()
    with pytest.raises(AlreadyDone):
        withdraw()
    assert kinds().count("grant.withdrawn") == 1


def test_an_unchanged_book_costs_one_query(
    loaded: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    catalogue.book(TODAY)
    with django_assert_num_queries(1):
        catalogue.book(TODAY)
    with django_assert_num_queries(1):
        catalogue.book(date(2027, 1, 4))


def test_before_anything_is_loaded_nobody_has_a_right(database: None) -> None:
    book = catalogue.book(TODAY)
    assert book.grants == ()
    assert book.source_of("person.deceased", "990100") is None


def both_at_once(*acts: Callable[[], object]) -> list[BaseException]:
    troubles: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles


def test_two_withdrawals_at_once_withdraw_once(loaded: Path) -> None:
    troubles = both_at_once(withdraw, withdraw)
    assert [type(trouble) for trouble in troubles] == [AlreadyDone]
    assert catalogue.epoch().number == 2


def test_a_load_and_a_withdrawal_at_once_both_count(loaded: Path) -> None:
    change(loaded, "valid_until: 2028-08-31", "valid_until: 2029-08-31")
    load = lambda: catalogue.load(loaded, now=NOW, chance=SystemChance())  # noqa: E731
    assert both_at_once(load, withdraw) == []
    assert catalogue.epoch().number == 3
    assert catalogue.book(TODAY).grant_for(*USE) is None
