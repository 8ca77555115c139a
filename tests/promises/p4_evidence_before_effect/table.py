"""The table: one row for each effect, more where several acts write the same kind of entry."""

from typing import Final

from tests.promises.p4_evidence_before_effect import breaks, moments
from tests.promises.p4_evidence_before_effect.breaks import Break, by_itself, decide, lead, owners
from tongban.cases import api as cases

FILING: Final = (
    Break("filing.opened", "a draft", moments.nothing_yet, breaks.open_draft, breaks.filings),
    Break(
        "authority.recorded",
        "the owner's coming in person",
        moments.a_draft_by_telephone,
        moments.begin_at_the_counter,
        moments.owners_present,
    ),
    Break(
        "share.released",
        "the answer of a share",
        moments.nothing_yet,
        breaks.fill_in,
        breaks.fetched,
        whole=False,
    ),
    Break(
        "share.refused",
        "the refusal of a share",
        breaks.without_grants,
        breaks.fill_in,
        breaks.withheld,
        whole=False,
    ),
    by_itself("filing.submitted", "a submission", breaks.submitted),
    by_itself("case.accepted", "an acceptance by rule", breaks.accepted),
    by_itself("case.decided", "a decision by rule", breaks.decided),
    by_itself("notice.issued", "a notice", breaks.notices),
    by_itself("act.intended", "an act sent to another organisation", breaks.acts_sent),
    by_itself("act.done", "the outcome of an act", breaks.acts_settled),
    by_itself("act.refused", "a refusal elsewhere", breaks.act_states, moments.a_closed_tax_office),
    by_itself("act.in_doubt", "a doubt", breaks.act_states, moments.a_silent_bank),
    by_itself("licence.prepared", "a licence", breaks.licences_prepared),
    by_itself("licence.signed", "the signature of a licence", breaks.licences_shown),
    by_itself(
        "case.correction_requested",
        "the one correction notice",
        breaks.corrections,
        moments.an_incomplete_draft,
    ),
    by_itself("pledge.signed", "a promise for a proof", breaks.pledges, moments.a_pledged_draft),
)
OFFICERS: Final = (
    Break("case.decided", "a yes by a person", moments.with_an_officer, decide("yes"), breaks.decided),
    Break("case.decided", "a no by a person", moments.with_an_officer, decide("no"), breaks.decided),
    Break("case.not_accepted", "a no at the door", moments.with_an_officer, breaks.not_accept, breaks.ended),
    Break("case.taken_over", "a case taken over", moments.taken, breaks.take_over, breaks.taken),
    Break(
        "case.special_procedure",
        "a clock that stops",
        moments.with_an_officer,
        moments.begin_pause,
        breaks.clocks,
    ),
    Break(
        "case.special_procedure",
        "a clock that goes on",
        moments.paused,
        lead(cases.end_pause, outcome="通过"),
        breaks.clocks,
    ),
    Break(
        "case.special_procedure",
        "a longer time",
        moments.with_an_officer,
        lead(cases.extend, reason="案情复杂"),
        breaks.clocks,
    ),
    Break(
        "case.withdrawn",
        "a lapse that a person confirms",
        moments.never_completed,
        lead(cases.confirm_lapse),
        breaks.ended,
    ),
    Break("facts.opened", "a look at a case", moments.with_an_officer, breaks.look, breaks.looks),
    Break(
        "facts.opened", "a look at a dispute", moments.a_disputed_fact, breaks.look_at_dispute, breaks.looks
    ),
    Break(
        "correction.answered", "a corrected value", moments.a_disputed_fact, breaks.correct, breaks.disputes
    ),
    Break("act.resolved", "the end of a doubt", moments.in_doubt, moments.resolve, breaks.acts_settled),
    Break(
        "pledge.checked",
        "a promise found broken",
        moments.a_kept_promise,
        breaks.check_pledge,
        breaks.pledges,
    ),
    Break("pledge.checked", "a breach on record", moments.a_broken_promise, breaks.revoke, breaks.pledges),
    Break("licence.status_changed", "a revocation", moments.a_broken_promise, breaks.revoke, breaks.statuses),
    Break("licence.status_changed", "a suspension", moments.granted, breaks.suspend_licence, breaks.statuses),
    Break(
        "licence.version_decided",
        "a changed licence",
        moments.granted,
        breaks.change_licence,
        breaks.licences_prepared,
    ),
    Break(
        "licence.presented",
        "something shown",
        moments.granted,
        breaks.show_licence,
        breaks.presentations,
        whole=False,
    ),
    Break(
        "licence.presentation_withdrawn",
        "a link withdrawn",
        moments.shown_to_somebody,
        breaks.withdraw_showing,
        breaks.presentations,
    ),
    Break(
        "licence.opened", "a link opened", moments.shown_to_somebody, breaks.open_link, breaks.licence_looks
    ),
    Break(
        "licence.opened", "a look at a licence", moments.granted, breaks.look_at_licence, breaks.licence_looks
    ),
    Break(
        "grant.withdrawn", "the end of a right", moments.nothing_yet, breaks.withdraw_a_grant, breaks.rights
    ),
    Break("pack.withdrawn", "the end of a pack", moments.nothing_yet, breaks.withdraw_pack, breaks.packs),
)
PEOPLE: Final = (
    Break(
        "participant.confirmed",
        "a partner's word",
        moments.a_draft_with_a_partner,
        owners(cases.confirm, "wang_jianguo", agrees=True),
        breaks.confirmed,
    ),
    Break(
        "case.withdrawn",
        "a withdrawal",
        moments.with_an_officer,
        owners(cases.withdraw, "zhang_dahai"),
        breaks.ended,
    ),
    Break(
        "filing.withdrawn",
        "a draft given up",
        moments.a_draft,
        owners(cases.withdraw, "li_chunyan"),
        breaks.ended,
    ),
    Break(
        "human.answered",
        "the reasons given",
        moments.asked_for_reasons,
        breaks.give_reasons,
        breaks.reasons_given,
    ),
    Break(
        "human.requested",
        "the wish for a person",
        moments.a_draft,
        owners(cases.ask_for_person, "li_chunyan"),
        breaks.people_asked_for,
    ),
    Break(
        "human.requested",
        "the wish for reasons",
        moments.granted,
        breaks.ask_for_reasons,
        breaks.people_asked_for,
    ),
    Break("facts.contested", "a dispute", moments.a_shown_fact, moments.contest, breaks.disputes),
    Break(
        "case.completed",
        "a completion",
        moments.to_be_completed,
        breaks.supply,
        breaks.corrections,
    ),
    Break(
        "material.taken_on_paper",
        "a paper taken at the counter",
        moments.a_paper_awaited,
        breaks.take_paper,
        breaks.materials,
    ),
    Break("material.received", "a document", moments.an_upload, moments.receive, breaks.materials),
)
LAW: Final = (
    Break(
        "draft.expired",
        "the end of a draft",
        moments.an_old_draft,
        breaks.expire,
        breaks.forgotten,
    ),
    Break(
        "deadline.counted_again",
        "a deadline that moves",
        moments.with_an_officer_over_new_year,
        breaks.count_again,
        breaks.clocks,
    ),
    Break(
        "material.destroyed",
        "a document destroyed",
        moments.a_material_past_its_time,
        breaks.keep_retention,
        breaks.materials,
    ),
)
BREAKS: Final = (*FILING, *OFFICERS, *PEOPLE, *LAW)
