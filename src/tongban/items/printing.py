"""A plan as text: what `tongban pack show` prints, and what its JSON holds."""

from collections.abc import Iterable, Iterator
from datetime import date

from tongban.catalogue import api as catalogue
from tongban.items.bundle import Basis, Bundle
from tongban.items.expressions import cited_basis, spoken_basis
from tongban.items.planned import Answers, Count, How, Party, Plan, PlannedNeed, Ref
from tongban.items.planning import plan
from tongban.items.policies import NO_POLICIES, Policies
from tongban.kernel import assurance
from tongban.kernel.texts import Language, Text

HOWS: dict[How, Text] = {
    "signed_in": Text("登录身份", "signed in"),
    "fetched": Text("共享获取", "fetched"),
    "derived": Text("推导", "derived"),
    "produced": Text("办件产生", "produced"),
    "pledged": Text("告知承诺", "pledged"),
    "asked": Text("需填写", "asked"),
}
MARKS = (
    ("found", Text("有原文依据", "found")),
    ("recalled", Text("凭记忆待核", "recalled")),
    ("gap", Text("未查到", "gap")),
)


def smallest_cast(bundle: Bundle) -> tuple[Party, ...]:
    """Give the fewest people a filing can have: the owner fills every role that they may."""
    owner = Ref(bundle.owner)
    return (
        Party(owner),
        *(
            Party(Ref(participant.role, position), owner if bundle.owner in participant.may_be else None)
            for participant in bundle.participants
            if participant.known_by == "named" and not participant.assumed
            for position in range(participant.min)
        ),
    )


def show(
    bundle: Bundle,
    book: catalogue.Book,
    division: str,
    on: date,
    *,
    policies: Policies = NO_POLICIES,
    language: Language = "zh",
) -> str:
    """Print a bundle's plan for the fewest people, with both totals split by how sure their basis is."""
    made = plan(bundle, book, division, Answers(smallest_cast(bundle)), on, policies=policies)
    return "\n".join(_lines(bundle, made, language))


def _lines(bundle: Bundle, made: Plan, language: Language) -> Iterator[str]:
    yield f"{bundle.code} {bundle.version} · {bundle.name.spoken(language)}"
    yield f"{bundle.about.spoken(language)}"
    if bundle.assurance is not None:
        asked, way = bundle.assurance, assurance.WORDS[bundle.assurance.level].spoken(language)
        words = Text("申报人和本人确认的实名等级", "Who files and who confirms is identified at")
        basis = _basis(bundle, asked.basis, language)
        yield f"{words.spoken(language)}: {asked.level} {way} [{basis}]"
    yield ""
    for item in bundle.items:
        waits = (
            Text(f"（在{'、'.join(item.after)}之后）", f" (after {', '.join(item.after)})")
            if item.after
            else None
        )
        yield f"  {item.key}: {item.name.spoken(language)}{waits.spoken(language) if waits else ''}"
    yield ""
    for how, words in HOWS.items():
        needs = [need for need in made.needs if need.how == how]
        if needs:
            yield f"{words.spoken(language)} · {len(needs)}"
            yield from (_need(bundle, need, language) for need in needs)
            yield ""
    yield Text("询问", "Questions").spoken(language) + f" · {len(made.questions)}"
    for planned in made.questions:
        label = planned.question.label.spoken(language)
        yield f"  {planned.ref}: {label} [{_basis(bundle, planned.question.basis, language)}]"
        yield f"      {planned.question.why.spoken(language)}"
    for naming in made.namings:
        yield f"  {naming.ref}: {naming.reason.spoken(language)}"
    yield ""
    yield from _totals(made, language)


def _need(bundle: Bundle, need: PlannedNeed, language: Language) -> str:
    basis = "; ".join(_basis(bundle, each, language) for each in need.basis)
    return f"  {need.ref}.{need.element.partition('.')[2]} ← {need.reason.spoken(language)} [{basis}]"


def _basis(bundle: Bundle, basis: Basis, language: Language) -> str:
    """Write a basis with its mark as whoever writes packs writes it: found is said too."""
    return f"{cited_basis(bundle.laws, basis).spoken(language)}, {basis.mark}"


def _totals(made: Plan, language: Language) -> Iterator[str]:
    totals = made.totals
    here = Text("本次申报填写或选择的值", "Values typed or chosen in this filing")
    apart = Text("分别到各部门办理须填写的值", "Values that separate filings at each office would ask")
    confirmed = Text("另有确认项（不计入）", "Confirmations, counted apart")
    yield f"{here.spoken(language)}: {_count(totals.here, language)}"
    yield f"{apart.spoken(language)}: {_count(totals.separately, language)}"
    for key, count in totals.separately_by_item.items():
        yield f"    {key}: {_count(count, language)}"
    yield f"{confirmed.spoken(language)}: {totals.confirmations}"


def _count(count: Count, language: Language) -> str:
    parts = [
        f"{words.spoken(language)} {getattr(count, mark)}" for mark, words in MARKS if getattr(count, mark)
    ]
    return f"{count.all} ({', '.join(parts)})"


def plan_as_json(bundle: Bundle, made: Plan) -> dict[str, object]:
    """Give a bundle's plan as plain JSON: for `--json` and for programs."""
    return {
        "bundle": made.bundle,
        "version": made.version,
        "digest": made.digest,
        "division": made.division,
        "on": made.on.isoformat(),
        "assurance": None
        if bundle.assurance is None
        else {"level": bundle.assurance.level, "basis": _bases(bundle, [bundle.assurance.basis])},
        "items": list(made.items),
        "needs": [
            {
                "participant": str(need.ref),
                "element": need.element,
                "how": need.how,
                "items": list(need.items),
                "uses": list(need.uses),
                "basis": _bases(bundle, need.basis),
                "reason": need.reason.as_dict(),
                "resource": need.resource,
                "question": need.question,
                "produced_by": need.produced_by,
                "pledge": need.pledge,
                "ungranted": list(need.ungranted),
            }
            for need in made.needs
        ],
        "questions": [
            {
                "participant": str(planned.ref),
                "question": planned.question.id,
                "items": list(planned.items),
                "basis": _bases(bundle, [planned.question.basis]),
            }
            for planned in made.questions
        ],
        "namings": [
            {
                "participant": str(naming.ref),
                "values": naming.values,
                "basis": _bases(bundle, [naming.basis] if naming.basis else []),
            }
            for naming in made.namings
        ],
        "confirmations": [
            {"participant": str(ref), "id": each.id, "basis": _bases(bundle, [each.basis])}
            for ref, each in made.confirmations
        ],
        "totals": {
            "here": _count_as_json(made.totals.here),
            "separately": _count_as_json(made.totals.separately),
            "by_item": {key: _count_as_json(each) for key, each in made.totals.separately_by_item.items()},
            "confirmations": made.totals.confirmations,
        },
    }


def _bases(bundle: Bundle, bases: Iterable[Basis]) -> list[dict[str, object]]:
    return [basis_as_json(bundle, each) for each in bases]


def basis_as_json(bundle: Bundle, basis: Basis) -> dict[str, object]:
    """Give a basis as plain JSON: the law's key, the article, the mark, and all of it in words."""
    return {
        "law": basis.law,
        "article": basis.article,
        "mark": basis.mark,
        "text": spoken_basis(bundle.laws, basis).as_dict(),
    }


def _count_as_json(count: Count) -> dict[str, int]:
    return {"all": count.all, "found": count.found, "recalled": count.recalled, "gap": count.gap}
