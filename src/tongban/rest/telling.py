"""Turns what the rooms below give into the shapes that are answered."""

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.rest import told, told_bundles, told_licences
from tongban.rest.reading import written

JSON_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "mobile": {"type": "string"},
    "integer": {"type": "integer"},
    "cents": {"type": "integer", "description": "cents 分"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
}


def spoken(text: Text) -> told.Spoken:
    """Give a sentence in both languages."""
    return told.Spoken(zh=text.zh, en=text.en)


def _all(texts: Iterable[Text]) -> list[told.Spoken]:
    return [spoken(text) for text in texts]


def card(bundle: items.Bundle | items.BundleCard) -> told_bundles.BundleCard:
    """Give a bundle's line on the list."""
    return told_bundles.BundleCard(
        code=bundle.code,
        version=bundle.version,
        digest=bundle.digest,
        name=spoken(bundle.name),
        about=spoken(bundle.about),
    )


def form(bundle: items.Bundle) -> told_bundles.BundleForm:
    """Give all that a program needs to file."""
    return told_bundles.BundleForm(
        **card(bundle).model_dump(),
        notice=told_bundles.NoticeTold(
            title=spoken(bundle.notice.title),
            paragraphs=_all(bundle.notice.paragraphs),
            basis=_basis(bundle, bundle.notice.basis),
        ),
        assurance=None
        if bundle.assurance is None
        else told_bundles.AssuranceTold(
            level=bundle.assurance.level, basis=_basis(bundle, bundle.assurance.basis)
        ),
        participants=[
            told_bundles.ParticipantTold(
                role=each.role,
                name=spoken(each.name),
                kind=each.kind,
                known_by=each.known_by,
                min=each.min,
                max=each.max,
                may_be=list(each.may_be),
                confirms=each.confirms,
                basis=_basis(bundle, each.basis),
            )
            for each in bundle.participants
        ],
        questions=[_question(bundle, each) for each in bundle.questions],
        confirmations=[
            told_bundles.ConfirmationTold(
                id=each.id, of=each.of, text=spoken(each.text), basis=_basis(bundle, each.basis)
            )
            for each in bundle.confirmations
        ],
        items=[
            told_bundles.ItemTold(
                key=each.key, name=spoken(each.name), basic_code=each.basic_code, after=list(each.after)
            )
            for each in bundle.items
        ],
        body_schema=body_schema(bundle),
    )


def _basis(bundle: items.Bundle, basis: items.Basis | None) -> list[told.BasisTold]:
    return [] if basis is None else [told.BasisTold.model_validate(items.basis_as_json(bundle, basis))]


def _question(bundle: items.Bundle, question: items.Question) -> told_bundles.QuestionTold:
    return told_bundles.QuestionTold(
        id=question.id,
        of=question.of,
        type=question.type,
        label=spoken(question.label),
        why=spoken(question.why),
        basis=_basis(bundle, question.basis),
        choices=[
            told_bundles.ChoiceTold(value=each.value, label=spoken(each.label)) for each in question.choices
        ],
        default=question.default,
        minimum=question.minimum,
        maximum=question.maximum,
        pattern=question.pattern,
        only_if=question.only_if,
        fallback_for=question.fallback_for,
    )


def body_schema(bundle: items.Bundle) -> dict[str, Any]:
    """Give the JSON Schema of `participants` and `answers` for this bundle.

    A role's answers lie under the role, or under role.1, role.2 … for its further participants; who
    fills several roles answers for all of them under any.
    """
    asked: dict[str, dict[str, Any]] = {}
    for question in bundle.questions:
        asked.setdefault(question.of, {})[question.id] = _schema(question)
    for confirmation in bundle.confirmations:
        asked.setdefault(confirmation.of, {})[confirmation.id] = {"const": True}
    everything = {id: shape for given in asked.values() for id, shape in given.items()}
    answers = {
        f"^{each.role}(\\.[0-9]+)?$": {
            "type": "object",
            "properties": everything if each.kind == "person" else asked.get(each.role, {}),
            "additionalProperties": False,
        }
        for each in bundle.participants
    }
    somebody = {
        "type": "object",
        "properties": {"number": {"type": "string"}, "name": {"type": "string"}},
        "required": ["number", "name"],
    }
    roles = {
        each.role: {
            "type": "array",
            "minItems": each.min,
            "maxItems": each.max,
            "items": {"anyOf": [{"enum": list(each.may_be)}, somebody]},
        }
        for each in bundle.participants
        if each.known_by == "named"
    }
    return {
        "type": "object",
        "properties": {
            "participants": {"type": "object", "properties": roles, "additionalProperties": False},
            "answers": {"type": "object", "patternProperties": answers, "additionalProperties": False},
        },
    }


def _schema(question: items.Question) -> dict[str, Any]:
    if question.type == "choice":
        return {"enum": [each.value for each in question.choices]}
    if question.type == "choices":
        return {"type": "array", "items": {"enum": [each.value for each in question.choices]}}
    shape = dict(JSON_TYPES[question.type])
    if question.pattern:
        shape["pattern"] = f"^(?:{question.pattern})$"
    return shape


def filing_card(filing: cases.FilingCard | cases.FilingPage) -> told.FilingCard:
    """Give a filing's line on the list."""
    return told.FilingCard(
        number=filing.number,
        name=spoken(filing.name),
        status=filing.status.value,
        words=spoken(filing.words),
        opened_at=filing.opened_at,
        submitted_at=filing.submitted_at,
    )


def filing(page: cases.FilingPage) -> told.FilingTold:
    """Give a filing as its reader may see it."""
    return told.FilingTold(
        **filing_card(page).model_dump(),
        bundle=page.bundle,
        stage=page.stage,
        is_owner=page.is_owner,
        ended_at=page.ended_at,
        human_asked=page.human_asked,
        awaited=list(page.awaited),
        cases=[_case(each) for each in page.cases],
        pledges=[_pledge(each) for each in page.pledges],
        afterwards=[spoken(each) for each in page.afterwards],
        timeline=[_line(each) for each in page.timeline.lines],
        timeline_next=page.timeline.after or None,
    )


def timeline(page: cases.FilingPage) -> told.Timeline:
    """Give one page of what happened in a filing."""
    return told.Timeline(
        lines=[_line(each) for each in page.timeline.lines], next=page.timeline.after or None
    )


def _pledge(pledge: cases.OwnPledge) -> told.PledgeTold:
    return told.PledgeTold(
        pledge=pledge.pledge,
        case_number=pledge.case_number,
        promised=_all(pledge.promised),
        state=pledge.state,
        check_by=pledge.check_by,
        rectify_by=pledge.rectify_by,
        due_provisional=pledge.due_provisional,
    )


def _case(case: cases.CasePage) -> told.CaseTold:
    return told.CaseTold(
        number=case.number,
        item=case.item,
        name=spoken(case.name),
        office=case.office,
        office_name=spoken(case.office_name),
        state=case.state,
        words=spoken(case.words),
        maker=case.maker,
        reasons=_all(case.reasons),
        received_at=case.received_at,
        decided_at=case.decided_at,
        due_at=case.due_at,
        complete_by=case.complete_by,
        due_provisional=case.due_provisional,
        wanting=_all(case.wanting),
        licence=case.licence,
        seconds=case.seconds,
        rated=case.rated,
        review=case.review or "none",
        review_due_at=case.review_due_at,
        review_due_provisional=case.review_due_provisional,
        review_answer=case.review_answer,
    )


def _line(line: cases.Line) -> told.LineTold:
    return told.LineTold(
        at=line.at,
        words=spoken(line.words),
        kind=line.kind,
        maker=line.maker,
        item=line.item,
        status_code=line.status_code,
        seconds=line.seconds,
        evidence=line.entry_id,
    )


def checked(number: str, found: cases.Checked) -> told.Checked:
    """Give what checking a draft found."""
    return told.Checked(
        number=number,
        is_clean=found.is_clean,
        problems=[
            told.ProblemTold(
                participant=str(each.ref),
                question=each.question,
                what=spoken(each.what),
                todo=spoken(each.todo),
            )
            for each in found.problems
        ],
        stops=[
            told.StopTold(
                check=stop.check,
                item=stop.item,
                because=spoken(stop.because),
                alternatives=[written(each) for each in stop.alternatives],
            )
            for stop in found.stops
        ],
    )


def fact(line: cases.FactLine) -> told.FactTold:
    """Give one fetched fact with where it comes from."""
    value = line.value if isinstance(line.value, str | int | bool | list) else None
    return told.FactTold(
        id=line.id,
        participant=line.participant,
        element=line.element,
        value=value,
        status=line.status,
        source=line.source,
        source_name=spoken(registry.organisation(line.source).name),
        as_of=line.as_of,
        fetched_at=line.fetched_at,
        contested=line.contested,
    )


def licence(found: licences.Licence) -> told_licences.LicenceTold:
    """Give a licence with where its file is."""
    return told_licences.LicenceTold(
        identifier=found.identifier,
        type=found.type_code,
        name=spoken(found.name),
        issuer=found.issuer,
        issuer_name=spoken(found.issuer_name),
        holder_code=found.holder.code,
        holder_name=found.holder.name,
        case_number=found.case_number,
        status=found.status.value,
        issue_date=found.issue_date,
        validate_start=found.validate_start,
        validate_end=found.validate_end,
        file=f"/api/v1/licences/{found.identifier}/file",
    )


def hits(found: exchange.Hits) -> told.Hits:
    """Give what a search in a register found."""
    return told.Hits(
        entries=[told.HitTold(value=value, words=words) for value, words in found.entries],
        more=found.more,
        reason=None if found.reason is None else spoken(found.reason),
    )


def asked_material(number: str, asked: cases.AskedMaterial) -> told.AskedMaterial:
    """Give a document that is asked for, with where to hand it in."""
    return told.AskedMaterial(
        material=asked.material,
        name=spoken(asked.label),
        issuer=None if asked.issuer is None else spoken(asked.issuer),
        basis=spoken(asked.basis),
        signature=asked.signature,
        handed_in=asked.handed_in,
        upload=None if asked.counter else f"/api/v1/filings/{number}/materials/{asked.material}",
        counter=None if asked.counter is None else spoken(asked.counter),
    )


def material(found: papers.Material) -> told.MaterialTold:
    """Give a document that was handed in."""
    return told.MaterialTold(
        id=found.id,
        material=found.material,
        name=found.name,
        media_type=found.media_type,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        scan=found.scan.value,
        confirmed=found.confirmed,
        on_paper=found.on_paper,
        received_at=found.received_at.astimezone(UTC),  # as a repeat reads it from the store
        retain_until=found.retain_until,
        destroyed_at=found.destroyed_at,
    )


def notice(filing_number: str, found: papers.Notice) -> told.OfficeNotice:
    """Give a notice with where its file is."""
    return told.OfficeNotice(
        number=found.number,
        kind=found.kind.value,
        title=spoken(found.title),
        case_number=found.case_number,
        office=found.office,
        office_name=spoken(found.office_name),
        date=found.date,
        body=_all(found.body),
        reasons=_all(found.reasons),
        remedies=_all(found.remedies),
        articles=_all(found.articles),
        due=found.due,
        provisional=found.provisional,
        given_at=found.given_at,
        sealed_at=found.sealed_at,
        file=f"/api/v1/filings/{filing_number}/notices/{quote(found.number, safe='')}/file",
    )
