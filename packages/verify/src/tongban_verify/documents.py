"""The files that can be verified: a licence, a notice, a bare evidence entry."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

from tongban_verify.codes import is_code, verify_code
from tongban_verify.evidence import Entry, Standing, check_standing, open_entry
from tongban_verify.identifiers import read_identifier
from tongban_verify.presentations import verify_presentation
from tongban_verify.report import Reason, Report
from tongban_verify.signed import Signed, check_signed
from tongban_verify.status_list import read_status_list, reason_at
from tongban_verify.strict import Json, Unreadable, read_json, require_keys, require_text
from tongban_verify.tlog_proof import HEADING, read_tlog_proof
from tongban_verify.trust import Anchor, Doubt, Trust, read_trust, with_own_witnesses

LICENCE: Final = "tongban-licence/1"
NOTICE: Final = "tongban-notice/1"
EVIDENCE: Final = "tongban-evidence/1"

_CIVIL: Final = timezone(timedelta(hours=8))  # the time in which the law counts days, in all of China
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHANGE_KEYS: Final = {
    "identifier",
    "number",
    "previous_status",
    "status",
    "operation",
    "at",
    "reasons",
    "basis",
}
# GB/T 36903 practice: 01 in force, 02 suspended, 03 revoked, 04 cancelled, 05 ended, 99 other.
STATUS_REASONS: Final = MappingProxyType(
    {"01": "", "02": "suspended", "03": "revoked", "04": "cancelled", "05": "ended", "99": "other_status"}
)


# What the evidence that people are given is called, by its kind and the decision that it opens, and which
# opened field names it.
ENTRIES: Final[Mapping[tuple[str, str | None], tuple[str, str, str]]] = MappingProxyType(
    {
        ("case.decided", "yes"): ("准予决定", "the decision to grant in case", "case_number"),
        ("case.decided", "no"): ("不予批准决定", "the decision to refuse in case", "case_number"),
        ("case.decided", None): ("审批决定", "the decision with the evidence", "entry"),
        ("share.released", None): ("数据共享回执", "the share receipt", "entry"),
        ("share.refused", None): ("不予共享回执", "the receipt of a refused share", "entry"),
    }
)


class Findings:
    """What has been found so far: doubts, in the order of their discovery, and facts.

    `status_list` is what a licence is looked up in, where somebody has it.
    """

    def __init__(self, status_list: bytes | None = None) -> None:
        self.status_list = status_list
        self.reasons: list[Reason] = []
        self.facts: dict[str, object] = {}

    def doubt(self, code: str) -> None:
        """Note a reason once."""
        if Reason(code) not in self.reasons:
            self.reasons.append(Reason(code))

    def stand(self, standing: Standing) -> None:
        """Note how the evidence stands in the log."""
        if standing.state != "published":
            self.doubt("not_published" if standing.state == "promised" else "promise_overdue")
        elif not standing.is_witnessed:
            self.doubt("not_witnessed")
        # The least that is proven of any part is what is proven of the whole.
        if self.facts.get("evidence", "published") == "published":
            self.facts["evidence"] = standing.state
            self.facts["log"] = {
                "origin": standing.log,
                "size": standing.size,
                "witnesses": list(standing.witnesses),
            }


def verify_licence(
    data: bytes, trust: Anchor | None, now: datetime, *, status_list: bytes | None = None
) -> Report:
    """Verify a licence file as `verify_file` does; any other kind of file is unreadable."""
    return _verify(data, trust, now, {LICENCE: _check_licence}, status_list)


def verify_file(
    data: bytes, trust: Anchor | None, now: datetime, *, status_list: bytes | None = None
) -> Report:
    """Verify a licence, code, presentation, notice or evidence file against a trusted root key, as of `now`.

    `status_list` is the issuing office's list as it was downloaded; what it issued is looked up there.
    Without an anchor the verdict is at best `CANNOT_TELL`: anybody can make a file that is consistent
    under a root key of their own. `now` carries its offset.
    """
    if is_code(data):
        return verify_code(data, trust, now, status_list=status_list)
    if data.startswith(b"eyJ"):
        return verify_presentation(data, trust, now, status_list=status_list)
    return _verify(data, trust, now, _CHECKS, status_list)


def _verify(
    data: bytes,
    anchor: Anchor | None,
    now: datetime,
    checks: Mapping[str, "Check"],
    status_list: bytes | None,
) -> Report:
    if now.utcoffset() is None:
        raise ValueError("`now` must carry its offset")
    findings = Findings(status_list)
    try:
        if data.startswith(HEADING) and EVIDENCE in checks:
            _check_tlog_proof(read_tlog_proof(data), anchor, now, findings)
            return Report(tuple(findings.reasons), findings.facts)
        found = read_json(data)
        check = checks.get(str(found.get("format")))
        if check is None:
            raise Unreadable("a file of another format")
        check(found, anchor, now, findings)
    except (Unreadable, RecursionError):
        return Report((Reason("unreadable"),))
    except Doubt as doubt:
        findings.doubt(doubt.code)
    if anchor is None:
        findings.doubt("no_anchor")
    return Report(tuple(findings.reasons), findings.facts)


def _check_licence(found: Json, anchor: Anchor | None, now: datetime, findings: Findings) -> None:
    whole = _whole(found, {"format", "licence", "signature", "evidence", "status", "trust"})
    trust = _trusted(whole["trust"], anchor, findings)
    content = _object(whole["licence"])
    number = _text(content.get("certificate_identifier"))
    findings.facts |= {
        "title": content.get("type_name"),
        "number": number,
        "holder": content.get("holder_name"),
    }
    signed = check_signed("licence", content, number, whole["signature"], whole["evidence"], trust, now)
    _note_issuer(signed, findings)
    _check_identity(content, signed)
    findings.stand(signed.standing)
    status = _check_history(whole["status"], number, signed, trust, now, findings)
    findings.facts["status"] = status
    if STATUS_REASONS[status]:
        findings.doubt(STATUS_REASONS[status])
    _check_dates(content, now, findings)
    if findings.status_list is not None:
        _check_list(findings.status_list, signed, trust, now, findings)


def _check_list(data: bytes, signed: Signed, trust: Trust, now: datetime, findings: Findings) -> None:
    """Look the licence up at the place that its evidence names: what came after its file was downloaded."""
    listed = read_status_list(data, trust, now)
    findings.facts["status_list"] = listed.issued_at.isoformat()
    place = signed.entry.fields.get("status_place")
    if type(place) is not int:
        raise Doubt("no_place")
    reason = reason_at(place, signed.slug, listed)
    if reason:
        findings.doubt(reason)


def _check_notice(found: Json, anchor: Anchor | None, now: datetime, findings: Findings) -> None:
    whole = _whole(found, {"format", "notice", "signature", "evidence", "trust"})
    trust = _trusted(whole["trust"], anchor, findings)
    content = _object(whole["notice"])
    number = _text(content.get("number"))
    findings.facts |= {"title": content.get("title"), "number": number, "holder": content.get("addressee")}
    signed = check_signed("notice", content, number, whole["signature"], whole["evidence"], trust, now)
    _note_issuer(signed, findings)
    if content.get("office_code") != signed.office.credit_code or content.get("date") != _day(signed.at):
        raise Doubt("issuer")
    findings.stand(signed.standing)


def _check_evidence(found: Json, anchor: Anchor | None, now: datetime, findings: Findings) -> None:
    whole = _whole(found, {"format", "evidence", "trust"})
    trust = _trusted(whole["trust"], anchor, findings)
    try:
        proven = require_keys(whole["evidence"], {"opening"}, frozenset({"promise", "proof"}))
    except ValueError as broken:
        raise Doubt("shape") from broken
    entry = open_entry(proven["opening"])
    findings.facts |= _about(entry)
    findings.facts["issuer"] = {"zh": f"节点 {trust.node} ", "en": f"node {trust.node}"}
    findings.stand(check_standing(proven, entry, trust, now))


def _check_tlog_proof(proven: Json, anchor: Anchor | None, now: datetime, findings: Findings) -> None:
    """Check a proof that comes without keys: those of the trust statement at hand, and no others."""
    entry = open_entry(proven["opening"])
    findings.facts |= _about(entry)
    if anchor is None or anchor.statement is None:
        findings.doubt("no_statement")
        return
    trust = with_own_witnesses(anchor.statement, anchor)
    findings.facts["issuer"] = {"zh": f"节点 {trust.node} ", "en": f"node {trust.node}"}
    findings.stand(check_standing({"proof": proven["proof"]}, entry, trust, now))


def _about(entry: Entry) -> dict[str, object]:
    """Say what an entry is about, as far as it was opened: which decision, which share."""
    zh, en, named_by = ENTRIES.get(
        (entry.kind, entry.fields.get("decision"))
        if isinstance(entry.fields.get("decision"), str)
        else (entry.kind, None),
        (f"存证条目 {entry.kind}", f"the evidence entry {entry.kind}", ""),
    )
    number = entry.fields.get(named_by)
    return {
        "title": {"zh": zh, "en": en},
        "number": number if isinstance(number, str) else entry.leaf_hash.hex(),
        "opened": entry.fields,
    }


Check = Callable[[Json, Anchor | None, datetime, Findings], None]
_CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {LICENCE: _check_licence, NOTICE: _check_notice, EVIDENCE: _check_evidence}
)


def _whole(found: Json, keys: set[str]) -> Json:
    try:
        return require_keys(found, keys)
    except ValueError as broken:
        raise Doubt("shape", str(broken)) from broken


def _object(found: object) -> Json:
    if not isinstance(found, dict):
        raise Doubt("shape", "not an object")
    return found


def _text(found: object) -> str:
    try:
        return require_text(found)
    except ValueError as broken:
        raise Doubt("shape") from broken


def _trusted(found: object, anchor: Anchor | None, findings: Findings) -> Trust:
    """Read the file's trust statement and hold it against the anchor; take the newer of the two."""
    return with_own_witnesses(_newer(read_trust(found), anchor, findings), anchor)


def _newer(trust: Trust, anchor: Anchor | None, findings: Findings) -> Trust:
    findings.facts["root_fingerprint"] = trust.root.fingerprint
    findings.facts["anchored"] = anchor is not None
    if not trust.root.valid_from <= trust.issued_at <= trust.root.valid_to:
        raise Doubt("key_period")
    if anchor is None:
        return trust
    if anchor.fingerprint != trust.root.fingerprint:
        raise Doubt("wrong_root")
    newer = anchor.statement
    if newer is None or newer.issued_at <= trust.issued_at:
        return trust
    if newer.node != trust.node:
        raise Doubt("other_node")
    return newer


def _note_issuer(signed: Signed, findings: Findings) -> None:
    findings.facts["issuer"] = signed.office.name
    findings.facts["issued_at"] = signed.said_at


def _check_identity(content: Json, signed: Signed) -> None:
    """Check that the identifier, the office named on the licence and the signing office are one."""
    try:
        parts = read_identifier(content.get("certificate_identifier"))
    except ValueError as wrong:
        raise Doubt("identifier") from wrong
    if parts.type_code != content.get("type_code") or parts.version != content.get("version"):
        raise Doubt("identifier")
    if not parts.issuer == content.get("issuing_authority_code") == signed.office.credit_code:
        raise Doubt("issuer")
    if content.get("issue_date") != _day(signed.at):
        raise Doubt("content")


def _check_history(
    found: object, number: str, licence: Signed, trust: Trust, now: datetime, findings: Findings
) -> str:
    """Follow the signed changes of status from 01 on; raises Doubt where they do not follow."""
    status, at = "01", licence.at
    if not isinstance(found, list):
        raise Doubt("shape")
    for place, each in enumerate(found, start=1):
        try:
            change = require_keys(each, {"change", "signature", "evidence"})
            content = require_keys(change["change"], _CHANGE_KEYS)
        except ValueError as broken:
            raise Doubt("shape") from broken
        signed = check_signed("status", content, number, change["signature"], change["evidence"], trust, now)
        follows = (
            content["identifier"] == number,
            type(content["number"]) is int and content["number"] == place,
            content["previous_status"] == status,
            isinstance(content["status"], str) and content["status"] in STATUS_REASONS,
            content["at"] == signed.said_at,
            signed.at >= at,
            signed.slug == licence.slug,
        )
        if not all(follows):
            raise Doubt("history")
        findings.stand(signed.standing)
        status, at = content["status"], signed.at
    return status


def _check_dates(content: Json, now: datetime, findings: Findings) -> None:
    """Check the licence's validity on the civil day of `now`; without an end it does not expire."""
    try:
        start = _date(content["validate_start"])
        end = _date(content["validate_end"]) if content["validate_end"] is not None else None
    except (KeyError, TypeError, ValueError) as broken:
        raise Doubt("shape") from broken
    findings.facts |= {"validate_start": start.isoformat(), "validate_end": end and end.isoformat()}
    today = now.astimezone(_CIVIL).date()
    if today < start:
        findings.doubt("not_yet")
    if end is not None and today > end:
        findings.doubt("expired")


def _date(text: object) -> date:
    """Read YYYY-MM-DD, and none of the other forms of ISO 8601."""
    if not _DATE.fullmatch(require_text(text)):
        raise ValueError("not a date")
    return date.fromisoformat(str(text))


def _day(moment: datetime) -> str:
    return moment.astimezone(_CIVIL).date().isoformat()


def utc_now() -> datetime:
    """Give the machine's time: the only place in this package where the clock is read."""
    return datetime.now(UTC)
