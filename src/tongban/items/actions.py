"""Every write of packs: publishing a version, and withdrawing one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from tongban.catalogue import api as catalogue
from tongban.items.models import PackVersion
from tongban.items.packs import Pack
from tongban.items.packs.making import content_of
from tongban.items.queries import BundleCard, version_card
from tongban.kernel.canonical import canonical, digest
from tongban.kernel.errors import AlreadyDone, Conflict, NotAllowed, NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.registry import api as registry

AUTHORS = frozenset({registry.Role.POLICY_AUTHOR, registry.Role.BUREAU_OFFICER})


@whole
def publish(
    pack: Pack, staff: registry.Staff, now: datetime, *, book: catalogue.Book, chance: Chance
) -> BundleCard:
    """Make an immutable version of a checked pack; its hash goes into the ledger with it.

    The same content again is the same version. Raises Conflict where the version number already names
    another content, and NotAllowed for staff without the role.
    """
    _require_author(staff)
    return _publish(pack, content_of(pack, book), f"staff:{staff.id}", now, chance)


@whole
def publish_city(packs: tuple[Pack, ...], now: datetime, *, book: catalogue.Book, chance: Chance) -> None:
    """Publish the packs that a city's folder brings when the city is built; what stands already stands."""
    for pack in packs:
        _publish(pack, content_of(pack, book), "city", now, chance)


def _publish(pack: Pack, content: Mapping[str, Any], by: str, now: datetime, chance: Chance) -> BundleCard:
    made = digest(dict(content))
    standing = PackVersion.objects.filter(code=pack.code, version=pack.version).first()
    if standing is not None:
        if standing.digest != made:
            raise _other_content(pack)
        return version_card(pack.code, pack.version)
    earlier = PackVersion.objects.filter(code=pack.code).aggregate(last=Max("version"))["last"]
    entry = ledger.record(
        "decisions",
        "pack.published",
        {
            "pack": pack.code,
            "pack_version": pack.version,
            "pack_digest": made,
            "items": [declared.value.item.basic_code for declared in pack.items],
            "replaces": earlier or 0,
        },
        now=now,
        chance=chance,
    )
    try:
        with transaction.atomic():
            PackVersion.objects.create(
                code=pack.code,
                version=pack.version,
                digest=made,
                content=canonical(dict(content)).decode(),
                sources=pack.sources(),
                published_at=now,
                published_by=by,
                entry=entry.id,
            )
    except IntegrityError as trouble:  # somebody else published it meanwhile
        raise _other_content(pack) from trouble
    return version_card(pack.code, pack.version)


@whole
def withdraw(
    code: str, version: int, staff: registry.Staff, reason: str, now: datetime, *, chance: Chance
) -> None:
    """Withdraw a version: nobody starts a filing with it, and its open cases go to a person."""
    _require_author(staff)
    if not is_readable(reason):
        raise Conflict(
            "items.withdraw_reason",
            what=Text("撤回版本须写明理由。", "A version is withdrawn for a reason."),
            todo=Text("请写明理由。", "Say why."),
        )
    row = PackVersion.objects.select_for_update().filter(code=code, version=version).first()
    if row is None:
        raise NotFound(
            "items.no_such_bundle",
            what=Text(f"没有已发布的“{code}”第{version}版。", f"No published version {version} of {code}."),
            todo=Text("请核对名称和版本。", "Check name and version."),
        )
    if row.withdrawn_at is not None:
        raise AlreadyDone(
            "items.withdrawn",
            what=Text("该版本已撤回。", "That version is withdrawn already."),
            todo=Text("无需再办。", "Nothing more to do."),
        )
    entry = ledger.record(
        "decisions",
        "pack.withdrawn",
        {
            "pack": code,
            "pack_version": version,
            "pack_digest": row.digest,
            "because": reason,
            "staff": staff.id,
        },
        now=now,
        chance=chance,
    )
    row.withdrawn_at, row.withdrawn_by = now, f"staff:{staff.id}"
    row.withdrawn_reason, row.withdrawn_entry = reason, entry.id
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "withdrawn_entry"])


def _require_author(staff: registry.Staff) -> None:
    if AUTHORS.isdisjoint(staff.roles):
        raise NotAllowed(
            "items.not_an_author",
            what=Text(
                "只有政策编制人员和数据局工作人员可以发布或撤回事项包。",
                "Policy authors and bureau officers alone publish or withdraw packs.",
            ),
            todo=Text("请由有权人员办理。", "Ask one of them."),
        )


def _other_content(pack: Pack) -> Conflict:
    return Conflict(
        "items.version_taken",
        what=Text(
            f"“{pack.code}”第{pack.version}版已经发布，内容不同；已发布的版本不可更改。",
            f"Version {pack.version} of {pack.code} is published with other content and never changes.",
        ),
        todo=Text(
            f"请将version改为{pack.version + 1}后再发布。",
            f"Set version to {pack.version + 1} and publish again.",
        ),
    )
