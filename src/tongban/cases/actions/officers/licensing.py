"""What a named officer does to an issued licence: suspend, give back, cancel, revoke, renew, change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.officers.checking import end_revoked
from tongban.cases.actions.officers.standing import require_reasons
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Filing
from tongban.cases.queries.licensing import case_of_licence
from tongban.cases.queries.officer import remedies
from tongban.cases.rules import officers
from tongban.cases.rules.licensing import (
    STATUS_CHANGES,
    VERSION_NOTICES,
    LicencePower,
    require_basis,
    require_in_time,
    require_later,
    require_power,
)
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class _Bench:
    """What an act on a licence stands on, locked and checked."""

    filing: Filing
    row: Case
    licence: licences.Licence
    item: items.Item
    staff: registry.Staff
    said: Text
    basis: str
    now: datetime
    at: Workplace


@whole
def change_licence_status(
    identifier: str,
    power: LicencePower,
    *,
    staff: registry.Staff,
    reasons: str,
    basis: str,
    at_holders_request: bool = False,
    at: Workplace,
) -> None:
    """Suspend a licence, give it back, cancel or revoke it, or confirm that its time has run out.

    Only an approver or leader of the office that issued it, by name, with reasons and the article; the
    holder is told by a sealed notice, with remedies where it goes against them (promise 5).
    """
    bench = _bench(identifier, power, staff, reasons, basis, at)
    operation, status, kind = STATUS_CHANGES[power]
    change = licences.Change(
        operation,
        status,
        reasons=bench.said,
        basis=bench.basis,
        staff=str(staff.id),
        at_holders_request=at_holders_request,
    )
    entry = licences.change_status_within(identifier, change, now=bench.now, chance=at.chance)
    words = Text(
        f"{bench.item.name.zh}：证照{operation.words.zh}，{bench.said.zh}",
        f"{bench.item.name.en}: licence {operation.words.en}, {bench.said.en}",
    )
    if power is LicencePower.REVOKE:
        words = Text(f"撤销/吊销证照：{bench.said.zh}", f"Licence revoked: {bench.said.en}")
        since = bench.row.decided_at
        end_revoked(bench.filing, bench.row, words, staff=staff, since=since, entry=entry, now=bench.now)
    else:
        _tell(bench, f"licence_{kind}", words, change.maker, entry)
    _notify(bench, kind, entry, identifier, due=bench.licence.validate_end)


@whole
def renew_licence(
    identifier: str,
    *,
    staff: registry.Staff,
    applied_on: date,
    until: date | None = None,
    reasons: str,
    basis: str,
    at: Workplace,
) -> str:
    """Renew a licence for one more period; give the identifier of the new version, which is yet to be signed.

    `until` is its new last day where each licence of the type has a day of its own.

    While the period runs this is the officer's decision. Once it has run out it is the law's, where the
    holder applied in time and nobody decided (art. 50): the officer confirms it, and the maker is `law`.
    """
    bench = _bench(identifier, LicencePower.RENEW, staff, reasons, basis, at)
    require_in_time(applied_on, bench.licence, on=civil_date(bench.now))
    kind = licences.licence_type(bench.licence.type_code)
    content = dict(bench.licence.content["extend_info"])
    if kind.until_field is not None:
        content[kind.until_field] = require_later(until, bench.licence).isoformat()
    maker = "law" if bench.licence.is_over(civil_date(bench.now)) else "person"
    return _next_version(
        bench,
        licences.Operation.RENEWED,
        holder=bench.licence.holder,
        content=content,
        maker=maker,
        note=f"applied on {applied_on.isoformat()}",
    )


@whole
def change_licence(
    identifier: str,
    *,
    staff: registry.Staff,
    holder_name: str,
    content: Mapping[str, object],
    reasons: str,
    basis: str,
    at: Workplace,
) -> str:
    """Change what a licence says; give the identifier of the new version, which is yet to be signed.

    The holder stays the same person or unit; its name may change. The period stays as it was.
    """
    bench = _bench(identifier, LicencePower.CHANGE, staff, reasons, basis, at)
    before = bench.licence.holder
    return _next_version(
        bench,
        licences.Operation.CHANGED,
        holder=licences.Holder(before.type_code, before.code, holder_name.strip() or before.name),
        content=content,
        maker="person",
        note="",
    )


@whole
def open_licence(identifier: str, *, staff: registry.Staff, cause: str, at: Workplace) -> licences.Licence:
    """Give an officer what a licence of their office says, once who looked and why is on record."""
    case_of_licence(identifier, staff, *officers.RECEIVERS)
    return licences.look_within(
        identifier,
        licences.Way.OFFICER,
        cause=cause,
        organisation=staff.organisation,
        staff=str(staff.id),
        now=at.clock.now(),
        chance=at.chance,
    )


@part
def _bench(
    identifier: str,
    power: LicencePower,
    staff: registry.Staff,
    reasons: str,
    basis: str,
    at: Workplace,
) -> _Bench:
    """Lock the filing whose case has yielded the licence, and check who acts, on what, and why."""
    row, _ = case_of_licence(identifier, staff, *officers.DECIDERS)
    filing = lock(row.filing.number)
    row, found = case_of_licence(identifier, staff, *officers.DECIDERS)
    now = at.clock.now()
    require_power(power, found, staff, on=civil_date(now))
    require_reasons(reasons)
    require_basis(basis)
    said = Text(reasons.strip(), reasons.strip())
    item = items.pinned(filing.bundle_digest).item(row.item)
    return _Bench(filing, row, found, item, staff, said, basis.strip(), now, at)


@part
def _next_version(
    bench: _Bench,
    operation: licences.Operation,
    *,
    holder: licences.Holder,
    content: Mapping[str, object],
    maker: str,
    note: str,
) -> str:
    """Prepare the version that takes the place of the one before once it is signed."""
    before = bench.licence
    entry = ledger.record(
        "decisions",
        "licence.version_decided",
        {
            "licence_identifier": before.identifier,
            "operation": operation.value,
            "staff": str(bench.staff.id),
            "basis": bench.basis,
            "because": bench.said.as_dict(),
            "maker": maker,
            "case_number": bench.row.number,
            "licence_type": before.type_code,
            "issuer": before.issuer,
            **({"note": note} if note else {}),
        },
        office=before.issuer,
        now=bench.now,
        chance=bench.at.chance,
    ).id
    made = licences.prepare(
        before.type_code,
        issuer=before.issuer,
        holder=holder,
        content=content,
        words=_still_meant(before, content),
        case_number=before.case_number,
        decision_entry=entry,
        now=bench.now,
        chance=bench.at.chance,
        previous=before.identifier,
        operation=operation.value,
    )
    kind = VERSION_NOTICES[operation]
    words = Text(
        f"{bench.item.name.zh}：证照{operation.words.zh}为第{made.version}版，{bench.said.zh}",
        f"{bench.item.name.en}: licence {operation.words.en} as version {made.version}, {bench.said.en}",
    )
    _tell(bench, f"licence_{kind}", words, maker, entry)
    _notify(bench, kind, entry, made.identifier, due=made.validate_end)
    return made.identifier


def _still_meant(before: licences.Licence, content: Mapping[str, object]) -> dict[str, Text]:
    """Give what the codes mean that stand as they stood; what was changed is in plain words."""
    meant, was = before.content.get("extend_words", {}), before.content["extend_info"]
    return {code: Text(**said) for code, said in meant.items() if content.get(code) == was.get(code)}


@part
def _tell(bench: _Bench, kind: str, words: Text, maker: str, entry: str) -> None:
    happening = Happening(kind, words, maker, case_id=bench.row.pk, staff_id=bench.staff.id, entry_id=entry)
    tell(bench.filing.pk, [happening], now=bench.now)


@part
def _notify(bench: _Bench, kind: str, entry: str, licence: str, *, due: date | None) -> None:
    """Give the holder the notice of it, which the office then seals."""
    reasons = Text(f"{bench.said.zh}（依据：{bench.basis}）", f"{bench.said.en} (legal basis: {bench.basis})")
    give_notice(
        bench.filing,
        bench.row,
        kind,
        {
            "item": bench.item.name,
            "reasons": (reasons,),
            "licence": licence,
            "due": due,
            "remedies": remedies(bench.row, bench.item),
        },
        staff_id=bench.staff.id,
        entry=entry,
        now=bench.now,
        at=bench.at,
    )
    wake(bench.filing, now=bench.now)
