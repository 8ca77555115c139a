"""Every page of a node for every kind of visitor: who opens it, what stands on it, what its form can do."""

from collections.abc import Collection, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.promises.effects import unproven
from tests.promises.p3_no_share_without_right.matrix import (
    ABOUT_ONE,
    ANYONE,
    DESK,
    NOBODY,
    OWNER,
    PAGES,
    PARTNER,
    PEOPLE,
    SITE,
    STAFF_MEMBERS,
    VISITORS,
    WORKBENCH,
    may,
    standing,
)
from tests.promises.p3_no_share_without_right.walking import Seen, Walker
from tests.promises.p3_no_share_without_right.world import (
    Matter,
    World,
    everything,
)
from tongban.rest.interface import interface

WRONG_METHOD = 405
HELPS = ("hall.", "town.")
REFUSED = {403, 404, WRONG_METHOD}


def addresses(resolver: URLResolver, *spaces: str) -> Iterator[str]:
    """Give every address of the node by its name; one without a name by how it is written."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each, *spaces, *([each.namespace] if each.namespace else []))
        else:
            assert isinstance(each, URLPattern)
            yield ":".join((*spaces, each.name or str(each.pattern)))


def test_every_page_of_the_node_stands_in_the_matrix() -> None:
    operations = {
        f"rest:{operation.view_func.__name__}"
        for _, router in interface._routers
        for view in router.path_operations.values()
        for operation in view.operations
    }
    assert set(addresses(get_resolver())) - operations == set(PAGES)


def is_kept_out(seen: Seen, visitor: str, name: str, *, led: frozenset[str]) -> bool:
    """Say whether a page was not opened: refused, sent to sign in, or led to what is one's own."""
    if seen.status in REFUSED:
        return True
    if seen.status != 302:
        return False
    door = "/workbench/sign-in" if name in WORKBENCH else "/sign-in/"
    is_stranger_there = visitor == NOBODY or (name in WORKBENCH and visitor in PEOPLE)
    return seen.leads_to.startswith(door) if is_stranger_there else seen.leads_to in led


def tried_with(world: World, visitor: str, name: str) -> list[Matter]:
    """Give the filings with which a page is tried: all where one may be the visitor's own, some elsewhere."""
    called: Collection[str] = world.matters
    if name in SITE:  # the same for everybody, and slow to write
        called = ("ended",) if visitor in {NOBODY, "li_chunyan", "market.yundong.chen"} else ()
    elif name not in ABOUT_ONE:
        called = ("ended",)
    elif visitor in STAFF_MEMBERS:
        is_at_a_desk = not DESK.isdisjoint(world.staff(visitor).roles)
        called = ("ended", "helped" if name not in WORKBENCH else "waiting")
        called = (*called, "correction") if is_at_a_desk else called[: 1 + visitor.startswith(HELPS)]
    elif name in WORKBENCH:
        called = ("ended",)
    return [world.matters[each] for each in called]


def own_places(world: World, visitor: str, matter: Matter) -> frozenset[str]:
    """Give where somebody with another right to a filing is led: its page and their part of it."""
    if standing(world, visitor, matter) & {OWNER, PARTNER} or world.works_on(visitor, matter):
        return frozenset({PAGES["portal:filing"].at(matter), PAGES["portal:part"].at(matter)})
    return frozenset()


def test_whoever_has_no_right_opens_nothing_and_nobody_reads_what_is_about_another(world: World) -> None:
    opened: set[str] = set()
    for visitor in VISITORS:
        walker = Walker(world, visitor)
        before = everything()
        for name, page in PAGES.items():
            for matter in tried_with(world, visitor, name):
                has_right = may(world, visitor, name, matter)
                seen = walker.read(page.at(matter))
                where = f"{visitor or 'nobody'}, {name}, {matter.called}: {seen.status} {seen.leads_to}"
                assert walker.secrets_in(seen.body, name, matter) == [], where
                if not has_right:
                    led = own_places(world, visitor, matter)
                    assert is_kept_out(seen, visitor, name, led=led), where
                    continue
                if visitor in PEOPLE and ANYONE not in page.who:
                    english = walker.read(page.at(matter), language="en").body
                    assert walker.secrets_in(english, name, matter) == [], where
                if seen.status == 200 or (ANYONE in page.who and seen.status == 302):
                    opened.add(name)
        assert everything() == before, f"{visitor} changed something by reading"
    assert {name for name, page in PAGES.items() if not page.only_sent} - opened == NEEDS_MORE


# Pages that nobody's walk opens here: a session's cause, an entry, an act in doubt or the provider is needed.
NEEDS_MORE = {
    "portal:signed-in",
    "workbench:facts",
    "workbench:material",
    "workbench:deed-part",
    "workbench:proof-file",
    "rest:api-root",
    "status-list",  # nothing was published yet
    "portal:licence-notice",  # nothing was done to a licence, and nothing shown
    "portal:licence-notice-file",
    "portal:shown-file",
    "portal:link",
}


def test_whoever_has_no_right_changes_nothing_by_what_they_send(world: World) -> None:
    for visitor in VISITORS:
        walker = Walker(world, visitor)
        before = everything()
        tried = 0
        for name, page in PAGES.items():
            for matter in tried_with(world, visitor, name):
                if may(world, visitor, name, matter):
                    continue
                seen = walker.send(page.at(matter), page.sent)
                where = f"{visitor or 'nobody'}, {name}, {matter.called}: {seen.status} {seen.leads_to}"
                led = own_places(world, visitor, matter)
                assert is_kept_out(seen, visitor, name, led=led), where
                assert walker.secrets_in(seen.body, name, matter) == [], where
                tried += 1
        changed = {table for table, digest in everything().items() if before[table] != digest}
        assert changed == set(), f"{visitor or 'nobody'} changed {changed}"
        assert tried > 20
    assert unproven() == []
