"""Status lists: which licences of an office are suspended or have ended, in one file for everybody.

Whoever checks a licence fetches the whole list of its office, from here or from any copy, so that nobody
learns which licence is being checked (draft-ietf-oauth-status-list). A licence's place is its row's number
less one, in the list of its own office: the places of other offices are zeros there, and compress to nothing.
Where an older database was restored, the rows that follow leave out the places that were given meanwhile.
"""

import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db.models import Max, Q

from tongban.kernel.errors import SourceTrouble
from tongban.ledger import api as ledger
from tongban.licences.keys import public_keys
from tongban.licences.models import LicenceRow, LostPlacesRow
from tongban.licences.rules import Status
from tongban.licences.signer.client import Signing
from tongban.licences.signer.tokens import STATUS_LIST, Token, base64url, compact, from_base64url

BITS: Final = 2
VALID, INVALID, SUSPENDED = 0, 1, 2  # section 7.1 of the draft
LOST = 3  # left by the draft to applications: the office has lost the licence and no longer vouches for it
TTL: Final = timedelta(minutes=5)
HOLDS: Final = timedelta(days=1)  # a list that nobody renews is not believed for longer
STANDS: Final = timedelta(hours=1)  # one that would say the same is left as it is for so long
_PER_BYTE: Final = 8 // BITS


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where a licence's status stands: the address of its office's list, and the place in it."""

    uri: str
    index: int

    def claim(self) -> dict[str, object]:
        """Give it as the `status` claim of a token."""
        return {"status_list": {"idx": self.index, "uri": self.uri}}


def place_of(row_number: int) -> int:
    """Give the place of the licence in that row; what was signed of it names the place, so it stays."""
    return row_number - 1


def row_of(place: int) -> int:
    """Give the number of the row whose licence has a place."""
    return place + 1


def status_place(origin: str, issuer: str, row_number: int) -> StatusPlace:
    """Give the place of a licence's status."""
    return StatusPlace(f"{origin}/status-lists/{issuer}", place_of(row_number))


def packed(size: int, marks: Iterable[tuple[int, int]], onto: bytes = b"") -> bytes:
    """Give a list of `size` places, all valid but those marked: (place, status) pairs; two bits a place.

    The place within a byte counts from its least significant bits (section 4.1 of the draft). What a list of
    the same size, `onto`, has marked already stays marked.
    """
    places = bytearray(onto or (size + _PER_BYTE - 1) // _PER_BYTE)
    for place, status in marks:
        places[place // _PER_BYTE] |= status << (place % _PER_BYTE * BITS)
    return bytes(places)


def list_token(origin: str, issuer: str, places: bytes, now: datetime) -> Token:
    """Compose an office's list as the token that its signer signs."""
    return Token(
        STATUS_LIST,
        {
            "iss": f"{origin}/offices/{issuer}",
            "sub": f"{origin}/status-lists/{issuer}",
            "iat": int(now.timestamp()),
            "exp": int((now + HOLDS).timestamp()),
            "ttl": int(TTL.total_seconds()),
            "status_list": {"bits": BITS, "lst": base64url(zlib.compress(places, 9))},
        },
    )


def publish_status_lists(folder: Path, signers: Signing, *, origin: str, now: datetime) -> tuple[int, int]:
    """Write every office's list anew, signed; give how many were written and how many signers were silent.

    One that would say the same, under the same key, is written anew once an hour only: each is a line in its
    signer's journal for good. A list is one static file, replaced whole: a reader sees the old one or the new
    one. None is written for an office while a change of status in its log waits for a person to say whose it
    was: the older list runs out within a day, and no list at all says of nobody that they are still good.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = silent = 0
    unknown = ledger.offices_without_contents("licence.status_changed")
    size, bare = _without_anyone()
    for issuer in _issuers():
        if unknown & {issuer, ""}:
            continue
        token = list_token(origin, issuer, packed(size, _marks(issuer), bare), now)
        if _stands(folder / f"{issuer}.jwt", token, issuer, now):
            continue
        try:
            signature = signers.sign(issuer, token.text())
        except SourceTrouble:
            silent += 1
            continue
        _replace(folder / f"{issuer}.jwt", compact(token, signature.kid, signature.alg, signature.value))
        written += 1
    return written, silent


def _stands(path: Path, token: Token, issuer: str, now: datetime) -> bool:
    """Say whether the list that is published says the same, was made not long ago, and by the key in use."""
    try:
        head, claims, _ = path.read_text("ascii").split(".")
        said = json.loads(from_base64url(claims))
        begun = datetime.fromtimestamp(said["iat"], UTC)
        kid = json.loads(from_base64url(head))["kid"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    moments = {name: token.claims[name] for name in ("iat", "exp")}
    newest = public_keys(ledger.keys_folder(), issuer)[-1]
    return {**said, **moments} == token.claims and kid == newest.kid and begun <= now < begun + STANDS


def _marks(issuer: str) -> Iterable[tuple[int, int]]:
    """Give the places that are not valid, by the index over them alone."""
    found = LicenceRow.objects.filter(~Q(status=Status.VALID.value), issuer=issuer)
    places = found.order_by().values_list("pk", "status").iterator(chunk_size=10_000)
    return (
        (place_of(number), SUSPENDED if status == Status.SUSPENDED else INVALID) for number, status in places
    )


def _without_anyone() -> tuple[int, bytes]:
    """Give how long every list is, and what all of them begin from: a list of the lost places alone."""
    newest = LicenceRow.objects.aggregate(newest=Max("pk"))["newest"] or 0
    lost = list(LostPlacesRow.objects.values_list("first", "last"))
    size = max(newest, *(last + 1 for _, last in lost), 0)
    return size, packed(size, ((place, LOST) for first, last in lost for place in range(first, last + 1)))


def _issuers() -> list[str]:
    return list(LicenceRow.objects.order_by("issuer").values_list("issuer", flat=True).distinct())


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
