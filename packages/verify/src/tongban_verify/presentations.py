"""The verdict on a presentation: what it shows, for what, until when, and whether its licence stands."""

from datetime import datetime
from typing import Final

from tongban_verify.report import PROVED_BY_LIST, Reason, Report
from tongban_verify.sd_jwt import check_presentation
from tongban_verify.status_list import read_status_list
from tongban_verify.strict import Unreadable
from tongban_verify.trust import Anchor, Doubt

UNNAMED: Final = {"zh": "证照出示", "en": "a presentation of a licence"}


def verify_presentation(
    data: bytes, anchor: Anchor | None, now: datetime, *, status_list: bytes | None = None
) -> Report:
    """Verify an SD-JWT VC against the node's trust statement, as of `now` (aware).

    It carries no keys, so the anchor must be a whole trust statement. Without the office's status list, or
    with one that is out of date, the verdict is at best `CANNOT_TELL`.
    """
    if now.utcoffset() is None:
        raise ValueError("`now` must carry its offset")
    facts: dict[str, object] = {}
    if anchor is None or anchor.statement is None:
        return Report((Reason("no_anchor" if anchor is None else "no_statement"),), facts)
    trust, reasons, listed = anchor.statement, [], None
    try:
        if status_list is not None:
            listed = read_status_list(status_list, trust, now)
    except Doubt as doubt:
        reasons.append(Reason(doubt.code))
    try:
        shown = check_presentation(data, trust, now, listed)
    except (Unreadable, RecursionError):
        return Report((Reason("unreadable"),))
    except Doubt as doubt:
        return Report((*reasons, Reason(doubt.code)), facts)
    claims = shown.token.claims
    title = shown.disclosed.get("type_name")
    facts |= {
        "title": title if isinstance(title, dict) else UNNAMED,
        "number": shown.disclosed.get("certificate_identifier"),
        "holder": shown.disclosed.get("holder_name"),
        "issuer": shown.token.office.name,
        "issued_at": shown.token.issued_at.isoformat(),
        "until": shown.token.until.isoformat(),
        "audience": claims["audience"],
        "purpose": claims["purpose"],
        "disclosed": shown.disclosed,
        "proved": PROVED_BY_LIST,
        "status_list": None if listed is None else listed.issued_at.isoformat(),
    }
    if shown.status_reason is None and not reasons:
        reasons.append(Reason("no_status_list"))
    elif shown.status_reason:
        reasons.append(Reason(shown.status_reason))
    return Report(tuple(reasons), facts)
