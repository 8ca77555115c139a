"""Proof files in the format of C2SP tlog-proof, read into the shape of an evidence block."""

import re
from typing import Final

from tongban_verify.notes import from_base64
from tongban_verify.strict import LARGEST_FILE, Json, Unreadable, read_json

HEADING: Final = b"c2sp.org/tlog-proof@v1\n"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})")


def read_tlog_proof(data: bytes) -> Json:
    """Give the opening that its extra data holds and the proof, as licence files have both.

    Raises Unreadable where the text is no such proof, or its extra data are not an opening of this platform.
    """
    if len(data) > LARGEST_FILE:
        raise Unreadable("too large")
    try:
        head, gap, note = data.decode("utf-8").partition("\n\n")
        lines = head.split("\n")[1:]
        extra = lines.pop(0) if lines and lines[0].startswith("extra ") else ""
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if not gap or index is None or not extra:
            raise ValueError("not whole")
        hashes = [from_base64(line).hex() for line in lines]
        opening = read_json(from_base64(extra.removeprefix("extra ")))
    except ValueError as broken:
        raise Unreadable(str(broken)) from broken
    proof = {
        "version": 1,
        "log": note.partition("\n")[0],
        "index": int(index[1]),
        "leaf": opening.get("leaf"),
        "hashes": hashes,
        "checkpoint": note,
    }
    return {"opening": opening, "proof": proof}
