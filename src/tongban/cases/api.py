"""The door of filings and cases."""

from tongban.cases.actions.acts import resolve_act
from tongban.cases.actions.afterwards import answer_review, ask_for_review, rate
from tongban.cases.actions.corrections import supply
from tongban.cases.actions.drafts import Opened, open_draft, put_answers
from tongban.cases.actions.facts import answer_contest, contest
from tongban.cases.actions.filers import Filer
from tongban.cases.actions.looking import OpenedContest, open_contest, open_facts
from tongban.cases.actions.officers.checking import check_pledge, revoke_for_breach
from tongban.cases.actions.officers.clock import begin_pause, end_pause, extend
from tongban.cases.actions.officers.completing import ask_to_complete, confirm_lapse
from tongban.cases.actions.officers.deciding import approve, not_accept, refuse
from tongban.cases.actions.officers.licensing import (
    change_licence,
    change_licence_status,
    open_licence,
    renew_licence,
)
from tongban.cases.actions.officers.taking import claim_case, give_back, take_over
from tongban.cases.actions.once import Request
from tongban.cases.actions.rendering import original_of, render_licence
from tongban.cases.actions.showing import show_licence, withdraw_showing
from tongban.cases.actions.submission import ask_for_person, confirm, expire_drafts, withdraw
from tongban.cases.actions.work import Lease
from tongban.cases.jobs.advance import advance, carry, carry_within, judge_case, work_once
from tongban.cases.jobs.clocks import recompute_provisional, ring_overdue
from tongban.cases.jobs.examining import (
    FACT_WORDS,
    CheckLine,
    Examined,
    PartyLines,
    Prepared,
    SourceLine,
    ValueLine,
    examine,
    prepare_decision,
)
from tongban.cases.jobs.finding import find
from tongban.cases.jobs.gather import gather
from tongban.cases.jobs.handing_in import AskedMaterial, asked_materials, hand_in, take_paper
from tongban.cases.jobs.looking_up import LookedUp, look_up_licence
from tongban.cases.jobs.resuming import resume_granted
from tongban.cases.jobs.settling import settle_licence
from tongban.cases.jobs.submitting import Checked, Stop, check, submit
from tongban.cases.queries.desk import (
    ActLine,
    ContestLine,
    FactLine,
    ReviewAsked,
    UnansweredContest,
    acts_of,
    contests_at,
    filing_of_case,
    reviews_at,
    unanswered_contests,
)
from tongban.cases.queries.forms import FormPage, form_page
from tongban.cases.queries.licensing import LicencePage, OfficerLicence, licences_at, officer_licence
from tongban.cases.queries.officer import (
    ClockLine,
    DecisionLine,
    OfficerCase,
    PauseLine,
    ReviewLine,
    officer_case,
)
from tongban.cases.queries.pledges import OwnPledge, PledgeLine, pledges_at, pledges_of
from tongban.cases.queries.readers import (
    CasePage,
    FilingCard,
    FilingPage,
    Reader,
    filing_page,
    filings,
    require_visible,
)
from tongban.cases.queries.resting import RestingLine, resting_on_revoked
from tongban.cases.queries.results import (
    LookLine,
    decision_proof_for,
    licence_for,
    licences_for,
    looks_at_licence,
    notice_for,
    notice_on_licence,
    notices_for,
    notices_on_licence,
    require_owner,
    share_receipt_for,
)
from tongban.cases.queries.sight import Sight, see
from tongban.cases.queries.snapshots import snapshot
from tongban.cases.queries.timeline import Line
from tongban.cases.queries.urgency import Choice, Desk, DeskLine, Urgency, desk
from tongban.cases.queries.waiting import WaitingWork, waiting_work
from tongban.cases.rules.forms import Named
from tongban.cases.rules.licensing import LicencePower
from tongban.cases.rules.officers import PROCEDURES
from tongban.cases.rules.powers import Power
from tongban.cases.rules.states import CASE_WORDS, STATUS_WORDS, CaseState, FilingStatus, Stage, StatusCode
from tongban.cases.rules.verdicts import Verdict, Way
from tongban.cases.snapshot import ActView, CaseView
from tongban.cases.workplace import Workplace

__all__ = [
    "CASE_WORDS",
    "FACT_WORDS",
    "PROCEDURES",
    "STATUS_WORDS",
    "ActLine",
    "ActView",
    "AskedMaterial",
    "CasePage",
    "CaseState",
    "CaseView",
    "CheckLine",
    "Checked",
    "Choice",
    "ClockLine",
    "ContestLine",
    "DecisionLine",
    "Desk",
    "DeskLine",
    "Examined",
    "FactLine",
    "Filer",
    "FilingCard",
    "FilingPage",
    "FilingStatus",
    "FormPage",
    "Lease",
    "LicencePage",
    "LicencePower",
    "Line",
    "LookLine",
    "LookedUp",
    "Named",
    "OfficerCase",
    "OfficerLicence",
    "Opened",
    "OpenedContest",
    "OwnPledge",
    "PartyLines",
    "PauseLine",
    "PledgeLine",
    "Power",
    "Prepared",
    "Reader",
    "Request",
    "RestingLine",
    "ReviewAsked",
    "ReviewLine",
    "Sight",
    "SourceLine",
    "Stage",
    "StatusCode",
    "Stop",
    "UnansweredContest",
    "Urgency",
    "ValueLine",
    "Verdict",
    "WaitingWork",
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
    "asked_materials",
    "begin_pause",
    "carry",
    "carry_within",
    "change_licence",
    "change_licence_status",
    "check",
    "check_pledge",
    "claim_case",
    "confirm",
    "confirm_lapse",
    "contest",
    "contests_at",
    "decision_proof_for",
    "desk",
    "end_pause",
    "examine",
    "expire_drafts",
    "extend",
    "filing_of_case",
    "filing_page",
    "filings",
    "find",
    "form_page",
    "gather",
    "give_back",
    "hand_in",
    "judge_case",
    "licence_for",
    "licences_at",
    "licences_for",
    "look_up_licence",
    "looks_at_licence",
    "not_accept",
    "notice_for",
    "notice_on_licence",
    "notices_for",
    "notices_on_licence",
    "officer_case",
    "officer_licence",
    "open_contest",
    "open_draft",
    "open_facts",
    "open_licence",
    "original_of",
    "pledges_at",
    "pledges_of",
    "prepare_decision",
    "put_answers",
    "rate",
    "recompute_provisional",
    "refuse",
    "render_licence",
    "renew_licence",
    "require_owner",
    "require_visible",
    "resolve_act",
    "resting_on_revoked",
    "resume_granted",
    "reviews_at",
    "revoke_for_breach",
    "ring_overdue",
    "see",
    "settle_licence",
    "share_receipt_for",
    "show_licence",
    "snapshot",
    "submit",
    "supply",
    "take_over",
    "take_paper",
    "unanswered_contests",
    "waiting_work",
    "withdraw",
    "withdraw_showing",
    "work_once",
]
