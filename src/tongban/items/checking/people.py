"""The bundle itself and its participants."""

from collections.abc import Iterator

from tongban.items.checking.desk import ROLE, Desk, twice, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.texts import Text


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at pack.yaml's head, its participants and its confirmations."""
    whole = desk.pack.whole.value
    roles = [participant.role for participant in whole.participants]
    yield from _head(desk, roles)
    yield from twice(desk.whole, ROLE, roles, "participants")
    for index in range(len(whole.participants)):
        yield from _participant(desk, index, roles)
    ids = [confirmation.id for confirmation in whole.confirmations]
    yield from twice(desk.whole, Text("确认项", "confirmation"), ids, "confirmations")
    for index, confirmation in enumerate(whole.confirmations):
        if confirmation.of not in roles:
            yield unknown(desk.whole, ROLE, confirmation.of, roles, "confirmations", index, "of")


def _head(desk: Desk, roles: list[str]) -> Iterator[InvalidDeclaration]:
    whole = desk.pack.whole.value
    if desk.pack.folder.resolve().name != whole.code:
        yield desk.whole.fault(
            "folder",
            Text(f"文件夹名与code“{whole.code}”不一致。", f"The folder is not called {whole.code}."),
            Text("请使文件夹名与code相同。", "Give folder and code the same name."),
            "code",
        )
    for field in ("owner", "place"):
        role = getattr(whole, field)
        if role not in roles and (role or field == "owner"):
            yield unknown(desk.whole, ROLE, role, roles, field)
    owner = next((person for person in whole.participants if person.role == whole.owner), None)
    if owner is not None and (owner.kind != "person" or owner.known_by != "sign_in"):
        yield desk.whole.fault(
            "owner",
            Text("申报的所有人应当是登录的自然人。", "A filing belongs to a person who signs in."),
            Text(
                "请将owner指向known_by: sign_in的角色。", "Point owner to a role that is known_by: sign_in."
            ),
            "owner",
        )
    if whole.draft_expires.amount < 1:
        yield desk.whole.fault(
            "draft_expires",
            Text("草稿保存期限应大于零。", "A draft is kept for some time."),
            Text("请写amount: 30、unit: day。", "Write amount: 30 and unit: day."),
            "draft_expires",
        )


def _participant(desk: Desk, index: int, roles: list[str]) -> Iterator[InvalidDeclaration]:
    participant = desk.pack.whole.value.participants[index]
    place = desk.whole.below("participants", index)
    for number, role in enumerate(participant.may_be):
        if role not in roles:
            yield unknown(place, ROLE, role, roles, "may_be", number)
    if participant.assumed and participant.assumed not in roles:
        yield unknown(place, ROLE, participant.assumed, roles, "assumed")
    if not 0 <= participant.min <= participant.max or participant.max < 1:
        yield place.fault(
            "how_many",
            Text("人数应满足0 ≤ min ≤ max且max ≥ 1。", "It takes 0 ≤ min ≤ max and max ≥ 1."),
            Text("请改正min、max。", "Correct min and max."),
            "max" if participant.max < participant.min else "min",
        )
    if participant.known_by == "named" and (participant.why is None or participant.basis is None):
        yield place.fault(
            "named_why",
            Text("要求申报人指明他人，须说明理由和依据。", "Whom the filer must name is named for a reason."),
            Text("请补写why和basis。", "Add why and basis."),
            "role",
        )
    answers_for = participant.confirms or participant.assumed or participant.kind != "person"
    if participant.known_by == "named" and not answers_for:
        yield place.fault(
            "confirms",
            Text("被指明的人应当由本人确认。", "A person whom somebody else names confirms for themselves."),
            Text("请写confirms: true。", "Write confirms: true."),
            "role",
        )
