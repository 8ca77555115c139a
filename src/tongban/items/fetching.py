"""Which lookups a plan comes to: per office, resource and participant, staged by their keys."""

from collections.abc import Mapping, Sequence
from datetime import date

from tongban.catalogue import api as catalogue
from tongban.items.bundle import Bundle
from tongban.items.planned import KeyPart, PlannedFetch, PlannedNeed, Ref
from tongban.items.values import Cast, Values
from tongban.rules import api as rules


def key_parts(bundle: Bundle, resource: catalogue.Resource, ref: Ref, cast: Cast) -> tuple[KeyPart, ...]:
    """Say where each key of a lookup takes its value from.

    From the participant asked about where that participant has such a value; otherwise from the only
    role that has it (a name is looked up by trade word and industry, which belong to the company).
    """
    return tuple(KeyPart(key, *_key_at(bundle, key, ref, cast)) for key in resource.keys)


def _key_at(bundle: Bundle, key: str, ref: Ref, cast: Cast) -> tuple[Ref, str]:
    holders = bundle.holders.get(key, ())
    if not cast.roles_of(ref).isdisjoint(holders):
        return ref, key
    for role in holders:
        return cast.refs[role][0], key
    return ref, key


def fetches_of(
    bundle: Bundle,
    book: catalogue.Book,
    cast: Cast,
    needs: Sequence[PlannedNeed],
    offices: Mapping[str, str],
) -> tuple[PlannedFetch, ...]:
    """Group the fetched needs into lookups; an office asks for each item under the grant for its purpose."""
    codes = {item.key: item.basic_code for item in bundle.items}
    grouped: dict[tuple[str, str, Ref], list[str]] = {}
    for need in needs:
        if need.how == "fetched":
            for item in need.items:
                if item not in need.ungranted:
                    grouped.setdefault((item, need.resource, need.ref), []).append(need.element)
    hows = {(need.ref, need.element): need for need in needs}
    found = []
    for (item, resource, ref), elements in grouped.items():
        source = book.resource(resource)
        if source is None:
            continue
        keys = key_parts(bundle, source, ref, cast)
        stage, after = _stage(keys, hows, bundle, book, cast)
        office = offices.get(item, "")
        found.append(
            PlannedFetch(item, office, codes[item], resource, ref, tuple(elements), keys, stage, after)
        )
    return tuple(sorted(found, key=lambda fetch: fetch.stage))


def may_read(book: catalogue.Book, office: str, resource: str, element: str, purpose: str, on: date) -> bool:
    """Say whether an office holds a grant to read an element for that purpose."""
    return book.grant_for(office, resource, (element,), purpose, on) is not None


def _stage(
    keys: Sequence[KeyPart],
    hows: Mapping[tuple[Ref, str], PlannedNeed],
    bundle: Bundle,
    book: catalogue.Book,
    cast: Cast,
    depth: int = 0,
) -> tuple[int, str]:
    """Give how many lookups come before this one, and the item that must have been decided before."""
    stage, after = 0, ""
    for part in keys:
        need = hows.get((part.ref, part.element))
        if need is None or depth > len(bundle.items) + len(hows):
            continue
        if need.how == "produced":
            after = need.produced_by
        if need.how == "fetched" and (source := book.resource(need.resource)) is not None:
            below, earlier = _stage(
                key_parts(bundle, source, need.ref, cast), hows, bundle, book, cast, depth + 1
            )
            stage, after = max(stage, below + 1), after or earlier
    return stage, after


def is_ready(fetch: PlannedFetch, values: Values) -> bool:
    """Say whether a lookup can be made: its keys are all known."""
    return all(_is_there(values, part) for part in fetch.keys)


def _is_there(values: Values, part: KeyPart) -> bool:
    held = values.get((part.ref, part.element))
    return held is not None and not isinstance(held, rules.NoneOnRecord)
