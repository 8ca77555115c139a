"""The door of filings and cases."""

from tongban.cases.actions.acts import resolve_act
from tongban.cases.actions.afterwards import answer_review, ask_for_review, rate
from tongban.cases.actions.corrections import supply
from tongban.cases.actions.drafts import Filer, Opened, open_draft, put_answers
from tongban.cases.actions.facts import answer_contest, contest
from tongban.cases.actions.looking import open_facts
from tongban.cases.actions.officers.clock import begin_pause, end_pause, extend
from tongban.cases.actions.officers.completing import ask_to_complete, confirm_lapse
from tongban.cases.actions.officers.deciding import approve, claim_case, not_accept, refuse
from tongban.cases.actions.once import Request
from tongban.cases.actions.submission import ask_for_person, confirm, expire_drafts, withdraw
from tongban.cases.actions.work import Lease
from tongban.cases.jobs.advance import advance, carry, carry_within, judge_case, work_once
from tongban.cases.jobs.gather import gather, see
from tongban.cases.jobs.submitting import Checked, Stop, check, submit
from tongban.cases.queries.desk import (
    ActLine,
    ContestLine,
    DeskLine,
    FactLine,
    acts_of,
    contests_at,
    desk,
    filing_of_case,
    reviews_at,
)
from tongban.cases.queries.forms import FormPage, form_page
from tongban.cases.queries.readers import (
    CasePage,
    FilingCard,
    FilingPage,
    Line,
    Reader,
    filing_page,
    filings,
    require_visible,
)
from tongban.cases.queries.sight import Sight
from tongban.cases.queries.snapshots import snapshot
from tongban.cases.rules.forms import Named
from tongban.cases.rules.officers import PROCEDURES
from tongban.cases.rules.states import CASE_WORDS, STATUS_WORDS, CaseState, FilingStatus, Stage, StatusCode
from tongban.cases.rules.verdicts import Verdict, Way
from tongban.cases.workplace import Workplace

__all__ = [
    "CASE_WORDS",
    "PROCEDURES",
    "STATUS_WORDS",
    "ActLine",
    "CasePage",
    "CaseState",
    "Checked",
    "ContestLine",
    "DeskLine",
    "FactLine",
    "Filer",
    "FilingCard",
    "FilingPage",
    "FilingStatus",
    "FormPage",
    "Lease",
    "Line",
    "Named",
    "Opened",
    "Reader",
    "Request",
    "Sight",
    "Stage",
    "StatusCode",
    "Stop",
    "Verdict",
    "Way",
    "Workplace",
    "acts_of",
    "advance",
    "answer_contest",
    "answer_review",
    "approve",
    "ask_for_person",
    "ask_for_review",
    "ask_to_complete",
    "begin_pause",
    "carry",
    "carry_within",
    "check",
    "claim_case",
    "confirm",
    "confirm_lapse",
    "contest",
    "contests_at",
    "desk",
    "end_pause",
    "expire_drafts",
    "extend",
    "filing_of_case",
    "filing_page",
    "filings",
    "form_page",
    "gather",
    "judge_case",
    "not_accept",
    "open_draft",
    "open_facts",
    "put_answers",
    "rate",
    "refuse",
    "require_visible",
    "resolve_act",
    "reviews_at",
    "see",
    "snapshot",
    "submit",
    "supply",
    "withdraw",
    "work_once",
]
