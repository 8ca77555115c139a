"""Showing parts of a licence to somebody: on record first, then signed by the office that issued it."""

import json
from datetime import datetime
from hashlib import sha256

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, whole
from tongban.ledger import api as ledger
from tongban.licences.actions.looking import look_within
from tongban.licences.models import PresentationRow
from tongban.licences.presenting import Showing, check_showing, compose, showable
from tongban.licences.queries import Presentation, as_licence, as_presentation, licence_type, signed_row
from tongban.licences.rules import Status, Way
from tongban.licences.signer.client import Signing
from tongban.licences.signer.statements import Signature
from tongban.licences.signer.tokens import read_token
from tongban.licences.status_lists import status_place

SECRET_BYTES = 16  # of a one-time link: nobody guesses 128 bits


@whole
def present(
    identifier: str, wanted: Showing, *, origin: str, now: datetime, chance: Chance
) -> tuple[Presentation, str]:
    """Record what the holder shows to whom, and compose it; give it with the secret of its link.

    The secret is not kept: only its digest is. Raises Conflict for a licence that is not in force.
    """
    row = signed_row(identifier)
    found = as_licence(row)
    if found.status is not Status.VALID or found.is_over(civil_date(now)):
        raise Conflict(
            "licences.not_in_force",
            what=Text("该证照目前不是有效状态。", "This licence is not in force."),
            todo=Text("可以出示的只有有效的证照。", "Only what is in force can be shown."),
        )
    kind = licence_type(row.type_code)
    showings = showable(kind, found.content, civil_date(now))
    check_showing(wanted, showings.keys(), now)
    entry = ledger.record(
        "decisions",
        "licence.presented",
        {
            "licence_identifier": identifier,
            "purpose": wanted.purpose.strip(),
            "consumer": wanted.audience.strip(),
            "elements": sorted(wanted.shown),
            "until": wanted.until.isoformat(),
            "licence_type": row.type_code,
            "issuer": row.issuer,
        },
        office=row.issuer,
        now=now,
        chance=chance,
    )
    composed = compose(
        showings,
        wanted,
        origin=origin,
        issuer=row.issuer,
        type_code=row.type_code,
        status=status_place(origin, row.issuer, row.pk),
        evidence=entry.leaf_hash.hex(),
        now=now,
        chance=chance,
    )
    secret = chance.bytes(SECRET_BYTES).hex()
    made = PresentationRow.objects.create(
        licence=row,
        made_at=now,
        until=wanted.until,
        audience=wanted.audience.strip(),
        purpose=wanted.purpose.strip(),
        shown=json.dumps(wanted.shown),
        token=composed.token.text(),
        disclosures=composed.disclosures,
        entry=entry.id,
        link_digest=_digest(secret),
    )
    return as_presentation(made), secret


def sign_presentation(presentation_id: int, signers: Signing) -> None:
    """Have the issuing office sign a presentation; asking again gives the same signature."""
    outside_any_transaction("asking an office's signer")
    row = PresentationRow.objects.select_related("licence").get(pk=presentation_id)
    if not row.signature:
        read_token(row.token)
        signature = signers.sign(row.licence.issuer, row.token)
        _store(row.pk, signature)


@whole
def _store(presentation_id: int, signature: Signature) -> None:
    PresentationRow.objects.filter(pk=presentation_id, signature="").update(
        kid=signature.kid, alg=signature.alg, signature=signature.value
    )


@whole
def withdraw_presentation(identifier: str, presentation_id: int, *, now: datetime, chance: Chance) -> None:
    """Close the link of a presentation that was not used yet; what was downloaded holds until its end."""
    row = (
        PresentationRow.objects.select_for_update()
        .filter(pk=presentation_id, licence__identifier=identifier)
        .first()
    )
    if row is None:
        raise no_link()
    if row.withdrawn_at is None and row.opened_at is None:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        ledger.record(
            "decisions",
            "licence.presentation_withdrawn",
            {"licence_identifier": identifier, "decision_entry": row.entry},
            office=row.licence.issuer,
            now=now,
            chance=chance,
        )


@whole
def open_link(secret: str, *, now: datetime, chance: Chance) -> Presentation:
    """Use a one-time link: give what it shows, once, after the look is on record; NotFound ever after."""
    row = _live(secret, now, lock=True)
    row.opened_at = now
    row.save(update_fields=["opened_at"])
    look_within(
        row.licence.identifier,
        Way.LINK,
        cause=f"{row.audience}：{row.purpose}"[:200],
        now=now,
        chance=chance,
    )
    return as_presentation(row)


def require_link(secret: str, now: datetime) -> None:
    """Raise NotFound, in the same words, for a link that was used, withdrawn, is over, or never was."""
    _live(secret, now)


def _live(secret: str, now: datetime, *, lock: bool = False) -> PresentationRow:
    rows = PresentationRow.objects.select_for_update() if lock else PresentationRow.objects
    row = rows.filter(
        link_digest=_digest(secret),
        opened_at__isnull=True,
        withdrawn_at__isnull=True,
        until__gt=now,
    ).first()
    if row is None:
        raise no_link()
    return row


def no_link() -> NotFound:
    """Say that a link leads nowhere."""
    return NotFound(
        "licences.no_link",
        what=Text("该链接不存在、已被使用或已过期。", "This link was used, is over, or never was."),
        todo=Text("请向出示人索取新的链接。", "Ask whoever showed it for a new one."),
    )


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
