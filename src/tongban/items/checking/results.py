"""Results: licences, acts at other bodies, products, claims, and the forms that separate filings use."""

from collections.abc import Iterator, Mapping

from tongban.exchange import api as exchange
from tongban.items.bundle import Act, Item
from tongban.items.checking.desk import ELEMENT, ROLE, VALUE, Desk, Place, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.texts import Text

FIELD = Text("字段", "field")


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at what each item brings about."""
    for item, place in desk.items:
        yield from _licence(desk, item, place.below("licence"))
        yield from _products(desk, item, place)
        for index, act in enumerate(item.acts):
            yield from _act(desk, item, act, place.below("acts", index))
        for index, claim in enumerate(item.claims):
            if claim.value not in desk.bundle.names:
                yield unknown(place, VALUE, claim.value, desk.names(), "claims", index, "value")
        for index, field in enumerate(item.separate_form):
            at = place.below("separate_form", index)
            if field.same_as and field.same_as not in desk.bundle.names:
                yield unknown(at, VALUE, field.same_as, desk.names(), "same_as")
            if field.per and field.per not in desk.roles:
                yield unknown(at, ROLE, field.per, tuple(desk.roles), "per")


def _licence(desk: Desk, item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    licence = item.licence
    if licence.holder not in desk.roles:
        yield unknown(place, ROLE, licence.holder, tuple(desk.roles), "holder")
    yield from _names(desk, licence.content, place.below("content"))
    kind = desk.around.licence_types.get(licence.type)
    if kind is None:
        known = tuple(desk.around.licence_types)
        yield unknown(place, Text("证照类型", "licence type"), licence.type, known, "type")
        return
    if kind.signature == "not_electronic":
        yield place.fault(
            "not_electronic",
            Text(
                f"“{kind.name.zh}”只在窗口发放纸质件，不能作为网上办理的结果。",
                f"A {kind.name.en} is issued on paper at the counter alone; no filing here can yield it.",
            ),
            Text(
                "请从事项包中删除该事项，由窗口办理。",
                "Leave this item to the counter; remove it from the pack.",
            ),
            "type",
        )
    fields = [field.code for field in kind.fields]
    for field in licence.content:
        if field not in fields:
            yield unknown(place, Text("证照字段", "field of the licence"), field, fields, "content", field)
    for declared in kind.fields:
        if declared.required and declared.code not in licence.content:
            yield place.fault(
                "licence_field",
                Text(
                    f"“{kind.name.zh}”须载明“{declared.name.zh}”（{declared.code}）。",
                    f"A {kind.name.en} shows {declared.name.en} ({declared.code}).",
                ),
                Text(f"请在content中补写{declared.code}。", f"Add {declared.code} to content."),
                "content",
            )


def _products(desk: Desk, item: Item, place: Place) -> Iterator[InvalidDeclaration]:
    acts = {act.name: act for act in item.acts}
    for index, made in enumerate(item.produces):
        at = place.below("produces", index)
        if made.of not in desk.roles:
            yield unknown(at, ROLE, made.of, tuple(desk.roles), "of")
        if desk.around.book.element(made.element) is None:
            yield unknown(at, ELEMENT, made.element, tuple(desk.around.book.elements), "element")
        if made.by != "act_number":
            continue
        name = f"{made.of}.{made.element.partition('.')[2]}"
        if made.act not in acts:
            yield unknown(at, Text("办理动作", "act"), made.act, tuple(acts), "act")
        elif name not in acts[made.act].receives.values():
            yield at.fault(
                "not_received",
                Text(f"动作“{made.act}”没有取回{name}。", f"The act {made.act} does not receive {name}."),
                Text(f"请在receives中写number: {name}。", f"Write number: {name} under its receives."),
                "element",
            )


def _act(desk: Desk, item: Item, act: Act, place: Place) -> Iterator[InvalidDeclaration]:
    if act.body not in desk.around.functions:
        yield unknown(
            place,
            Text("机构职能", "function of an organisation"),
            act.body,
            tuple(desk.around.functions),
            "body",
        )
    operations = desk.around.operations.get(act.connector)
    if operations is None:
        yield unknown(
            place, Text("连接器", "connector"), act.connector, tuple(desk.around.operations), "connector"
        )
    elif act.operation not in operations:
        yield unknown(place, Text("操作", "operation"), act.operation, tuple(operations), "operation")
    else:
        yield from _fields(act, operations[act.operation], place.below("fields"))
    yield from _names(desk, act.fields, place.below("fields"))
    yield from _names(desk, act.receives, place.below("receives"))
    needed = {(need.of, need.element) for need in item.needs}
    for field, name in act.fields.items():
        at = desk.bundle.names.get(name)
        if at is not None and at not in needed:
            yield place.fault(
                "not_needed",
                Text(
                    f"向外提供“{name}”，但本事项未列入needs。",
                    f"{name} is handed over, but the item does not need it.",
                ),
                Text(
                    "请在needs中写明用途act及其依据，或删除该字段。",
                    "List it among needs (uses: act) with its basis, or drop the field.",
                ),
                "fields",
                field,
            )


def _fields(act: Act, taken: exchange.Taken, place: Place) -> Iterator[InvalidDeclaration]:
    """What the operation cannot do without is given, and nothing that it would not send."""
    known = sorted(taken.needed | taken.optional)
    for field in act.fields:
        if field not in known:
            yield unknown(place, FIELD, field, known, field)
    for field in sorted(taken.needed - set(act.fields)):
        yield place.fault(
            "field_missing",
            Text(
                f"{act.connector}的操作{act.operation}缺少字段{field}。",
                f"The operation {act.operation} of {act.connector} needs the field {field}.",
            ),
            Text(f"请在fields中写明{field}取自哪个值。", f"Write under fields which value {field} is."),
        )


def _names(desk: Desk, mapping: Mapping[str, str], place: Place) -> Iterator[InvalidDeclaration]:
    for field, name in mapping.items():
        quoted = name.startswith("'") and name.endswith("'") and len(name) > 1
        if not quoted and name not in desk.names():
            yield unknown(place, VALUE, name, desk.names(), field)
