"""Granting: the decision, then registrations at other organisations, then the signed result."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from tongban.cases.actions import numbers
from tongban.cases.actions.cases import end_filing_if_done, receive_ready, set_closing
from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.pledges import start_check_clocks
from tongban.cases.actions.work import Lease, locked
from tongban.cases.models import Act, Case, Claim, Decision, Filing
from tongban.cases.queries import standing
from tongban.cases.queries.claims import claims_of, is_held, scope_of
from tongban.cases.queries.sight import Sight, about_case
from tongban.cases.rules.gathering import packed, read_value, stored_value
from tongban.cases.rules.states import CaseState, StatusCode
from tongban.cases.workplace import Workplace
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel import rows
from tongban.kernel.canonical import digest
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.kernel.values import credit_code
from tongban.licences import api as licences
from tongban.registry import api as registry

Values = dict[tuple[items.Ref, str], items.Held]


@part
def grant(
    filing: Filing,
    row: Case,
    sight: Sight,
    *,
    maker: str,
    staff_id: int | None,
    reasons: Sequence[Text],
    record: Mapping[str, object],
    now: datetime,
    at: Workplace,
) -> None:
    """Decide yes: evidence, notice, what the decision produces, and the next thing to do.

    Everything commits together; the registrations it intends and the licence it prepares follow from
    rows alone, so a crash right after this loses nothing.
    """
    item = sight.bundle.item(row.item)
    entry = evidence(
        row,
        "case.decided",
        {
            "item": item.basic_code,
            "decision": "yes",
            "maker": maker,
            "filing_number": filing.number,
            "pack_version": sight.bundle.version,
            "pack_digest": sight.bundle.digest,
            "trace_digest": digest(dict(record)),
            **({} if staff_id is None else {"staff": str(staff_id)}),
        },
        now=now,
        at=at,
    )
    decision = Decision(
        case=row,
        outcome="yes",
        maker=maker,
        staff_id=staff_id,
        reasons=[reason.as_dict() for reason in reasons],
        record=dict(record),
        entry_id=entry,
        at=now,
    )
    rows.insert(decision)
    row.decided_at = now
    row.person_needed, row.alarm = None, 0
    set_closing(row, item, division=filing.division, at=at)
    row.produced = _produce(item, row, now)
    row.content = _content_of(item, row, sight, now)
    hold_for_good(row, item, sight, now=now, at=at)
    pledge_check = start_check_clocks(row, filing.division, now=now, at=at)
    give_notice(
        filing,
        row,
        "granted",
        {"item": item.name, "reasons": tuple(reasons), "pledge_check": pledge_check},
        staff_id=staff_id,
        entry=entry,
        now=now,
        at=at,
    )
    tell(filing.pk, [_decided_words(item, row, maker, staff_id, entry)], now=now)
    if item.acts:
        row.state = CaseState.ACTING
        rows.update(row)
        _intend(filing, row, item, sight, now=now, at=at)
    else:
        prepare_result(row, sight, now=now, at=at)


def _content_of(item: items.Item, row: Case, sight: Sight, now: datetime) -> dict[str, object]:
    """Fix what the result will say, from what is decided on now."""
    about = about_case(sight, in_name_of=row.in_name_of, number=row.number or "", decided_on=civil_date(now))
    parties = sight.snapshot.answers.parties
    filled = items.content(
        item.licence.content, sight.bundle, parties, _values_with_products(row, sight), about
    )
    return {name: stored_value(value) for name, value in filled.items()}


def lacking(row: Case, sight: Sight, now: datetime) -> list[Text]:
    """Give the names of what the result must say and nobody has: such a case cannot be granted yet."""
    item = sight.bundle.item(row.item)
    later = {
        f"{made.of}.{made.element.partition('.')[2]}"
        for made in item.produces  # its own decision and its acts bring these
    }
    content = _content_of(item, row, sight, now)
    return [
        field.name
        for field in licences.licence_type(item.licence.type).fields
        if field.required
        and content.get(field.code) is None
        and item.licence.content.get(field.code) not in later
    ]


def taken_by_another(row: Case, item: items.Item, sight: Sight, *, at: Workplace, now: datetime) -> bool:
    """Say whether what this case claims was given to another meanwhile, its own hold having lapsed."""
    return any(
        is_held(claim.kind, scope, value, but_for=row.filing_id, now=now)
        for claim, scope, value in _claims(row, item, sight, at)
    )


@part
def hold_for_good(row: Case, item: items.Item, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Keep for this case what its grant gives it alone; the unique row refuses a second holder."""
    rows.write("DELETE FROM cases_claim WHERE case_id = %s", row.pk)
    for claim, scope, value in _claims(row, item, sight, at):
        Claim.objects.filter(kind=claim.kind, scope=scope, value=value, until__lt=now).delete()
        rows.insert(Claim(kind=claim.kind, scope=scope, value=value, case=row, until=None))


def _claims(
    row: Case, item: items.Item, sight: Sight, at: Workplace
) -> Iterator[tuple[items.Claim, str, str]]:
    for claim, value in claims_of(item, sight):
        yield claim, scope_of(claim, in_name_of=row.in_name_of, node=at.node.code), value


def _decided_words(item: items.Item, row: Case, maker: str, staff_id: int | None, entry_id: str) -> Happening:
    by = (
        Text("规则自动审批", "decided by rule")
        if maker == "rule"
        else Text("工作人员审批", "decided by an officer")
    )
    words = Text(f"{item.name.zh}：准予（{by.zh}）", f"{item.name.en}: granted ({by.en})")
    return Happening(
        "decided",
        words,
        maker,
        case_id=row.pk,
        staff_id=staff_id,
        since=row.with_office_since,
        entry_id=entry_id,
    )


def _produce(item: items.Item, row: Case, now: datetime) -> list[dict[str, object]]:
    """Allocate what the decision itself brings into being; acts bring the rest with their answers."""
    made: list[dict[str, object]] = []
    for produced in item.produces:
        if produced.by == "credit_code":
            made.append(_product(produced, _next_credit_code(row)))
        elif produced.by == "decision_date":
            made.append(_product(produced, civil_date(now).isoformat()))
    return made


def _product(produced: items.Produced, value: str) -> dict[str, object]:
    return {"role": produced.of, "position": 0, "element": produced.element, "value": value}


def _next_credit_code(row: Case) -> str:
    """Give the next unified social credit code of the registering division (GB 32100-2015).

    9 is the market regulator's register, 1 an enterprise; the organisation part counts upwards.
    """
    division = registry.organisation(row.in_name_of).division[:6]
    serial = numbers.take(f"credit_code:{division}")
    return credit_code.compose("9", "1", division, f"MA{serial:06d}").number


@part
def _intend(
    filing: Filing, row: Case, item: items.Item, sight: Sight, *, now: datetime, at: Workplace
) -> None:
    """Write down each registration before anything is sent; its key never changes."""
    values = _values_with_products(row, sight)
    about = about_case(sight, in_name_of=row.in_name_of, number=row.number or "", decided_on=civil_date(now))
    for act in item.acts:
        fields = items.content(act.fields, sight.bundle, sight.snapshot.answers.parties, values, about)
        stored = packed(fields)
        key = f"{row.number}-{act.name}"
        entry = evidence(
            row,
            "act.intended",
            {
                "act": act.name,
                "act_key": key,
                "connector": act.connector,
                "operation": act.operation,
                "request_digest": digest(stored),
            },
            now=now,
            at=at,
        )
        rows.insert(
            Act(
                case=row,
                name=act.name,
                key=key,
                connector=act.connector,
                operation=act.operation,
                body=_body(sight.directory, act.body, row.office, civil_date(now)),
                fields=stored,
                intended_at=now,
            )
        )
        words = Text(f"{act.label.zh}：已发起", f"{act.label.en}: begun")
        tell(
            filing.pk,
            [Happening("act_intended", words, "platform", case_id=row.pk, entry_id=entry, audience="office")],
            now=now,
        )


def _body(directory: registry.Directory, function: str, office: str, on: date) -> str:
    """Name the organisation of that function in the office's own division, or the nearest above it."""
    return directory.body_for(function, directory.organisation(office).division, on).slug


def _values_with_products(row: Case, sight: Sight) -> Values:
    """Give all values of the filing with what this case has just produced among them."""
    values: Values = dict(sight.gathered.values)
    for each in row.produced:
        element = str(each["element"])
        declared = sight.book.element(element)
        kind = "text" if declared is None else declared.kind
        values[items.Ref(str(each["role"]), int(each["position"])), element] = read_value(kind, each["value"])
    return values


@part
def prepare_result(row: Case, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Prepare the licence of a decided case: identifier, content and digest; the signature comes next."""
    item = sight.bundle.item(row.item)
    values = _values_with_products(row, sight)
    decided_on = civil_date(row.decided_at or now)
    about = about_case(sight, in_name_of=row.in_name_of, number=row.number or "", decided_on=decided_on)
    brought = items.content(item.licence.content, sight.bundle, sight.snapshot.answers.parties, values, about)
    # What was decided stands as it was decided; only what the acts alone bring is filled in now.
    decided = row.content or {}
    content = {
        name: stored_value(value) if decided.get(name) is None else decided[name]
        for name, value in brought.items()
    }
    licence = licences.prepare(
        item.licence.type,
        issuer=row.in_name_of,
        holder=_holder(item, sight, values),
        content=content,
        words=_coded(item, sight, content),
        case_number=row.number or "",
        decision_entry=_decided_in(row),
        now=now,
        chance=at.chance,
    )
    row.licence = licence.identifier
    row.produced = [
        *row.produced,
        *(_product(made, licence.identifier) for made in item.produces if made.by == "licence_identifier"),
    ]
    row.state = CaseState.ISSUING
    rows.update(row)


def _decided_in(row: Case) -> str:
    """Give the entry that a decided case was decided in."""
    found = rows.read_one("SELECT entry_id FROM cases_decision WHERE case_id = %s", row.pk)
    if found is None:
        raise Decision.DoesNotExist(f"case {row.number} is not decided: no result of it can be prepared")
    return str(found[0])


def _coded(item: items.Item, sight: Sight, content: Mapping[str, object]) -> dict[str, Text]:
    """Say what the codes on a result mean, as the catalogue has it on this day: signed beside the code."""
    said = {}
    for field, name in item.licence.content.items():
        _, code = sight.bundle.names.get(name, ("", ""))
        element = sight.book.element(code)
        if element is not None and element.codes and content.get(field) is not None:
            said[field] = catalogue.in_words(element, content[field])
    return said


def _holder(item: items.Item, sight: Sight, values: Values) -> licences.Holder:
    """Give who holds the result: the entity that the filing brings into being, or a person in it."""
    role = sight.bundle.participant(item.licence.holder)
    ref = items.canonical(items.Ref(role.role), sight.snapshot.answers.parties)
    if role.kind == "entity":
        names = {element.partition(".")[2]: value for (at, element), value in values.items() if at == ref}
        return licences.Holder("001", str(names["credit_code"]), str(names["name"]))
    party = next(each for each in sight.snapshot.parties if each.ref == ref)
    return licences.Holder(party.identity_type, party.identity_number, party.name)


@whole
def finish_signed(lease: Lease, signed: Sequence[tuple[int, licences.Signed]], *, at: Workplace) -> None:
    """Store the offices' signatures, end their cases as granted, and receive the cases that waited for them.

    From here the licence is shown (DESIGN §5.5); signing the same content again stores nothing new.
    """
    filing = locked(lease)
    bundle = items.pinned(filing.bundle_digest)
    now = at.clock.now()
    happenings = []
    by_id = {row.pk: row for row in standing.CASES.all(filing.pk)}
    for case_id, signature in signed:
        row = by_id[case_id]
        if row.state != CaseState.ISSUING:
            continue
        licences.store_signature(signature, now=now, chance=at.chance)
        row.state, row.ended_at = CaseState.GRANTED, now
        rows.update(row, "state", "ended_at")
        name = bundle.item(row.item).name
        words = Text(f"{name.zh}：证照已签发，办结", f"{name.en}: signed and issued")
        happenings.append(
            Happening(
                "granted",
                words,
                "platform",
                case_id=row.pk,
                status_code=StatusCode.GRANTED,
                since=row.decided_at,
            )
        )
    tell(filing.pk, happenings, now=now)
    receive_ready(filing, bundle, at=at)
    end_filing_if_done(filing, now=now)
