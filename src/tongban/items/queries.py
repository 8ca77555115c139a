"""Every read of published packs."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tongban.items.bundle import Bundle
from tongban.items.models import PackVersion
from tongban.items.packs.making import bundle_from
from tongban.kernel import rows
from tongban.kernel.errors import NotFound
from tongban.kernel.pages import A_PAGE, Key, Page, cut, page_of
from tongban.kernel.texts import Text

BY_VERSION = (Key("code", str), Key("version", int))
KEPT = 64  # bundles in memory: every version that has open filings, and some to spare


@dataclass(frozen=True, slots=True)
class BundleCard:
    """A published bundle on a list."""

    code: str
    version: int
    digest: str
    name: Text
    about: Text
    published_at: datetime
    withdrawn_at: datetime | None


def bundle(code: str, version: int | None = None) -> Bundle:
    """Give a published version, or the newest that is not withdrawn.

    A withdrawn version is still given when it is named: filings that pinned it need it.
    """
    named = {"withdrawn_at__isnull": True} if version is None else {"version": version}
    found = PackVersion.objects.filter(code=code, **named)
    row = found.order_by("-version").values_list("digest", flat=True).first()
    if row is None:
        raise _no_such(code, version)
    return _bundle(row)


def pinned(digest: str) -> Bundle:
    """Give the version of that digest, which a filing pinned: kept in memory, for it can never change."""
    return _bundle(digest)


@lru_cache(maxsize=KEPT)
def _bundle(digest: str) -> Bundle:
    """Read a version; its digest names its content for good, so that keeping it is safe."""
    content = PackVersion.objects.values_list("content", flat=True).get(digest=digest)
    made = bundle_from(json.loads(content))
    if made.digest != digest:
        raise RuntimeError(f"the stored pack {made.code} {made.version} is not what its digest says")
    return made


def bundles() -> tuple[BundleCard, ...]:
    """Give the newest version of each bundle that is not withdrawn, by code."""
    return tuple(map(_card, _newest()))


def bundle_page(*, after: str = "", most: int = A_PAGE) -> Page[BundleCard]:
    """List them a page at a time; only what the page shows is read whole."""
    return cut(_newest(), lambda row: row.code, after=after, most=most).of(_card)


def _newest() -> list[PackVersion]:
    rows = PackVersion.objects.filter(withdrawn_at=None).defer("content", "sources")
    return [*{row.code: row for row in rows.order_by("code", "version")}.values()]


def versions(code: str | None = None, *, after: str = "", most: int = A_PAGE) -> Page[BundleCard]:
    """List the published versions, oldest first, of one bundle or of all."""
    rows = PackVersion.objects.defer("content", "sources")
    if code is not None:
        rows = rows.filter(code=code)
    return page_of(rows, BY_VERSION, after=after, most=most).of(_card)


def version_card(code: str, version: int) -> BundleCard:
    """Give the card of one version that was published; raises NotFound."""
    row = PackVersion.objects.defer("content", "sources").filter(code=code, version=version).first()
    if row is None:
        raise _no_such(code, version)
    return _card(row)


def _card(row: PackVersion) -> BundleCard:
    made = _bundle(row.digest)
    return BundleCard(
        made.code, made.version, made.digest, made.name, made.about, row.published_at, row.withdrawn_at
    )


def is_withdrawn(code: str, version: int) -> bool:
    """Say whether a version was withdrawn: its open cases go to a person."""
    asked = "SELECT 1 FROM items_packversion WHERE code = %s AND version = %s AND withdrawn_at IS NOT NULL"
    return rows.read_one(asked, code, version) is not None


def sources(code: str, version: int) -> dict[str, str]:
    """Give the files of a published version as their author wrote them."""
    row = PackVersion.objects.filter(code=code, version=version).values_list("sources", flat=True).first()
    if row is None:
        raise _no_such(code, version)
    return dict(row)


def _no_such(code: str, version: int | None) -> NotFound:
    which = "" if version is None else f" {version}"
    return NotFound(
        "items.no_such_bundle",
        what=Text(f"没有已发布的事项包“{code}”{which}。", f"No published pack {code}{which}."),
        todo=Text("请先发布，或核对名称和版本。", "Publish it, or check its name and version."),
    )
