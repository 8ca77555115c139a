"""A whole list of statuses (draft-ietf-oauth-status-list), read from a file at hand: nobody is asked."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tongban_verify.strict import Json, Unreadable, require_keys
from tongban_verify.tokens import check_token, from_base64url
from tongban_verify.trust import Doubt, Trust

TYPE: Final = "statuslist+jwt"
LARGEST_LIST: Final = 16 * 1024 * 1024  # bytes unpacked: a file of a few kilobytes may claim any size
REASONS: Final = {0: "", 1: "list_invalid", 2: "suspended"}


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that its office signed and that still holds."""

    uri: str
    slug: str
    bits: int
    places: bytes
    issued_at: datetime

    def status(self, index: int) -> int:
        """Give the status at a place; raises Doubt beyond the end."""
        per_byte = 8 // self.bits
        if not 0 <= index < len(self.places) * per_byte:
            raise Doubt("list_other")
        return self.places[index // per_byte] >> (index % per_byte * self.bits) & ((1 << self.bits) - 1)


def read_status_list(data: bytes, trust: Trust, now: datetime) -> StatusList:
    """Read a list and check its signature and its time; raises Doubt, `list_unreadable` for what is none."""
    try:
        token = check_token(data.decode("ascii").strip(), TYPE, trust)
    except (UnicodeDecodeError, Unreadable, RecursionError) as trouble:
        raise Doubt("list_unreadable") from trouble
    try:
        told = require_keys(token.claims["status_list"], {"bits", "lst"})
        bits, written = told["bits"], told["lst"]
        if type(bits) is not int or bits not in (1, 2, 4, 8) or not isinstance(written, str):
            raise ValueError("no list")
        uri = token.claims["sub"]
        if not isinstance(uri, str) or not uri.endswith(f"/status-lists/{token.slug}"):
            raise ValueError("the list of another office")
        places = _unpacked(from_base64url(written))
    except (KeyError, ValueError, Unreadable, zlib.error) as broken:
        raise Doubt("shape", str(broken)) from broken
    if not token.issued_at <= now <= token.until:
        raise Doubt("list_over")
    return StatusList(uri, token.slug, bits, places, token.issued_at)


def check_status(claim: object, slug: str, found: StatusList) -> str:
    """Give the reason why a token's status is not valid, empty where it is; raises Doubt for another list."""
    try:
        place: Json = require_keys(require_keys(claim, {"status_list"})["status_list"], {"idx", "uri"})
        if type(place["idx"]) is not int:
            raise ValueError("no place")
    except ValueError as broken:
        raise Doubt("shape", str(broken)) from broken
    if (place["uri"], slug) != (found.uri, found.slug):
        raise Doubt("list_other")
    return reason_at(place["idx"], slug, found)


def reason_at(index: int, slug: str, found: StatusList) -> str:
    """Give the reason why a status of an office is not valid; raises Doubt where the list is not its own."""
    if slug != found.slug:
        raise Doubt("list_other")
    return REASONS.get(found.status(index), "other_status")


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    places = unpacking.decompress(data, LARGEST_LIST)
    if unpacking.unconsumed_tail or unpacking.unused_data or not unpacking.eof:
        raise ValueError("too large, cut off, or with something behind it")
    return places
