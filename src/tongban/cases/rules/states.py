"""The states of a case, the national status codes, and how a filing's state follows from its cases."""

from collections.abc import Collection, Iterable
from enum import IntEnum, StrEnum

from tongban.kernel.texts import Text


class CaseState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"  # for another case of the filing
    RECEIVED = "received"
    CORRECTION = "correction"  # told once what is missing
    ACCEPTED = "accepted"
    ACTING = "acting"  # decided yes; registrations at other organisations under way
    ISSUING = "issuing"  # result prepared, not yet signed
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"  # granted, and taken back by a named person

    @property
    def is_end(self) -> bool:
        """Say whether nothing more happens by itself."""
        return self in ENDS


ENDS = frozenset(
    {
        CaseState.GRANTED,
        CaseState.REFUSED,
        CaseState.NOT_ACCEPTED,
        CaseState.WITHDRAWN,
        CaseState.REVOKED,
    }
)
UNDECIDED = frozenset({CaseState.WAITING, CaseState.RECEIVED, CaseState.CORRECTION, CaseState.ACCEPTED})


class StatusCode(IntEnum):
    """办件状态 as approval systems exchange it (status list 1–15; found in a national data standard)."""

    RECEIVED = 1
    WITHDRAWN_BEFORE = 2
    ACCEPTED = 3
    NOT_REQUIRED = 4
    NOT_ACCEPTED = 5
    CORRECTION_BEGINS = 6
    CORRECTION_ENDS = 7
    OFFICE_BEGINS = 8
    SPECIAL_BEGINS = 9
    SPECIAL_ENDS = 10
    GRANTED = 11
    GRANTED_WITH_GAP = 12
    REFUSED = 13
    WITHDRAWN = 14
    REVOKED = 15


class Stage(StrEnum):
    """Where a filing stands until its cases speak for it."""

    DRAFT = "draft"
    CONFIRMING = "confirming"  # submitted by the founder; others still confirm for themselves
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


LIVE = frozenset({Stage.DRAFT, Stage.CONFIRMING, Stage.SUBMITTED})  # what it is for may still be asked


class FilingStatus(StrEnum):
    """What a filing is called on the page, derived from its stage and its cases."""

    DRAFT = "draft"
    CONFIRMING = "confirming"
    RUNNING = "running"
    WITH_PERSON = "with_person"
    CORRECTION = "correction"
    APPROVED = "approved"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"


STATUS_WORDS = {
    FilingStatus.DRAFT: Text("草稿", "Draft"),
    FilingStatus.CONFIRMING: Text("等待其他当事人确认", "Waiting for others to confirm"),
    FilingStatus.RUNNING: Text("办理中", "In progress"),
    FilingStatus.WITH_PERSON: Text("人工审批中", "With an officer"),
    FilingStatus.CORRECTION: Text("待补正", "Something is missing"),
    FilingStatus.APPROVED: Text("全部办结", "All done"),
    FilingStatus.PARTLY: Text("部分办结", "Partly granted"),
    FilingStatus.REFUSED: Text("未予批准", "Not granted"),
    FilingStatus.WITHDRAWN: Text("已撤回", "Withdrawn"),
    FilingStatus.EXPIRED: Text("草稿已过期", "Draft expired"),
    FilingStatus.REVOKED: Text("准予已被撤销", "A grant was revoked"),
}

CASE_WORDS = {
    CaseState.WAITING: Text("等待前置事项", "Waiting for an earlier item"),
    CaseState.RECEIVED: Text("已收件", "Received"),
    CaseState.CORRECTION: Text("待补正", "Something is missing"),
    CaseState.ACCEPTED: Text("已受理", "Accepted"),
    CaseState.ACTING: Text("已准予，登记办理中", "Granted; being registered"),
    CaseState.ISSUING: Text("已准予，证照签发中", "Granted; being signed"),
    CaseState.GRANTED: Text("办结（准予）", "Granted"),
    CaseState.REFUSED: Text("办结（不予）", "Refused"),
    CaseState.NOT_ACCEPTED: Text("不予受理", "Not accepted"),
    CaseState.WITHDRAWN: Text("已撤回", "Withdrawn"),
    CaseState.REVOKED: Text("准予已撤销", "Revoked"),
}


def filing_status(stage: str, cases: Iterable[tuple[str, bool]]) -> FilingStatus:
    """Derive a filing's status from its stage and each case's (state, waits for a person)."""
    if stage in {Stage.DRAFT, Stage.CONFIRMING, Stage.EXPIRED, Stage.WITHDRAWN}:
        return FilingStatus(stage)
    listed = [(CaseState(state), person) for state, person in cases]
    states = {state for state, _ in listed}
    if states <= ENDS:
        return _ended(states)
    if CaseState.CORRECTION in states:
        return FilingStatus.CORRECTION
    if any(person and not state.is_end for state, person in listed):
        return FilingStatus.WITH_PERSON
    return FilingStatus.RUNNING


def _ended(states: Collection[CaseState]) -> FilingStatus:
    if CaseState.REVOKED in states:
        return FilingStatus.REVOKED
    if states == {CaseState.GRANTED}:
        return FilingStatus.APPROVED
    return FilingStatus.PARTLY if CaseState.GRANTED in states else FilingStatus.REFUSED
