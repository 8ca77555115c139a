"""A published version never changes, stands in the ledger, and can only be withdrawn."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.items import city
from tongban.items import api as items
from tongban.items.models import PackVersion
from tongban.items.queries import _bundle
from tongban.kernel.canonical import digest
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import AlreadyDone, Conflict, NotAllowed, NotFound
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry
from tongban.registry.api import Role, Staff

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
AUTHOR = Staff(7, "zhengce", "某人", "bureau.990100", frozenset({Role.POLICY_AUTHOR}), ("990100",))
CLERK = Staff(8, "chuangkou", "某人", "market.990121", frozenset({Role.RECEPTIONIST}), ("990121",))


@pytest.fixture(autouse=True)
def _fresh_shelf() -> None:
    """Each test has its own database, so what an earlier one published is forgotten."""
    _bundle.cache_clear()


def publish(pack: items.Pack, staff: Staff = AUTHOR) -> items.BundleCard:
    return items.publish(pack, staff, NOW, book=city.around().book, chance=SystemChance())


def copied(folder: Path, old: str = "", new: str = "") -> items.Pack:
    pack = folder / "open-company"
    shutil.copytree(city.FOLDER, pack)
    path = pack / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1) if old else path.read_text("utf-8"), "utf-8")
    return items.load_pack(pack)


PACK = items.load_pack(city.FOLDER)


@pytest.mark.usefixtures("database")
def test_what_is_published_is_what_is_read_back() -> None:
    card = publish(PACK)
    found = items.bundle("open-company")
    assert found == city.bundle()
    assert (card.code, card.version, card.digest) == ("open-company", 1, city.bundle().digest)
    assert items.bundles() == (card,)
    assert items.sources("open-company", 1)["pack.yaml"] == (city.FOLDER / "pack.yaml").read_text("utf-8")


@pytest.mark.usefixtures("database")
def test_its_hash_is_in_the_ledger_with_it() -> None:
    publish(PACK)
    entry = Entry.objects.get(kind="pack.published")
    assert PackVersion.objects.get().entry == entry.id
    assert ledger.opening(entry.id).value("pack_digest") == city.bundle().digest


@pytest.mark.usefixtures("database")
def test_publishing_the_same_again_is_the_same_version() -> None:
    assert publish(PACK) == publish(PACK)
    assert Entry.objects.filter(kind="pack.published").count() == 1


@pytest.mark.usefixtures("database")
def test_a_version_number_never_gets_other_content(tmp_path: Path) -> None:
    publish(PACK)
    other = copied(tmp_path, "    default: 5\n", "    default: 8\n")
    with pytest.raises(Conflict) as refused:
        publish(other)
    assert "version to 2" in refused.value.todo.en
    assert items.bundle("open-company") == city.bundle()
    assert Entry.objects.filter(kind="pack.published").count() == 1


@pytest.mark.usefixtures("database")
def test_a_new_version_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    publish(PACK)
    publish(copied(tmp_path, "version: 1", "version: 2"))
    assert items.bundle("open-company").version == 2
    assert items.bundle("open-company", 1) == city.bundle()
    assert [card.version for card in items.versions("open-company").lines] == [1, 2]
    assert [card.version for card in items.bundles()] == [2]


@pytest.mark.usefixtures("database")
def test_only_authors_and_the_bureau_publish_and_withdraw() -> None:
    with pytest.raises(NotAllowed):
        publish(PACK, CLERK)
    publish(PACK)
    with pytest.raises(NotAllowed):
        items.withdraw("open-company", 1, CLERK, "试试", NOW, chance=SystemChance())
    assert not items.is_withdrawn("open-company", 1)


@pytest.mark.usefixtures("database")
def test_a_withdrawn_version_starts_nothing_and_still_serves_what_pinned_it() -> None:
    publish(PACK)
    items.withdraw("open-company", 1, AUTHOR, "规则有误", NOW, chance=SystemChance())
    assert items.is_withdrawn("open-company", 1)
    assert items.bundles() == ()
    with pytest.raises(NotFound):
        items.bundle("open-company")
    assert items.bundle("open-company", 1) == city.bundle()
    assert Entry.objects.filter(kind="pack.withdrawn").count() == 1
    with pytest.raises(AlreadyDone):
        items.withdraw("open-company", 1, AUTHOR, "再来一次", NOW, chance=SystemChance())


@pytest.mark.usefixtures("database")
def test_a_withdrawal_needs_a_reason_and_a_version() -> None:
    publish(PACK)
    for unsaid in ("  ", "\u200b", "。"):
        with pytest.raises(Conflict):
            items.withdraw("open-company", 1, AUTHOR, unsaid, NOW, chance=SystemChance())
    with pytest.raises(NotFound):
        items.withdraw("open-company", 9, AUTHOR, "没有这一版", NOW, chance=SystemChance())


@pytest.mark.usefixtures("database")
def test_a_version_that_somebody_changed_in_the_store_is_not_served() -> None:
    publish(PACK)
    row = PackVersion.objects.get()
    row.content = row.content.replace('"automatic_yes":true', '"automatic_yes":false', 1)
    row.save()
    _bundle.cache_clear()  # as after a restart: what is in memory was read before
    with pytest.raises(RuntimeError, match="not what its digest says"):
        items.bundle("open-company")


@pytest.mark.usefixtures("database")
def test_a_bundle_costs_one_query_once_it_is_known(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publish(PACK)
    items.bundle("open-company")
    with django_assert_num_queries(1):
        items.bundle("open-company")


@pytest.mark.usefixtures("database")
def test_a_city_publishes_its_packs_again_and_again_without_harm() -> None:
    for _ in range(2):
        items.publish_city((PACK,), NOW, book=city.around().book, chance=SystemChance())
    assert [card.version for card in items.bundles()] == [1]


def test_the_digest_is_of_the_content_and_of_nothing_else(tmp_path: Path) -> None:
    same = items.bundle_of(copied(tmp_path), city.around().book)
    assert same == city.bundle()
    assert len({same, city.bundle()}) == 1
    other = items.bundle_of(
        copied(tmp_path / "b", "    default: 5\n", "    default: 8\n"), city.around().book
    )
    assert other != same
    assert len(digest({"a": 1})) == len(same.digest)
