"""Renewing and revoking an office's signing key while the offices go on signing.

The order is the same in both: evidence; the new public half and what is revoked, published, so that nobody
meets a signature whose key they cannot know; the private half; the office's signer takes it up; only then do
the others end. Whoever is stopped midway runs the same command again.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tongban.kernel.clock import Clock
from tongban.kernel.errors import Invalid, NotAllowed, NotFound, SourceDown, TongbanError
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.licences.actions.words import moment_text
from tongban.licences.keys import (
    PublicKey,
    Revocation,
    announce_key,
    end_others,
    key_in_use,
    mark_revoked,
    next_key,
    one_at_a_time,
    public_keys,
)
from tongban.licences.node_keys import publish_trust
from tongban.licences.signer.client import Signers
from tongban.licences.signer.keyfiles import Place, key_id
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class KeyWork:
    """What a change of keys needs besides the office: who orders it, and with which signers and algorithm."""

    by: registry.Staff
    signers: Signers
    algorithm: str
    witnesses: ledger.WitnessPolicy
    clock: Clock
    chance: Chance
    place: Place | None = None  # the token in which the next key is made; None: where the present one lies
    in_file: bool = False  # or in a file again


@dataclass(frozen=True, slots=True)
class Turned:
    """The office's key from now on, and whether its running signer signs with it already."""

    key: PublicKey
    taken_up: bool


def renew_key(office: str, work: KeyWork) -> Turned:
    """Give an office a new key: the old one ends, and what it signed stays valid."""
    _require_security_administrator(work.by)
    with one_at_a_time(ledger.keys_folder()):
        return _turn(office, work, _present(office), None)


def revoke_key(
    office: str, work: KeyWork, *, reason: str, kid: str = "", since: datetime | None = None
) -> tuple[PublicKey, Turned]:
    """Revoke a key of an office, the one in use where none is named, as of the whole hour of `since`.

    What it signed from then on counts for nothing; what it signed before stands. A key that is in use is
    replaced. A revocation is never taken back; asked again, it may only reach further back.
    """
    _require_security_administrator(work.by)
    hour = _hour(since or work.clock.now(), work.clock.now())
    with one_at_a_time(ledger.keys_folder()):
        present = _present(office)
        known = {key.kid: key for key in public_keys(ledger.keys_folder(), office)}
        key = known.get(kid or (present.kid if present else ""))
        if key is None:
            raise _no_key(office, kid)
        told = Revocation(moment_text(hour), reason)
        if key.revoked and datetime.fromisoformat(key.revoked.since) <= hour:
            told = key.revoked
        turned = _turn(office, work, present, (key, told))
    return replace(key, revoked=told), turned


def _turn(
    office: str, work: KeyWork, present: PublicKey | None, revoking: tuple[PublicKey, Revocation] | None
) -> Turned:
    keys, now = ledger.keys_folder(), work.clock.now()
    new = None
    if revoking is None or present is None or revoking[0].kid == present.kid or not present.may_sign(now):
        new = next_key(keys / office, work.algorithm, work.chance, work.place, in_file=work.in_file)
    kid = key_id(new.key.spki) if new else present.kid if present else ""
    _record(office, work, kid if new else "", present, revoking, now=now)
    if new:
        announce_key(office, keys, new.key, now=now)
    if revoking:
        mark_revoked(office, keys, revoking[0].kid, revoking[1], by=kid)
    publish_trust(now, work.witnesses)
    if new:
        new.put(keys / office)
    taken_up = _taken_up(office, work.signers)
    end_others(office, keys, kid, now=work.clock.now())
    publish_trust(work.clock.now(), work.witnesses)
    return Turned(next(key for key in public_keys(keys, office) if key.kid == kid), taken_up)


@whole
def _record(
    office: str,
    work: KeyWork,
    new: str,
    present: PublicKey | None,
    revoking: tuple[PublicKey, Revocation] | None,
    *,
    now: datetime,
) -> None:
    """Write the evidence of what is about to be done; what was revoked before is not revoked again."""
    staff = str(work.by.id)
    if new:
        before = {"previous_key": present.kid} if present else {}
        fields = {"key_id": new, "staff": staff, **before}
        ledger.record("decisions", "key.renewed", fields, office=office, now=now, chance=work.chance)
    if revoking and revoking[0].revoked != revoking[1]:
        key, told = revoking
        fields = {"key_id": key.kid, "since": told.since, "staff": staff, "because": told.reason}
        ledger.record("decisions", "key.revoked", fields, office=office, now=now, chance=work.chance)


def _present(office: str) -> PublicKey | None:
    """Give the key in use, or None where there is none, or none that can be opened: it may have been lost."""
    registry.organisation(office)  # the root key is none of an organisation's, and changes by hand alone
    try:
        return key_in_use(ledger.keys_folder(), office)
    except TongbanError:
        return None


def _taken_up(office: str, signers: Signers) -> bool:
    """Have the running signer open the key; where none runs, the next one to start will."""
    try:
        signers.renew(office)
    except SourceDown:
        return False
    return True


def _hour(since: datetime, now: datetime) -> datetime:
    """Give the beginning of the hour, which is as much as a leaf of the log tells."""
    if since > now:
        raise Invalid(
            "licences.revoked_ahead",
            what=Text("吊销时间不得晚于现在。", "A key is not revoked as of a moment that is still to come."),
            todo=Text("请填写现在或之前的时间。", "Name a moment that has passed, or none for now."),
        )
    return since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _require_security_administrator(by: registry.Staff) -> None:
    if not by.holds(registry.Role.SECURITY_ADMIN):
        raise NotAllowed(
            "licences.keys_by_security_administrator",
            what=Text(
                f"签名密钥只能由安全管理员更换或吊销，{by.login} 不是。",
                f"Keys are renewed and revoked by the security administrator, and {by.login} is none.",
            ),
            todo=Text("请由安全管理员办理。", "Have the security administrator do it."),
        )


def _no_key(office: str, kid: str) -> NotFound:
    return NotFound(
        "licences.no_key",
        what=Text(
            f"{office} 没有密钥 {kid}。" if kid else f"{office} 没有在用的密钥。",
            f"{office} has had no key {kid}." if kid else f"{office} has no key in use.",
        ),
        todo=Text("请用 tongban key list 查看其密钥。", "See its keys with `tongban key list`."),
    )
