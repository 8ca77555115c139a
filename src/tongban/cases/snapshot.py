"""A filing as it stood at one moment: frozen, so that everything decided from it can be pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tongban.cases.rules.states import CaseState, Stage
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class PartyView:
    """One participant; `ref` is its role and position."""

    id: int
    ref: items.Ref
    kind: str
    same_as: items.Ref | None
    identity_type: str
    identity_number: str
    name: str
    must_confirm: bool
    confirmed_at: datetime | None
    declined_at: datetime | None

    @property
    def is_awaited(self) -> bool:
        """Say whether this person must still confirm for themselves."""
        return self.must_confirm and self.confirmed_at is None


@dataclass(frozen=True, slots=True)
class FactView:
    """The newest value of an element about a participant, for one consumer, purpose and key."""

    id: int
    ref: items.Ref
    element: str
    value: object  # as stored: JSON
    status: str
    source: str
    consumer: str
    purpose: str
    resource: str
    key_digest: str
    reason: Text | None
    by_source: bool  # withheld by the source itself, not for want of a grant
    as_of: datetime | None
    fetched_at: datetime
    share_id: str | None

    @property
    def wants_grant(self) -> bool:
        """Say whether it is withheld for want of a right, so that a grant would bring it."""
        return self.status == "withheld" and not self.by_source


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case."""

    id: int
    item: str
    position: int
    office: str
    in_name_of: str
    implementation_code: str
    number: str | None
    state: CaseState
    received_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    acceptance_due_at: datetime | None
    statutory_due_at: datetime | None
    promised_due_at: datetime | None
    correction_due_at: datetime | None
    closing_due_at: datetime | None
    warn_at: datetime | None
    due_provisional: bool
    alarm: int
    corrections: int
    person_needed: tuple[Text, ...]
    claimed_by_id: int | None
    produced: tuple[tuple[items.Ref, str, object], ...]
    licence: str
    paused: bool


@dataclass(frozen=True, slots=True)
class ActView:
    """One registration at another organisation."""

    id: int
    case_id: int
    name: str
    key: str
    connector: str
    operation: str
    body: str
    fields: Mapping[str, exchange.FieldValue]
    state: str
    number: str
    perhaps_sent_at: datetime | None  # the first try that may have arrived
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One filing with everything that decides what comes next."""

    id: int
    number: str
    bundle: str
    bundle_version: int
    bundle_digest: str
    division: str
    stage: Stage
    revision: int
    owner_id: int
    channel: str
    filed_by_id: int | None
    language: str
    opened_at: datetime
    submitted_at: datetime | None
    human_asked_at: datetime | None
    retry_at: datetime | None
    attempts: int
    parties: tuple[PartyView, ...]
    answers: items.Answers
    facts: tuple[FactView, ...]
    contested: frozenset[int]  # ids of facts with an open dispute
    materials: frozenset[str]  # "item.material" of every document handed in and kept
    cases: tuple[CaseView, ...]
    acts: tuple[ActView, ...]

    def case(self, item: str) -> CaseView:
        """Give the case of an item of this filing."""
        return next(case for case in self.cases if case.item == item)

    def acts_of(self, case_id: int) -> tuple[ActView, ...]:
        """Give the acts of a case."""
        return tuple(act for act in self.acts if act.case_id == case_id)

    @property
    def awaited(self) -> tuple[PartyView, ...]:
        """Give the participants who must still confirm for themselves."""
        return tuple(party for party in self.parties if party.is_awaited)
