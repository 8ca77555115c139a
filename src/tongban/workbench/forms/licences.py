"""Every form of an officer about a licence that the office issued, by the word in its address."""

from collections.abc import Callable, Mapping
from datetime import date

from tongban.cases import api as cases
from tongban.cases.api import LicencePower
from tongban.kernel.errors import Invalid, InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import money
from tongban.licences import api as licences
from tongban.workbench.forms.shape import Field, Form, OnLicence
from tongban.workbench.reading import SHAPES

CANCELLED_WHY = {
    "request": Text("持证人申请注销", "The holder asks for it"),
    "office": Text("依职权注销", "The office does it of its own motion"),
}
REASONS: Field[OnLicence] = Field(
    "reasons",
    Text("理由", "Reasons"),
    Text(
        "写明事实；对持证人不利的，还应写明其陈述、申辩；将印入文书并送达持证人。",
        "State the facts and, where it goes against the holder, what they said to it; it is printed.",
    ),
    most=1000,
)
BASIS: Field[OnLicence] = Field(
    "basis",
    Text("依据条款", "Legal basis"),
    Text("法律法规名称和条款。", "The law and its article."),
    "line",
    most=200,
)
WHY: Field[OnLicence] = Field(
    "why",
    Text("情形", "Which"),
    Text("持证人申请的，不属于不利决定。", "What the holder asks for does not go against them."),
    "choice",
    options=lambda _: CANCELLED_WHY,
)
APPLIED: Field[OnLicence] = Field(
    "applied_on",
    Text("持证人申请延续的日期", "Day the holder applied for it"),
    Text("应在有效期届满前。", "Before the period ran out."),
    "day",
)
UNTIL: Field[OnLicence] = Field(
    "until",
    Text("新的有效期截止日", "New last day"),
    Text("这类证照的截止日逐份确定。", "Each licence of this type has a last day of its own."),
    "day",
)
HOLDER: Field[OnLicence] = Field(
    "holder_name",
    Text("持证主体名称", "Holder's name"),
    Text(
        "持证主体不变；名称依法变更的，填写新名称。",
        "The holder stays the same; the name may change.",
    ),
    "line",
    most=200,
    begins=lambda asked: asked.shown.licence.holder.name,
)
YES_NO = {"yes": Text("是", "yes"), "no": Text("否", "no")}


def _status(power: LicencePower) -> Callable[[OnLicence, Mapping[str, str]], None]:
    def do(asked: OnLicence, sent: Mapping[str, str]) -> None:
        cases.change_licence_status(
            asked.shown.licence.identifier,
            power,
            staff=asked.staff,
            reasons=sent["reasons"],
            basis=sent["basis"],
            at_holders_request=sent.get("why") == "request",
            at=asked.at,
        )

    return do


def _renew(asked: OnLicence, sent: Mapping[str, str]) -> None:
    cases.renew_licence(
        asked.shown.licence.identifier,
        staff=asked.staff,
        applied_on=date.fromisoformat(sent["applied_on"]),
        until=date.fromisoformat(sent["until"]) if "until" in sent else None,
        reasons=sent["reasons"],
        basis=sent["basis"],
        at=asked.at,
    )


def _change(asked: OnLicence, sent: Mapping[str, str]) -> None:
    cases.change_licence(
        asked.shown.licence.identifier,
        staff=asked.staff,
        holder_name=sent["holder_name"],
        content={
            field.code: _value(field, sent[_name(field)]) for field in asked.kind.fields if sent[_name(field)]
        },
        reasons=sent["reasons"],
        basis=sent["basis"],
        at=asked.at,
    )


def fields_of(form: Form[OnLicence], kind: licences.LicenceType) -> tuple[Field[OnLicence], ...]:
    """Give a form's fields; a change has those of the licence's type as well, as they stand now."""
    if form.power is LicencePower.RENEW and kind.until_field is not None:
        return (APPLIED, UNTIL, *form.fields[1:])
    if form.power is not LicencePower.CHANGE:
        return form.fields
    return (HOLDER, *(_content_field(field) for field in kind.fields), *form.fields)


def _name(field: licences.LicenceField) -> str:
    return f"content.{field.code}"


def _content_field(field: licences.LicenceField) -> Field[OnLicence]:
    shapes = {"cents": "money_cents"}
    is_choice = field.type == "boolean"
    return Field(
        _name(field),
        field.name,
        SHAPES[shapes.get(field.type, field.type)],
        "choice" if is_choice else "line",
        optional=not field.required,
        options=(lambda _: YES_NO) if is_choice else (lambda _: {}),
        begins=lambda asked: _written(asked.shown.licence.content["extend_info"].get(field.code), field),
    )


def _written(value: object, field: licences.LicenceField) -> str:
    """Write a value as its field of the form holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "，".join(map(str, value))
    if field.type == "cents" and isinstance(value, int):
        return f"{value // 100}.{value % 100:02}"
    return str(value)


def _value(field: licences.LicenceField, written: str) -> object:
    """Read a field of the form as the licence holds it; raises Invalid with what to write instead."""
    try:
        if field.type == "list":
            return [part.strip() for part in written.replace("，", ",").split(",") if part.strip()]
        if field.type == "boolean":
            return written == "yes"
        if field.type == "integer":
            return int(written)
        if field.type == "cents":
            return money.parse(written).amount
        if field.type == "date":
            return date.fromisoformat(written).isoformat()
    except (ValueError, InvalidValue) as trouble:
        raise Invalid(
            "workbench.licence_field",
            what=Text(f"“{field.name.zh}”的值不符合要求。", f"{field.name.en}: this value will not do."),
            todo=SHAPES["money_cents" if field.type == "cents" else field.type],
        ) from trouble
    return written


LICENCE_FORMS: Mapping[str, Form[OnLicence]] = {
    power.value: Form(power, title, lead, done, do, (*extra, REASONS, BASIS), grave=grave)
    for power, title, lead, done, do, extra, grave in (
        (
            LicencePower.SUSPEND,
            Text("暂扣证照", "Suspend"),
            Text(
                "以您的名义暂扣；持证人收到决定书和救济途径，发还前不得使用。",
                "You suspend it, by name; the holder is told with remedies and may not use it meanwhile.",
            ),
            Text("已暂扣。", "It is suspended."),
            _status(LicencePower.SUSPEND),
            (),
            True,
        ),
        (
            LicencePower.GIVE_BACK,
            Text("发还证照", "Give back"),
            Text("暂扣的原因已消除，证照恢复有效。", "The cause is gone; the licence is valid again."),
            Text("已发还。", "It is given back."),
            _status(LicencePower.GIVE_BACK),
            (),
            False,
        ),
        (
            LicencePower.CANCEL,
            Text("注销证照", "Cancel"),
            Text(
                "注销后不能恢复；依职权注销的，持证人收到救济途径。",
                "It cannot be undone; where the office does it of its own motion, remedies are told.",
            ),
            Text("已注销。", "It is cancelled."),
            _status(LicencePower.CANCEL),
            (WHY,),
            True,
        ),
        (
            LicencePower.REVOKE,
            Text("撤销/吊销证照", "Revoke"),
            Text(
                "以您的名义撤销或者吊销，不能恢复；依据它办理的其他部门会收到提示。",
                "You revoke it, by name, for good; offices whose results rest on it are told.",
            ),
            Text("已撤销/吊销。", "It is revoked."),
            _status(LicencePower.REVOKE),
            (),
            True,
        ),
        (
            LicencePower.CONFIRM_EXPIRY,
            Text("确认有效期届满", "Confirm that it has expired"),
            Text(
                "有效期已过，证照依法失效；该结果由您确认后记录。",
                "Its period has run out and the law has ended it; you confirm it, by name.",
            ),
            Text("已确认失效。", "It is confirmed as expired."),
            _status(LicencePower.CONFIRM_EXPIRY),
            (),
            True,
        ),
        (
            LicencePower.RENEW,
            Text("延续证照", "Renew"),
            Text(
                "制发新版证照，有效期顺延一期；届满前申请而届满仍未决定的，依法视为准予延续，由您确认（行政许可法第五十条）。",
                "A new version holds one period longer. Where the holder applied in time and nobody decided"
                " before the end, the law renews it and you confirm it (Licensing Law art. 50).",
            ),
            Text("已准予延续，正在签发新版。", "It is renewed; the new version is being signed."),
            _renew,
            (APPLIED,),
            False,
        ),
        (
            LicencePower.CHANGE,
            Text("变更证照内容", "Change what it says"),
            Text(
                "制发新版证照，原证照在新版签发时失效；有效期不变。",
                "A new version takes its place when it is signed; the period stays as it was.",
            ),
            Text("已准予变更，正在签发新版。", "It is changed; the new version is being signed."),
            _change,
            (),
            False,
        ),
    )
}
