"""What each form calls in the end: one action of cases, with what was read from the form."""

from collections.abc import Mapping

from tongban.cases import api as cases
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.workbench.forms.shape import Deed


def give_back(deed: Deed, _: Mapping[str, str]) -> None:
    """Give back a case that one has taken."""
    cases.give_back(deed.case.filing, deed.case.number, staff=deed.staff, at=deed.at)


def take_over(deed: Deed, sent: Mapping[str, str]) -> None:
    """Take a case over from a colleague."""
    cases.take_over(deed.case.filing, deed.case.number, staff=deed.staff, reason=sent["reason"], at=deed.at)


def approve(deed: Deed, sent: Mapping[str, str]) -> None:
    """Grant in full."""
    cases.approve(
        deed.prepared.sight,
        deed.case.number,
        staff=deed.staff,
        reasons=sent["reasons"],
        record=deed.prepared.record,
        at=deed.at,
    )


def refuse(deed: Deed, sent: Mapping[str, str]) -> None:
    """Refuse."""
    cases.refuse(
        deed.prepared.sight,
        deed.case.number,
        staff=deed.staff,
        reasons=sent["reasons"],
        record=deed.prepared.record,
        at=deed.at,
    )


def not_accept(deed: Deed, sent: Mapping[str, str]) -> None:
    """Do not accept; the office that is right is named only where it is another's."""
    elsewhere = sent["kind"] == "not_accepted"
    cases.not_accept(
        deed.prepared.sight,
        deed.case.number,
        staff=deed.staff,
        kind=sent["kind"],
        reasons=sent["reasons"],
        right_office=sent["right_office"] if elsewhere else "",
        at=deed.at,
    )


def complete(deed: Deed, sent: Mapping[str, str]) -> None:
    """Ask once for what is missing."""
    cases.ask_to_complete(
        deed.prepared.sight,
        deed.case.number,
        staff=deed.staff,
        wanting=sent["wanting"].splitlines(),
        at=deed.at,
    )


def take_paper(deed: Deed, sent: Mapping[str, str]) -> None:
    """Take a paper at the counter."""
    cases.take_paper(deed.prepared.sight, deed.case.number, sent["material"], staff=deed.staff, at=deed.at)


def lapse(deed: Deed, _: Mapping[str, str]) -> None:
    """Confirm that what was never completed counts as withdrawn."""
    cases.confirm_lapse(deed.prepared.sight, deed.case.number, staff=deed.staff, at=deed.at)


def pause(deed: Deed, sent: Mapping[str, str]) -> None:
    """Begin a special procedure."""
    cases.begin_pause(
        deed.prepared.sight,
        deed.case.number,
        staff=deed.staff,
        kind=sent["kind"],
        reason=sent["reason"],
        needs_days=int(sent["needs_days"]),
        at=deed.at,
    )


def resume(deed: Deed, sent: Mapping[str, str]) -> None:
    """End it."""
    cases.end_pause(
        deed.prepared.sight, deed.case.number, staff=deed.staff, outcome=sent["outcome"], at=deed.at
    )


def extend(deed: Deed, sent: Mapping[str, str]) -> None:
    """Extend the statutory time."""
    cases.extend(deed.prepared.sight, deed.case.number, staff=deed.staff, reason=sent["reasons"], at=deed.at)


def explain(deed: Deed, sent: Mapping[str, str]) -> None:
    """Answer somebody who asked for the reasons."""
    cases.answer_review(
        deed.case.filing, deed.case.number, staff=deed.staff, answer=sent["answer"], at=deed.at
    )


def find_out(deed: Deed, sent: Mapping[str, str]) -> None:
    """Record what became of a registration elsewhere."""
    cases.resolve_act(
        deed.case.filing,
        next((act.id for _, act in deed.case.acts if str(act.id) == deed.part), 0),
        staff=deed.staff,
        outcome=sent["outcome"],
        office_number=sent["office_number"],
        note=sent["note"],
        sight=deed.prepared.sight,
        at=deed.at,
    )


def check_pledge(deed: Deed, sent: Mapping[str, str]) -> None:
    """Record whether a pledge was kept."""
    cases.check_pledge(
        deed.case.filing,
        deed.case.number,
        deed.part,
        staff=deed.staff,
        kept=sent["kept"] == "kept",
        found=sent["found"],
        at=deed.at,
    )


def revoke(deed: Deed, sent: Mapping[str, str]) -> None:
    """Revoke what was granted on a pledge that was not kept."""
    cases.revoke_for_breach(
        deed.case.filing,
        deed.case.number,
        deed.part,
        staff=deed.staff,
        reasons=sent["reasons"],
        basis=sent["basis"],
        bad_faith=sent["ground"] == "bad_faith",
        at=deed.at,
    )


def names_an_office(sent: Mapping[str, str]) -> None:
    """Demand the right office where it is another's: the applicant is told whom to ask (art. 32)."""
    if sent["kind"] == "not_accepted" and not sent["right_office"]:
        raise Invalid(
            "workbench.no_office_named",
            what=Text("没有选择应当向哪个机关申请。", "The office that it is for was not chosen."),
            todo=Text("请选择有权机关。", "Choose the competent office."),
        )


def gives_the_number(sent: Mapping[str, str]) -> None:
    """Demand the number given there where something was registered."""
    if sent["outcome"] == "done" and not sent["office_number"]:
        raise Invalid(
            "workbench.no_office_number",
            what=Text("没有填写对方登记编号。", "The number given there is missing."),
            todo=Text("请向对方核实编号后填写。", "Ask for it there and write it down."),
        )
