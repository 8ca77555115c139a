"""What changed for people between two versions, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from tests.items import city
from tongban.items import api as items
from tongban.items import bundle as bundle_parts
from tongban.items.difference import NOT_COMPARED
from tongban.kernel.texts import Text


def changed(folder: Path, file: str, old: str, new: str) -> tuple[items.Change, ...]:
    pack = folder / "open-company"
    copytree(city.FOLDER, pack)
    path = pack / file
    written = path.read_text("utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), "utf-8")
    return items.diff(city.bundle(), items.bundle_of(items.load_pack(pack), city.around().book))


def test_the_same_pack_differs_in_nothing() -> None:
    assert items.diff(city.bundle(), city.bundle()) == ()


REG, WHEN = "items/registration.yaml", "when: company.trade_word_holders"
CHANGES = {
    "another choice": (
        (
            "pack.yaml",
            "value: free_use, label: {zh: 无偿使用, en: free use}",
            "value: gift, label: {zh: 赠与, en: gift}",
        ),
        ("question", "changed", "choices added: gift; removed: free_use"),
    ),
    "another default": (
        ("pack.yaml", "    default: 5\n", "    default: 8\n"),
        ("question", "changed", "was 5, now 8"),
    ),
    "another number of the law": (
        ("parameters.yaml", "value: 50", "value: 40"),
        ("parameter", "changed", "2024-07-01: 50 → 40"),
    ),
    "a shorter promise": (
        (REG, "promised: {amount: 1", "promised: {amount: 0"),
        ("limit", "changed", "was 1 working days, now on the spot"),
    ),
    "another rule": (
        (REG, f"{WHEN} = 0", f"{WHEN} <= 1"),
        ("check", "changed", "now `company.trade_word_holders <= 1`"),
    ),
    "no machine any more": (
        (REG, "automatic_yes: true", "automatic_yes: false"),
        ("decision", "changed", "who may decide"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_said_in_words(name: str, tmp_path: Path) -> None:
    (file, old, new), (about, how, says) = CHANGES[name]
    found = changed(tmp_path, file, old, new)
    told = [(change.about, change.how) for change in found if says in change.words.en]
    assert told == [(about, how)], [change.words.en for change in found]
    assert all(change.words.zh for change in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "about"),
    [
        ("items/account.yaml", "- code: account.day_ahead", "- code: account.day", "check"),
        ("pack.yaml", "  - id: hand_over\n", "  - id: handed_over\n", "confirmation"),
    ],
)
def test_another_word_is_another_thing(file: str, old: str, new: str, about: str, tmp_path: Path) -> None:
    found = changed(tmp_path, file, old, new)
    assert [(change.about, change.how) for change in found] == [(about, "added"), (about, "removed")]


def test_an_item_less_is_an_item_less(tmp_path: Path) -> None:
    pack = tmp_path / "open-company"
    copytree(city.FOLDER, pack)
    (pack / "items" / "account.yaml").unlink()
    path = pack / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace("fund, account]", "fund]"), "utf-8")
    found = items.diff(city.bundle(), items.bundle_of(items.load_pack(pack), city.around().book))
    assert [(c.how, c.key) for c in found if c.about == "item"] == [("removed", "account")]


def test_a_comment_changes_nothing_for_anybody(tmp_path: Path) -> None:
    assert changed(tmp_path, "pack.yaml", "# 开办企业", "# 设立企业") == ()


# --- Nothing that is declared can change unseen -------------------------------------------------------


def whole() -> items.Bundle:
    """Give a bundle with something of every kind that can be declared."""
    bundle = city.bundle()
    ground = bundle.notice.basis
    answered = items.Answered(question=Text("问", "Why?"), answer=Text("答", "So."))
    guide = items.Guide(
        serves=("1",),
        channels=("1",),
        visits_why=Text("签字", "to sign"),
        fee=items.Fee(amount_cents=100, basis=ground),
        faq=(answered,),
    )
    limits = replace(bundle.items[0].limits, extension=bundle.draft_expires)
    remedy = items.Remedy(text=Text("复议。", "Reconsideration."), basis=ground)
    first = replace(bundle.items[0], guide=guide, limits=limits, remedies=(remedy,))
    noted = replace(bundle.notice, basis=replace(ground, note=Text("注", "note")))
    return replace(bundle, items=(first, *bundle.items[1:]), notice=noted)


Step = str | int
Place = tuple[Step, ...]


def walked(value: Any, at: Place = ()) -> Iterator[tuple[Place, str, Any]]:
    """Give every field of everything declared: its place, the same without positions, and its owner.

    A field that holds another such thing stands for nothing by itself: that thing's own fields are given.
    """
    if is_dataclass(value) and not isinstance(value, Text | type):
        for field in fields(value):
            kind = ".".join(step for step in at if isinstance(step, str) and not step.startswith("="))
            held = getattr(value, field.name)
            if not is_dataclass(held) or isinstance(held, Text):
                yield (*at, field.name), f"{kind}.{field.name}".lstrip("."), value
            yield from walked(held, (*at, field.name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from walked(each, (*at, f"={key}"))
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from walked(each, (*at, number))


def every_field() -> dict[str, tuple[Place, type]]:
    """Give one place for each field of each kind of thing, where it can one that holds something."""
    found: dict[str, tuple[Place, type]] = {}
    empty: set[str] = set()
    for at, kind, owner in walked(whole()):
        if kind not in found or (kind in empty and getattr(owner, str(at[-1]))):
            found[kind] = (at, type(owner))
            (empty.discard if getattr(owner, str(at[-1])) else empty.add)(kind)
    return found


FIELDS = every_field()


def altered(value: Any, at: Place) -> Any:
    """Give the same with another value at that place."""
    step, *rest = at
    if isinstance(step, int):
        return (*value[:step], altered(value[step], tuple(rest)), *value[step + 1 :])
    if step.startswith("="):
        return {**value, step[1:]: altered(value[step[1:]], tuple(rest))}
    held = getattr(value, step)
    return replace(value, **{step: altered(held, tuple(rest)) if rest else another(value, step, held)})


OTHERWISE: Mapping[type, Callable[[Any], Any]] = {
    bool: lambda held: not held,
    int: lambda held: held + 1,
    date: lambda held: held + timedelta(days=1),
    str: lambda held: f"{held}x",
    Text: lambda held: Text(f"{held.zh}改", f"{held.en} otherwise"),
    tuple: lambda held: held[1:] if held else ("x",),
    Mapping: lambda held: dict(list(held.items())[1:]) or {"x": "y"},
}


def another(owner: Any, name: str, held: Any) -> Any:
    """Give another value of a field than the one it holds."""
    declared = get_type_hints(type(owner), include_extras=False)[name]
    if get_origin(declared) is Literal:
        return next(each for each in get_args(declared) if each != held)
    for kind, change in OTHERWISE.items():
        if isinstance(held, kind):
            return change(held)
    assert held is None, held
    return "x"  # where nothing stood something does


@pytest.mark.parametrize("kind", FIELDS)
def test_no_declared_field_changes_unseen(kind: str) -> None:
    at, _ = FIELDS[kind]
    found = items.diff(whole(), altered(whole(), at))
    if kind in NOT_COMPARED:
        assert found == ()
    else:
        assert found, f"{kind} can change and nobody is told"
        assert all(change.words.zh.strip() and change.words.en.strip() for change in found)


def test_every_kind_of_declaration_is_among_those_that_are_tried() -> None:
    """A new kind must be given to `whole`, or this fails."""
    known = {each for each in vars(bundle_parts).values() if isinstance(each, type) and is_dataclass(each)}
    assert known - {kind for _, kind in FIELDS.values()} == set()


FORGOTTEN_ONCE: Mapping[str, tuple[Place, str, str]] = {
    "a pledge promises something else": (("pledges", 0, "promises"), "pledge", "promises was"),
    "somebody else signs": (("pledges", 0, "signer"), "pledge", "signer was"),
    "another fact bars a pledge": (("pledges", 0, "not_for"), "pledge", "not_for was"),
    "a need rests on another law": (("needs", 0, "basis", "law"), "need", "basis was"),
    "a value is made in another way": (("produces", 0, "by"), "produced", "by was"),
    "a name is held for longer": (("claims", 0, "holds", "amount"), "claim", "holds was"),
    "a remedy rests on something else": (("remedies", 0, "basis", "mark"), "remedy", "basis was"),
}


@pytest.mark.parametrize("name", FORGOTTEN_ONCE)
def test_what_was_forgotten_once_is_told(name: str) -> None:
    at, about, says = FORGOTTEN_ONCE[name]
    bundle = whole()
    number = next(n for n, item in enumerate(bundle.items) if getattr(item, str(at[0])))
    told = items.diff(bundle, altered(bundle, ("items", number, *at)))
    assert [(change.about, change.how) for change in told] == [(about, "changed")]
    assert says in told[0].words.en


def test_what_remains_to_do_after_a_choice_is_compared() -> None:
    bundle = whole()
    number, choice = next(
        (n, c)
        for n, question in enumerate(bundle.questions)
        for c, each in enumerate(question.choices)
        if each.after is not None
    )
    (change,) = items.diff(bundle, altered(bundle, ("questions", number, "choices", choice, "after")))
    assert (change.about, change.how) == ("question", "changed")
    assert "after was" in change.words.en


def test_a_draft_that_is_kept_for_longer_is_told() -> None:
    bundle = whole()
    (change,) = items.diff(bundle, altered(bundle, ("draft_expires", "amount")))
    assert (change.about, change.key) == ("bundle", "draft_expires")
    assert "was 30 days, now 31 days" in change.words.en


def test_the_law_of_a_bundle_is_compared() -> None:
    bundle = whole()
    key = next(iter(bundle.laws))
    law = replace(bundle.laws[key], mark="gap")
    (change,) = items.diff(bundle, replace(bundle, laws={**bundle.laws, key: law}))
    assert (change.about, change.how, change.key) == ("law", "changed", key)
    assert "now gap" in change.words.en


def test_a_bundle_decided_jointly_is_told() -> None:
    bundle = whole()
    (change,) = items.diff(bundle, replace(bundle, joint_licensing=not bundle.joint_licensing))
    assert (change.about, change.key) == ("bundle", "joint_licensing")


def test_another_order_is_told() -> None:
    bundle = whole()
    turned = replace(bundle, questions=bundle.questions[::-1])
    (change,) = items.diff(bundle, turned)
    assert (change.about, change.words.en) == ("question", "their order changed.")
