"""Which officers may do what, and the special procedures there are. Pure."""

from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry

RECEIVERS = (registry.Role.RECEPTIONIST, registry.Role.APPROVER, registry.Role.LEADER)
DECIDERS = (registry.Role.APPROVER, registry.Role.LEADER)

# Administrative Licensing Law art. 45: time for these is not counted (found).
PROCEDURES = {
    "hearing": Text("听证", "Hearing"),
    "tender": Text("招标", "Tender"),
    "auction": Text("拍卖", "Auction"),
    "inspection": Text("检验", "Inspection"),
    "testing": Text("检测", "Testing"),
    "quarantine": Text("检疫", "Quarantine"),
    "appraisal": Text("鉴定", "Appraisal"),
    "expert_review": Text("专家评审", "Expert review"),
}


# That article is the Licensing Law's and binds licences alone. No item of another type has been found whose
# own law stops its clock; one that does would declare it, with its article, as `limits` declare an extension.
LICENSING = "01"


def no_such_case(case_number: str) -> NotFound:
    """Say that there is no such case for this officer."""
    return NotFound(
        "cases.no_case",
        what=Text(
            f"没有查到办件 {case_number}。", f"There is no case {case_number} at your office for your role."
        ),
        todo=Text("请从“我的办件”进入。", "Open it from your list."),
    )


def no_such_filing(number: str) -> NotFound:
    """Say that there is no filing by that number (for this reader)."""
    return NotFound(
        "cases.no_filing",
        what=Text(f"没有查到申报 {number}。", f"There is no filing {number} that you may see."),
        todo=Text(
            "请核对申报号，或确认您是本人、经办人或承办部门。",
            "Check the number and who you are signed in as.",
        ),
    )


def taken(name: str) -> Conflict:
    """Say who has taken the case."""
    return Conflict(
        "cases.claimed",
        what=Text(f"该办件已由{name}领取。", f"{name} has this case."),
        todo=Text(
            "请先联系对方退回，或由部门负责人接手。",
            "Ask them to give it back first, or the head of the office to take it over.",
        ),
    )


def not_taken() -> Conflict:
    """Say that there is nothing to give back or to take over."""
    return Conflict(
        "cases.not_claimed",
        what=Text("该办件的领取情况已有变化。", "Who has this case has changed."),
        todo=Text("请刷新页面。", "Reload the page."),
    )


def accepted_already(case_number: str) -> Conflict:
    """Say that what comes before acceptance is no longer possible."""
    return Conflict(
        "cases.accepted_already",
        what=Text(
            f"办件 {case_number} 已受理或已告知补正，不能再次要求。",
            f"Case {case_number} was accepted, or its one correction notice was given.",
        ),
        todo=Text("请依法作出准予或不予的决定。", "Decide it: grant or refuse."),
    )


def not_lapsed(case_number: str) -> Conflict:
    """Say that the time for completing has not run out."""
    return Conflict(
        "cases.not_lapsed",
        what=Text(
            f"办件 {case_number} 的补正期限未到。",
            f"The time to complete case {case_number} has not run out.",
        ),
        todo=Text("请等待期限届满。", "Wait until it has."),
    )


def cannot_pause() -> Invalid:
    """Say what a special procedure needs."""
    return Invalid(
        "cases.pause_invalid",
        what=Text(
            "特别程序的种类、理由或所需天数不符合规定，或没有进行中的特别程序。",
            "Kind, reason or days do not make a special procedure, or none is under way.",
        ),
        todo=Text(
            "受理后方可启动；请选择种类并写明理由和所需工作日。",
            "After acceptance, choose a kind and state reason and working days.",
        ),
    )


def no_special_procedure() -> Conflict:
    """Say that no law stops the clock of this item."""
    return Conflict(
        "cases.no_special_procedure",
        what=Text(
            "特别程序只适用于行政许可事项（行政许可法第四十五条），本事项的时限不能停止计算。",
            "Special procedures are for licences alone (Administrative Licensing Law art. 45); no law stops"
            " the clock of this item.",
        ),
        todo=Text("请在期限内办理。", "Decide it within its time."),
    )


def cannot_extend() -> Conflict:
    """Say that there is no extension to give."""
    return Conflict(
        "cases.cannot_extend",
        what=Text(
            "本事项不能延长，或已经延长过一次。", "This item cannot be extended, or was extended once."
        ),
        todo=Text("请在期限内作出决定。", "Decide within the time."),
    )
