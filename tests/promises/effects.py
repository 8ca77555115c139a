"""Every effect there is in the store, beside the entry of the ledger that must prove it (promise 4)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.openings import fields_of
from tongban.cases.models import (
    Act,
    Case,
    Contest,
    Decision,
    Event,
    Fact,
    Filing,
    Participant,
    ReviewRequest,
    SignedPledge,
)
from tongban.cases.rules.states import StatusCode
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow, LookRow, PresentationRow, StatusChangeRow
from tongban.papers import api as papers
from tongban.papers.models import MaterialRow, NoticeRow

Fields = Mapping[str, Any]
REVOKED = ("licence.status_changed", {"status": licences.Status.REVOKED.value, "maker": "person"})
# What a case's state proves to have happened, by the entry that must be there and what it must say.
STATES: Mapping[str, tuple[str, Fields]] = {
    "refused": ("case.decided", {"decision": "no", "maker": "person"}),
    "not_accepted": ("case.not_accepted", {}),
    "revoked": REVOKED,
}
ACT_STATES = {
    "done": ("act.done", "act.resolved"),
    "refused": ("act.refused",),
    "in_doubt": ("act.in_doubt",),
}
# What a status of the national history rests on: the kind of its line's entry, and what that must say.
PROVEN_BY: Mapping[int, tuple[str, Fields]] = {
    StatusCode.WITHDRAWN_BEFORE: ("case.withdrawn", {}),
    StatusCode.ACCEPTED: ("case.accepted", {}),
    StatusCode.NOT_REQUIRED: ("case.not_accepted", {}),
    StatusCode.NOT_ACCEPTED: ("case.not_accepted", {}),
    StatusCode.CORRECTION_BEGINS: ("case.correction_requested", {}),
    StatusCode.CORRECTION_ENDS: ("case.completed", {}),
    StatusCode.SPECIAL_BEGINS: ("case.special_procedure", {"phase": "begin"}),
    StatusCode.SPECIAL_ENDS: ("case.special_procedure", {"phase": "end"}),
    StatusCode.REFUSED: ("case.decided", {"decision": "no"}),
    StatusCode.WITHDRAWN: ("case.withdrawn", {}),
    StatusCode.REVOKED: ("pledge.checked", {"result": "revoked"}),
}
BY_OTHERS = {StatusCode.RECEIVED, StatusCode.OFFICE_BEGINS, StatusCode.GRANTED}  # these follow from others
# And the other way about: the entries that always have a line, with the statuses that it may tell.
ALWAYS_TOLD: Mapping[str, set[int]] = {
    kind: {code for code, (named, _) in PROVEN_BY.items() if named == kind}
    for kind in (
        "case.accepted",
        "case.not_accepted",
        "case.correction_requested",
        "case.completed",
        "case.withdrawn",
    )
}


@dataclass(frozen=True)
class Evidence:
    """All entries of the ledger, opened: by name, and by kind."""

    named: Mapping[str, tuple[str, Fields]]
    by_kind: Mapping[str, list[Fields]]

    def has(self, kind: str, **said: object) -> bool:
        """Say whether an entry of the kind says all this."""
        return any(
            all(fields.get(name) == value for name, value in said.items()) for fields in self.by_kind[kind]
        )

    def is_about(self, entry: str, kind: str, **said: object) -> bool:
        """Say whether the entry of that name is of the kind and says all this."""
        found, fields = self.named.get(entry, ("", {}))
        return found == kind and all(fields.get(name) == value for name, value in said.items())


def evidence() -> Evidence:
    """Open every entry of the store."""
    named: dict[str, tuple[str, Fields]] = {}
    by_kind: dict[str, list[Fields]] = defaultdict(list)
    kinds = dict(Entry.objects.values_list("id", "kind"))
    for name, fields in fields_of().items():
        named[name] = (kinds[name], fields)
        by_kind[kinds[name]].append(fields)
    return Evidence(named, by_kind)


def unproven() -> list[str]:
    """List every effect for which there is no entry; nothing is what promise 4 wants to see."""
    known = evidence()
    return [
        *_filings(known),
        *_cases(known),
        *_decisions(known),
        *_acts(known),
        *_licences(known),
        *_showings(known),
        *_papers(known),
        *_facts(known),
        *_lines(known),
        *_history(known),
    ]


def _filings(known: Evidence) -> Iterator[str]:
    for filing in Filing.objects.all():
        number = filing.number
        wanted = {"filing.opened": True, "filing.submitted": filing.submitted_at is not None}
        wanted["human.requested"] = filing.human_asked_at is not None
        wanted["draft.expired"] = filing.stage == "expired"
        wanted["filing.withdrawn"] = filing.stage == "withdrawn"
        for kind, is_wanted in wanted.items():
            if is_wanted and not known.has(kind, filing_number=number):
                yield f"filing {number} has no {kind}"
    for party in Participant.objects.filter(must_confirm=True, confirmed_at__isnull=False):
        if not known.has("participant.confirmed", filing_number=party.filing.number, confirmed="yes"):
            yield f"{party.role} of {party.filing.number} confirmed without evidence"


def _cases(known: Evidence) -> Iterator[str]:
    for case in Case.objects.exclude(number=None):
        wanted = {
            "case.accepted": case.accepted_at is not None,
            "case.correction_requested": case.told_at is not None,
            "case.completed": case.completed_at is not None,
            "case.withdrawn": case.state == "withdrawn",
            "case.special_procedure": case.pauses.exists() or case.extended_at is not None,
        }
        for kind, is_wanted in wanted.items():
            if is_wanted and not known.has(kind, case_number=case.number):
                yield f"case {case.number} ({case.item}, {case.state}) has no {kind}"
        proof = STATES.get(case.state)
        if proof is not None and not known.has(proof[0], **_about(case, proof[0]), **proof[1]):
            yield f"case {case.number} ({case.item}) is {case.state}, and nobody said so"
    for pledge in SignedPledge.objects.exclude(checked_at=None):
        if not known.has("pledge.checked", pledge=pledge.pledge, result=pledge.state):
            yield f"pledge {pledge.pk} was checked without evidence"


def _about(case: Case, kind: str) -> Fields:
    """Give by what an entry of the kind names a case: what is done to a licence names that."""
    by_licence = kind.startswith("licence.")
    return {"licence_identifier": case.licence} if by_licence else {"case_number": case.number}


def _decisions(known: Evidence) -> Iterator[str]:
    for decision in Decision.objects.select_related("case"):
        said = {"case_number": decision.case.number, "decision": decision.outcome, "maker": decision.maker}
        if not known.is_about(decision.entry_id, "case.decided", **said):
            yield f"decision on {decision.case.number} rests on no entry that says so"


def _acts(known: Evidence) -> Iterator[str]:
    for act in Act.objects.select_related("case"):
        said = {"case_number": act.case.number, "act": act.name, "act_key": act.key}
        if not known.has("act.intended", **said):
            yield f"act {act.key} was intended without evidence"
        settled = ACT_STATES.get(act.state, ())
        if settled and not any(known.has(kind, **said) for kind in settled):
            yield f"act {act.key} is {act.state} without evidence"


def _licences(known: Evidence) -> Iterator[str]:
    for row in LicenceRow.objects.all():
        said = {"licence_identifier": row.identifier, "content_digest": row.digest}
        if not known.is_about(row.prepared_entry, "licence.prepared", **said):
            yield f"licence {row.identifier} was prepared without evidence"
        if row.signature and not known.is_about(row.signed_entry, "licence.signed", **said):
            yield f"licence {row.identifier} was signed without evidence"
    for change in StatusChangeRow.objects.select_related("licence"):
        named = {"licence_identifier": change.licence.identifier, "status": change.status}
        if not known.is_about(change.entry, "licence.status_changed", **named):
            yield f"licence {change.licence.identifier} became {change.status} without evidence"


def _showings(known: Evidence) -> Iterator[str]:
    for row in PresentationRow.objects.select_related("licence"):
        said = {"licence_identifier": row.licence.identifier, "consumer": row.audience}
        if not known.is_about(row.entry, "licence.presented", **said):
            yield f"presentation {row.pk} was made without evidence"
        named = {"licence_identifier": row.licence.identifier, "decision_entry": row.entry}
        if row.withdrawn_at and not known.has("licence.presentation_withdrawn", **named):
            yield f"presentation {row.pk} was withdrawn without evidence"
        if row.opened_at and not row.licence.looks.filter(way="link", at=row.opened_at).exists():
            yield f"presentation {row.pk} was opened and its holder cannot read it"
    for look in LookRow.objects.select_related("licence"):
        if not known.is_about(look.entry, "licence.opened", licence_identifier=look.licence.identifier):
            yield f"look {look.pk} has no evidence"


def _papers(known: Evidence) -> Iterator[str]:
    for notice in NoticeRow.objects.all():
        said = {"notice_number": notice.number, "case_number": notice.case_number}
        if not known.is_about(notice.entry, "notice.issued", **said):
            yield f"notice {notice.number} was given without evidence"
        if notice.decision_entry not in known.named:
            yield f"notice {notice.number} rests on an act without evidence"
    for material in MaterialRow.objects.all():
        kind, said = "material.received", {"material_digest": material.sha256}
        if material.collection == papers.Collection.PAPER:
            kind, said = "material.taken_on_paper", {"material": material.material}
        if not known.is_about(material.received_entry, kind, **said):
            yield f"material {material.pk} was taken in without evidence"


def _facts(known: Evidence) -> Iterator[str]:
    for fact in Fact.objects.select_related("filing").exclude(status__in=("late", "not_applicable")):
        kind, fields = known.named.get(fact.share_id or "", ("", {}))
        names = fields.get("elements", ())
        about = fields.get("filing_number") == fact.filing.number and fields.get("resource") == fact.resource
        is_released = kind == "share.released" and (fact.element in names or fact.status == "withheld")
        is_refused = kind == "share.refused" and fact.status == "withheld"
        if not (about and (is_released or is_refused)):
            yield f"fact {fact.element} ({fact.status}) of {fact.filing.number} has no share on record"
    for review in ReviewRequest.objects.exclude(answered_at=None).select_related("case"):
        if not known.has("human.answered", case_number=review.case.number):
            yield f"the reasons for {review.case.number} were explained without evidence"
    for contest in Contest.objects.all():
        if not known.has("facts.contested", correction=str(contest.pk)):
            yield f"dispute {contest.pk} was raised without evidence"
        if contest.answered_at and not known.has("correction.answered", correction=str(contest.pk)):
            yield f"dispute {contest.pk} was answered without evidence"


def _history(known: Evidence) -> Iterator[str]:
    """The national history of each case beside the ledger: every line is proved, and none is missing."""
    told = set()
    for event in Event.objects.exclude(status_code=None).select_related("case"):
        code, case = event.status_code or 0, event.case
        assert case is not None
        told.add((event.entry_id, code))
        if code in PROVEN_BY and case.number is not None:
            proofs = [PROVEN_BY[code], *([REVOKED] if code == StatusCode.REVOKED else [])]
            entry = event.entry_id or ""
            if not any(known.is_about(entry, kind, **_about(case, kind), **said) for kind, said in proofs):
                yield f"status {code} of {case.number} rests on no entry that says so"
        if code == StatusCode.GRANTED and not known.has(
            "case.decided", case_number=case.number, decision="yes"
        ):
            yield f"{case.number} is told to be granted, and nobody decided so"
        if code in BY_OTHERS and event.entry_id is not None:
            yield f"status {code} of {case.number} names an entry of something else"
    for name, (kind, _) in known.named.items():
        if kind in ALWAYS_TOLD and not any((name, code) in told for code in ALWAYS_TOLD[kind]):
            yield f"the entry {name} ({kind}) has no line in the history of its case"


def _lines(known: Evidence) -> Iterator[str]:
    for event in Event.objects.exclude(entry_id=None):
        if event.entry_id not in known.named:
            yield f"a line of the timeline ({event.kind}) names an entry that is not there"
