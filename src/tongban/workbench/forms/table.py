"""Every form of an officer, by the word in its address."""

from collections.abc import Mapping

from tongban.cases import api as cases
from tongban.kernel.texts import Text
from tongban.workbench.forms import deeds
from tongban.workbench.forms.shape import Deed, Field, Form, Options

REASONS: Field[Deed] = Field(
    "reasons",
    Text("理由", "Reasons"),
    Text(
        "写明事实和依据，将印入文书并送达申请人。",
        "State facts and articles; they are printed in the notice.",
    ),
)


NOT_ACCEPTED_KINDS = {
    "not_accepted": Text("不属于本机关职权范围", "It is another office's"),
    "not_required": Text("依法不需要取得行政许可", "No licence is needed by law"),
}
ACT_OUTCOMES = {
    "done": Text("已在对方登记，填写登记编号", "It was registered; I give its number"),
    "again": Text("确认未登记，重新发送一次", "It was not registered; send it once more"),
}
BREACHES = {
    "not_rectified": Text("责令整改后逾期未改正", "Not put right in the time that was set"),
    "bad_faith": Text("承诺存在恶意", "Pledged in bad faith"),
}
KEPT = {
    "kept": Text("与承诺一致", "It was kept"),
    "not_kept": Text("与承诺不符，责令限期整改", "It was not kept; to be put right in time"),
}


def _offices(deed: Deed) -> Options:
    return {office.slug: office.name for office in deed.prepared.other_offices}


def _papers(deed: Deed) -> Options:
    """Give what the counter takes for this case and has not taken."""
    asked = cases.asked_materials(deed.prepared.sight, at=deed.at)
    return {
        each.material: each.label
        for each in asked
        if each.item == deed.case.item and each.counter is not None and not each.handed_in
    }


def _procedures(deed: Deed) -> Options:
    return deed.case.procedures


FORMS: Mapping[str, Form[Deed]] = {
    "give-back": Form(
        cases.Power.GIVE_BACK,
        Text("退回该办件", "Give this case back"),
        Text(
            "办件退回本部门，其他工作人员可以领取；期限照常计算。",
            "Your office has it again and a colleague may take it; its clocks run on.",
        ),
        Text("已退回。", "You gave the case back."),
        deeds.give_back,
    ),
    "take-over": Form(
        cases.Power.TAKE_OVER,
        Text("接手该办件", "Take this case over"),
        Text(
            "以部门负责人名义接手已由他人领取的办件；接手情况记入存证。",
            "As the head of the office you take it from the colleague who has it; this is kept as evidence.",
        ),
        Text("已接手。", "You took the case over."),
        deeds.take_over,
        (
            Field(
                "reason",
                Text("接手原因", "Why you take it over"),
                Text("例如领取人请假或已调离。", "For instance that the colleague is away or has left."),
                most=400,
            ),
        ),
    ),
    "approve": Form(
        cases.Power.DECIDE,
        Text("准予", "Grant"),
        Text(
            "以您的名义作出全部准予的决定；随后自动办理登记、制发证照。",
            "You grant it in full, by name; registrations and the licence follow by themselves.",
        ),
        Text("已作出准予决定。", "It is granted."),
        deeds.approve,
        (REASONS,),
    ),
    "refuse": Form(
        cases.Power.DECIDE,
        Text("不予批准", "Refuse"),
        Text(
            "以您的名义作出不予批准的决定；须说明理由，并告知申请人救济途径。",
            "You refuse it, by name, with reasons; the applicant is told where to turn.",
        ),
        Text("已作出不予批准的决定。", "It is refused."),
        deeds.refuse,
        (REASONS,),
        grave=True,
    ),
    "not-accept": Form(
        cases.Power.NOT_ACCEPT,
        Text("不予受理", "Do not accept"),
        Text(
            "受理前即时告知：不需要许可，或者属于其他机关职权并告知向谁申请（行政许可法第三十二条）。",
            "Told at once: no licence is needed, or it is another office's, which is named"
            " (Administrative Licensing Law, art. 32).",
        ),
        Text("已作出不予受理的决定。", "It is not accepted."),
        deeds.not_accept,
        (
            Field(
                "kind",
                Text("情形", "Which"),
                Text("两种情形选其一。", "One of the two."),
                "choice",
                options=lambda _: NOT_ACCEPTED_KINDS,
            ),
            Field(
                "right_office",
                Text("应当向哪个机关申请", "Which office it is for"),
                Text(
                    "首位为按办事地点推算的有权机关；不需要许可时不用选。",
                    "The first is the one competent for the place; not needed where no licence is.",
                ),
                "select",
                optional=True,
                options=_offices,
            ),
            REASONS,
        ),
        grave=True,
        check=deeds.names_an_office,
    ),
    "complete": Form(
        cases.Power.COMPLETE,
        Text("一次性告知补正", "Ask to complete, once"),
        Text(
            "只能告知一次，请把需要补正的全部内容写全（行政许可法第三十二条）。",
            "It can be asked only once: list everything (Administrative Licensing Law, art. 32).",
        ),
        Text("已出具补正告知。", "The applicant was asked to complete it."),
        deeds.complete,
        (
            Field(
                "wanting",
                Text("需要补正的内容", "What is to be completed"),
                Text("每行一项。", "One a line."),
                "lines",
            ),
        ),
    ),
    "take-paper": Form(
        cases.Power.TAKE_PAPER,
        Text("窗口收取纸质材料", "Take a paper at the counter"),
        Text(
            "依法不采用电子形式的材料（电子签名法第三条），只在窗口收取原件；以您的名义记入存证。",
            "What is not electronic by law (Electronic Signature Law, art. 3) is taken on paper alone; that"
            " you took it is evidence.",
        ),
        Text("已记录收到纸质材料。", "It is on record that you took it."),
        deeds.take_paper,
        (
            Field(
                "material",
                Text("收到的材料", "What you took"),
                Text("当面核对原件后选择。", "Choose it with the paper before you."),
                "choice",
                options=_papers,
            ),
        ),
    ),
    "lapse": Form(
        cases.Power.LAPSE,
        Text("确认逾期未补正", "Confirm that it was not completed"),
        Text(
            "补正期限已过，按本地规定视为撤回申请；该结果由您确认后生效。",
            "The time has run out; by local policy it counts as withdrawn once you confirm it.",
        ),
        Text("已确认，按撤回申请处理。", "Confirmed: it counts as withdrawn."),
        deeds.lapse,
        grave=True,
    ),
    "pause": Form(
        cases.Power.PAUSE,
        Text("启动特别程序", "Begin a special procedure"),
        Text(
            "所需时间不计入办理期限，并书面告知申请人（行政许可法第四十五条）。",
            "Its time does not count; the applicant is told in writing (art. 45).",
        ),
        Text("特别程序已启动，停止计时。", "The special procedure has begun; the clock stands still."),
        deeds.pause,
        (
            Field(
                "kind",
                Text("种类", "Which procedure"),
                Text("法律列举的程序。", "Those that the law names."),
                "select",
                options=_procedures,
            ),
            Field(
                "needs_days",
                Text("所需工作日", "Working days it needs"),
                Text("1至180。", "From 1 to 180."),
                "number",
            ),
            Field(
                "reason",
                Text("理由", "Reason"),
                Text("将告知申请人。", "The applicant is told."),
                most=400,
            ),
        ),
    ),
    "resume": Form(
        cases.Power.RESUME,
        Text("结束特别程序", "End the special procedure"),
        Text("恢复计时，期限按停止的时间顺延。", "The clock runs again, later by the time it stood still."),
        Text("特别程序已结束，恢复计时。", "The special procedure has ended; the clock runs again."),
        deeds.resume,
        (Field("outcome", Text("结论", "Outcome"), Text("程序的结果。", "What came of it."), most=400),),
    ),
    "extend": Form(
        cases.Power.EXTEND,
        Text("批准延长期限", "Extend the time"),
        Text(
            "经负责人批准可延长一次，并告知申请人理由（行政许可法第四十二条）。",
            "Once, with the head's approval; the applicant is told why (art. 42).",
        ),
        Text("已批准延长。", "The time was extended."),
        deeds.extend,
        (REASONS,),
        grave=True,
    ),
    "explain": Form(
        cases.Power.EXPLAIN,
        Text("说明理由", "Explain the decision"),
        Text(
            "申请人请工作人员说明按规则作出的决定（个人信息保护法第二十四条）。",
            "The applicant asks a person to explain a decision made by rule (PIPL, art. 24).",
        ),
        Text("已答复申请人。", "The applicant was answered."),
        deeds.explain,
        (
            Field(
                "answer",
                Text("说明", "Explanation"),
                Text("用申请人能看懂的话说明事实、规则和结论。", "Facts, rule and result, in plain words."),
            ),
        ),
    ),
    "find-out": Form(
        cases.Power.FIND_OUT,
        Text("核实对外办理", "Find out what became of it"),
        Text(
            "系统无法确认对方是否已登记。请先向对方核实；重新发送可能造成重复登记，只能由您决定。",
            "Nobody can tell whether it was registered. Ask there first: sending again may register twice.",
        ),
        Text("已记录核实结果。", "What you found is recorded."),
        deeds.find_out,
        (
            Field(
                "outcome",
                Text("核实结果", "What you found"),
                Text("向对方核实后选择。", "After asking there."),
                "choice",
                options=lambda _: ACT_OUTCOMES,
            ),
            Field(
                "office_number",
                Text("对方登记编号", "Number given there"),
                Text("已登记时必填。", "Needed when it was registered."),
                "line",
                optional=True,
                most=120,
            ),
            Field(
                "note",
                Text("核实经过", "How you found out"),
                Text("向谁核实、何时、如何答复。", "Whom you asked, when, and what they said."),
                most=400,
            ),
        ),
        check=deeds.gives_the_number,
    ),
    "check-pledge": Form(
        None,
        Text("核查承诺", "Check the pledge"),
        Text("按承诺书逐项核查，结果记入存证。", "Check what was promised; the result is evidence."),
        Text("核查结果已记录。", "The result is recorded."),
        deeds.check_pledge,
        (
            Field(
                "kept",
                Text("核查结果", "What you found"),
                Text("与承诺内容比对。", "Compared with what was promised."),
                "choice",
                options=lambda _: KEPT,
            ),
            Field(
                "found",
                Text("核查情况", "Findings"),
                Text("写明核查方式和事实。", "How it was checked, and the facts."),
                most=1000,
            ),
        ),
    ),
    "revoke": Form(
        None,
        Text("违反承诺，撤销许可", "Revoke for breach of the pledge"),
        Text(
            "逾期未整改或者承诺存在恶意的，以您的名义撤销并记入信用记录；须说明理由和依据，并告知申请人救济途径。",
            "What was not put right in time, or was pledged in bad faith, is revoked, by name, and put on the"
            " credit record; the applicant is told where to turn.",
        ),
        Text("已撤销。", "It is revoked."),
        deeds.revoke,
        (
            Field(
                "ground",
                Text("情形", "Which"),
                Text(
                    "属于恶意的可以立即撤销，理由中须写明认定恶意的事实。",
                    "In bad faith it may be revoked at once; the reasons say by which facts.",
                ),
                "choice",
                options=lambda _: BREACHES,
            ),
            REASONS,
            Field(
                "basis",
                Text("依据条款", "Article"),
                Text("撤销所依据的法律条款。", "The article that allows it."),
                "line",
                most=200,
            ),
        ),
        grave=True,
    ),
}
