"""Who takes part, as the form shows it: myself, somebody already here, or another person. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.portal.forms import names
from tongban.portal.forms.fields import Field, Option, Statement, Wrong

OTHER = Text("另一人", "Somebody else")
CHECKED = Text("已核验", "Checked")
WAITING = Text("待本人确认", "Waiting for this person to confirm")
DECLINED = Text("本人不同意", "This person declined")
ASKING = Text("部门系统暂未应答，稍后自动再查", "A source has not answered; asked again by itself")
NOT_YET = Text("尚未核验", "Not checked yet")


@dataclass(frozen=True, slots=True)
class PartyShown:
    """One participant to be named, with what is asked and confirmed about them."""

    ref: str
    legend: Text
    why: Text
    basis: Text | None
    options: tuple[Option, ...]
    is_other: bool
    is_offered: bool  # the usual person stands there, and nobody has said so yet: one choice, not two
    number: str
    name: str
    state: Text | None
    fields: tuple[Field, ...]
    statements: tuple[Statement, ...]  # confirmed here where the person is the owner
    removable: bool
    wrong: Wrong | None
    id: str


def legend(bundle: items.Bundle, ref: items.Ref, several: bool) -> Text:
    """Give the heading of a participant, with its number where there are several."""
    name = bundle.participant(ref.role).name
    if not several:
        return name
    return Text(f"{name.zh}{ref.position + 1}", f"{name.en} {ref.position + 1}")


def options_of(
    bundle: items.Bundle, sight: cases.Sight, ref: items.Ref, owner_name: str, own: bool
) -> tuple[Option, ...]:
    """Give the ways to say who it is: those already here whom the role allows, then another person."""
    role = bundle.participant(ref.role)
    party = next((each for each in sight.snapshot.parties if each.ref == ref), None)
    same = party.same_as if party is not None else None
    unsaid = party is None or (same is None and not party.identity_number and not party.name)
    id = names.anchor(names.party(ref, "who"))
    options = [
        Option(
            f"same:{other}",
            _same(bundle, other, owner_name, own),
            same == items.Ref(other) or (unsaid and place == 0 and ref.position == 0),
            id if place == 0 else f"{id}-{place}",
        )
        for place, other in enumerate(role.may_be)
    ]
    chosen = any(option.chosen for option in options)
    return (*options, Option("other", OTHER, not chosen, f"{id}-other" if options else id))


def _same(bundle: items.Bundle, role: str, owner_name: str, own: bool) -> Text:
    name = bundle.participant(role).name
    if role == bundle.owner:
        me = Text(f"本人（{owner_name}）", f"Myself ({owner_name})")
        return me if own else Text(f"申请人（{owner_name}）", f"The applicant ({owner_name})")
    return Text(f"与{name.zh}为同一人", f"The same as the {name.en}")


def state_of(sight: cases.Sight, ref: items.Ref) -> Text | None:
    """Say how far somebody else is, without any of their facts (promise 3)."""
    party = next((each for each in sight.snapshot.parties if each.ref == ref), None)
    if party is None or party.kind != "person" or not (party.identity_number or party.same_as):
        return None
    if party.declined_at is not None:
        return DECLINED
    if party.is_awaited:
        return WAITING
    at = items.canonical(ref, sight.snapshot.answers.parties)
    statuses = list(_statuses(sight, at))
    if not statuses:
        return None
    if any(status == "late" for status in statuses):
        return ASKING
    return CHECKED if all(statuses) else NOT_YET


def _statuses(sight: cases.Sight, ref: items.Ref) -> Iterator[str]:
    """Give how each value stands that is fetched about somebody; empty where it was not asked for yet."""
    for need in sight.plan.needs:
        if need.ref == ref and need.how == "fetched":
            fact = sight.gathered.facts.get((ref, need.element))
            yield "" if fact is None else fact.status


def refs_of(sight: cases.Sight, role: items.Participant) -> Sequence[items.Ref]:
    """Give the participants of a role that the form shows, in order."""
    return sorted(party.ref for party in sight.snapshot.parties if party.ref.role == role.role)
