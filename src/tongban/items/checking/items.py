"""Items: codes, order, decisions, clocks and documents."""

from collections.abc import Iterator, Mapping

from tongban.items.bundle import Item, Material, Period
from tongban.items.checking.desk import Desk, Place, twice, undecided, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import InvalidValue
from tongban.kernel.signatures import SignatureForm, excluded
from tongban.kernel.texts import Text
from tongban.kernel.values import basic_code

# No residual class of documents may stand in a guide (local service regulations; docs/law/open-company.md).
RESIDUAL = ("其他材料", "其它材料", "有关材料", "相关材料", "等材料", "其他文件", "规定的其他")
HOURS = {
    "hour": 1,
    "day": 24,
    "working_day": 24,
    "month": 24 * 30,
    "year": 24 * 365,
}  # to compare, not to count
JOINT_CAPS = ("joint_licensing.statutory", "joint_licensing.extension")
ITEM = Text("事项", "item")
# Which form a document can truly have, by how it is obtained (docs/law/signatures.md): nobody signs what is
# fetched, an office's key signs every licence, and no key of a person, nor a certificate of an authority
# outside, is checked here.
SIGNED: Mapping[str, tuple[SignatureForm, ...]] = {
    "generated": ("none", "ordinary"),
    "fetched": ("none",),
    "licence": ("reliable",),
    "handed_in": ("none", "ordinary", "not_electronic"),
}


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at every item's own statements."""
    keys = [item.key for item, _ in desk.items]
    for number, word in enumerate(desk.pack.whole.value.items):
        if word in desk.pack.whole.value.items[:number]:
            yield from twice(desk.whole, ITEM, list(desk.pack.whole.value.items), "items")
            break
    for item, place in desk.items:
        yield from _code(desk, item, place)
        yield from _order(item, place, keys, desk)
        yield from _decision(item, place)
        yield from _limits(item, place)
        yield from _guide(item, place)
        for index, material in enumerate(item.materials):
            yield from _material(item, material, place.below("materials", index))
        yield from twice(place, Text("材料", "material"), [m.id for m in item.materials], "materials")
    yield from _joint(desk)


def _code(desk: Desk, item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    try:
        code = basic_code.parse(item.basic_code)
    except InvalidValue as refusal:
        yield place.fault("basic_code", refusal.what, refusal.todo, "basic_code")
        return
    if code.type_code != item.type:
        yield place.fault(
            "type_code",
            Text(
                f"基本编码第3—4位是{code.type_code}，与type: {item.type}不一致。",
                f"Characters 3 and 4 of the basic code say {code.type_code}, type says {item.type}.",
            ),
            Text("请改正其中之一。", "Correct one of them."),
            "type",
        )
    if item.basic_code not in desk.around.powers:
        yield place.fault(
            "no_office",
            Text(
                f"没有机构具有办理{item.basic_code}的职权。",
                f"No organisation has the power {item.basic_code}.",
            ),
            Text(
                "请在organisations.yaml中登记该职权，或改正编码。",
                "Register the power in organisations.yaml, or correct the code.",
            ),
            "basic_code",
        )
    at = desk.bundle.names.get(item.jurisdiction)
    is_division = item.jurisdiction == "division.code" or (at is not None and at[1].endswith(".division"))
    if not is_division:
        yield place.fault(
            "jurisdiction",
            Text("jurisdiction须指向一个行政区划值。", "jurisdiction names a value that is a division."),
            Text("例如place.division或division.code。", "For instance place.division, or division.code."),
            "jurisdiction",
        )


def _order(item: Item, place: Place, keys: list[str], desk: Desk) -> Iterator[InvalidDeclaration]:
    for number, other in enumerate(item.after):
        if other not in keys:
            yield unknown(place, ITEM, other, keys, "after", number)
    if item.key in _before(item.key, {each.key: each for each, _ in desk.items}):
        yield place.fault(
            "circle",
            Text("事项互相等待，永远不会开始。", "These items wait for each other and none would begin."),
            Text("请改正after。", "Correct after."),
            "after",
        )


def _before(key: str, items: Mapping[str, Item]) -> set[str]:
    """Give every item that must have been decided before one."""
    found: set[str] = set()
    waiting = list(items[key].after) if key in items else []
    while waiting:
        other = waiting.pop()
        if other not in found and other in items:
            found.add(other)
            waiting.extend(items[other].after)
    return found


def _decision(item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    if item.decision.automatic_yes and item.decision.risk == "high":
        yield place.fault(
            "high_risk",
            Text("高风险事项一律由人决定。", "A person always decides what is of high risk."),
            Text("请写automatic_yes: false。", "Write automatic_yes: false."),
            "decision",
            "automatic_yes",
        )
    yield from twice(place, Text("办理动作", "act"), [act.name for act in item.acts], "acts")
    for index, check in enumerate(item.checks):
        if check.starts is not None and check.ends is not None and check.ends < check.starts:
            yield place.fault(
                "in_force",
                Text("失效日早于生效日。", "It ends before it starts."),
                Text("请改正starts或ends。", "Correct starts or ends."),
                "checks",
                index,
                "ends",
            )


def _limits(item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    limits = item.limits
    if (limits.acceptance is not None) != (item.type == "01"):
        yield place.fault(
            "acceptance_clock",
            Text(
                "受理期限（行政许可法第三十二条）只适用于行政许可且必须写明。",
                "The acceptance clock (Licensing Law art. 32) is for licences (type 01), which need it.",
            ),
            Text(
                "行政许可请写acceptance: 5个工作日；其他事项请删除。",
                "Write acceptance: 5 working_day for type 01; remove it elsewhere.",
            ),
            "limits",
            *(("acceptance",) if limits.acceptance is not None else ()),
        )
    if limits.statutory is not None and _longer(limits.promised, limits.statutory):
        yield place.fault(
            "promise",
            Text("承诺时限长于法定时限。", "The promised time is longer than the legal one."),
            Text("请缩短promised。", "Shorten promised."),
            "limits",
            "promised",
        )
    if (limits.extension is None) != (limits.extension_by is None):
        yield place.fault(
            "extension",
            Text("延长期限须同时写明由谁批准。", "An extension comes with whose approval it needs."),
            Text("请同时写extension和extension_by。", "Write extension and extension_by together."),
            "limits",
        )
    if item.handling == "1" and _longer_than_a_day(limits.promised):
        yield place.fault(
            "on_the_spot",
            Text(
                "即办件的承诺时限不超过一个工作日。",
                "What is handled on the spot takes a working day at most.",
            ),
            Text('请改为handling: "2"，或缩短promised。', 'Write handling: "2", or shorten promised.'),
            "handling",
        )


def _guide(item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    """The cross-field rules of a real city's item checker (docs/law/open-company.md)."""
    guide = item.guide
    if guide is None or (item.type == "01" and not guide.faq):
        if item.type == "01":
            yield place.fault(
                "guide",
                Text(
                    "行政许可的办事指南至少有一个常见问题。",
                    "A licence's guide answers one question at least.",
                ),
                Text("请写guide及其faq。", "Write guide with faq."),
                "guide" if guide is not None else "key",
            )
        return
    at = place.below("guide")
    if guide.visits and guide.visits_why is None:
        yield at.fault(
            "visits",
            Text("需要到现场的，应说明理由。", "Whoever must come in person is told why."),
            Text("请补写visits_why，或写visits: 0。", "Add visits_why, or write visits: 0."),
            "visits",
        )
    if not guide.visits and not {"2", "3", "4"} & set(guide.channels):
        yield at.fault(
            "channels",
            Text("不到现场又不能网上办理的，应提供邮寄。", "Neither in person nor online means by post."),
            Text('请在channels中加入"2"、"3"或"4"。', 'Add "2", "3" or "4" to channels.'),
            "channels",
        )


def _longer(one: Period, other: Period) -> bool:
    return one.amount * HOURS[one.unit] > other.amount * HOURS[other.unit]


def _longer_than_a_day(period: Period) -> bool:
    return period.amount * HOURS[period.unit] > HOURS["working_day"]


def _material(item: Item, material: Material, place: Place) -> Iterator[InvalidDeclaration]:
    if any(words in material.name.zh for words in RESIDUAL):
        yield place.fault(
            "residual",
            Text("不得设置兜底材料。", "No residual class of documents may be asked."),
            Text("请逐一写明需要哪份材料，或删除。", "Name each document, or remove this one."),
            "name",
        )
    if material.pledge and material.pledge not in [pledge.id for pledge in item.pledges]:
        known = [pledge.id for pledge in item.pledges]
        yield unknown(place, Text("承诺", "pledge"), material.pledge, known, "pledge")
    yield from _signature(material, place)
    if material.obtained == "handed_in" and material.issuer is None:
        yield place.fault(
            "issuer",
            Text("要求提交的材料须写明由谁出具。", "A document to hand in says who issues it."),
            Text("请补写issuer。", "Add issuer."),
            "obtained",
        )


def _signature(material: Material, place: Place) -> Iterator[InvalidDeclaration]:
    """Refuse a form that the document cannot have, by how it is obtained or by what it is about."""
    status, paper = excluded(material.name), material.signature == "not_electronic"
    if status is not None and material.obtained != "fetched" and not paper:
        yield place.fault(
            "excluded",
            Text(
                f"“{material.name.zh}”涉及{status.zh}，电子签名法第三条不允许其采用电子形式。",
                f"'{material.name.en}' is about {status.en}: art. 3 of the Electronic Signature Law"
                " does not let it be electronic.",
            ),
            Text(
                "请写obtained: handed_in和signature: not_electronic；由共享数据核对的，写fetched。",
                "Write obtained: handed_in with signature: not_electronic, or obtained: fetched where a"
                " source answers instead.",
            ),
            "signature",
        )
    elif material.signature not in SIGNED[material.obtained]:
        possible = SIGNED[material.obtained]
        yield place.fault(
            "signature",
            Text(
                f"obtained: {material.obtained}的材料不能采用signature: {material.signature}。",
                f"What is {material.obtained} cannot have signature: {material.signature}.",
            ),
            Text(f"可写：{'、'.join(possible)}。", f"Write one of: {', '.join(possible)}."),
            "signature",
        )


def _joint(desk: Desk) -> Iterator[InvalidDeclaration]:
    licences = [item for item, _ in desk.items if item.type == "01"]
    if desk.pack.whole.value.joint_licensing and len(licences) < 2:
        yield desk.whole.fault(
            "joint_licensing",
            Text(
                "统一、联合、集中办理的期限只适用于两项以上行政许可。",
                "The joint cap is for two or more licences decided together.",
            ),
            Text("请写joint_licensing: false。", "Write joint_licensing: false."),
            "joint_licensing",
        )
    if desk.pack.whole.value.joint_licensing:
        yield from undecided(desk, desk.whole, JOINT_CAPS, "joint_licensing")
