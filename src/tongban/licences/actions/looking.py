"""A look at what a licence says: on record, with its cause, before anything is shown."""

from datetime import datetime

from tongban.kernel.errors import Invalid
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.licences.models import LookRow
from tongban.licences.queries import Licence, as_licence, signed_row
from tongban.licences.rules import LONGEST_CAUSE, Way


@part
def look_within(
    identifier: str,
    way: Way,
    *,
    cause: str,
    organisation: str = "",
    staff: str = "",
    now: datetime,
    chance: Chance,
) -> Licence:
    """Record who looks at a licence and why, and give it; the holder reads the same record.

    Raises NotFound for what is not signed, Invalid without a cause. Whoever calls has checked the right.
    """
    if not is_readable(cause):
        raise Invalid(
            "licences.no_cause",
            what=Text("没有填写查看事由。", "No cause was given."),
            todo=Text("请写明为何查看该证照。", "Say why you look at this licence."),
        )
    row = signed_row(identifier)
    said = cause.strip()[:LONGEST_CAUSE]
    entry = ledger.record(
        "decisions",
        "licence.opened",
        {
            "licence_identifier": identifier,
            "purpose": said,
            "method": way.value,
            "licence_type": row.type_code,
            "issuer": row.issuer,
            **({"consumer": organisation} if organisation else {}),
            **({"staff": staff} if staff else {}),
        },
        office=organisation or row.issuer,
        now=now,
        chance=chance,
    )
    LookRow.objects.create(
        licence=row, at=now, way=way.value, organisation=organisation, staff=staff, cause=said, entry=entry.id
    )
    return as_licence(row)


look = whole(look_within)
