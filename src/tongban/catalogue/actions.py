"""Every write of the catalogue: a city's files loaded as one state, a grant withdrawn, what was seen.

Each that changes rights takes the lock of the one epoch row first and raises the epoch last, so that
rights change one after another and every process can tell that they did.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from tongban.catalogue.freshness import Seen, joined
from tongban.catalogue.indexing import Words, postings_of, words_of
from tongban.catalogue.loading import CityCatalogue, read_city
from tongban.catalogue.models import (
    ElementEntry,
    GrantEntry,
    Posting,
    ResourceEntry,
    RightsEpoch,
    Sighting,
)
from tongban.catalogue.queries import sightings, standing_codes
from tongban.catalogue.rules import Basis, Element, Grant, Resource
from tongban.kernel.canonical import digest
from tongban.kernel.errors import AlreadyDone, InvalidValue, NotAllowed, NotFound
from tongban.kernel.ids import Chance, new_id
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.registry.api import Role, Staff

BY_FILES = "files"  # withdrawn because it left the city's files; comes back when they name it again
BATCH = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: nothing when the files were loaded before, unchanged."""

    changed: bool
    epoch: int
    counts: Mapping[str, int]


def load(city: Path, *, now: datetime, chance: Chance) -> Loaded:
    """Load cities/<city>/catalogue/ as the whole catalogue; loading the same files again does nothing.

    Raises InvalidDeclaration with file and line; nothing is changed then. What is no longer declared is
    ended or withdrawn, never deleted; a grant that a person withdrew stays withdrawn.
    """
    names = {organisation.slug: organisation.name for organisation in registry.organisations()}
    declared = read_city(city, organisations=names.keys(), standing=standing_codes())
    return _replace(declared, names, now=now, chance=chance)


@whole
def withdraw_grant(code: str, staff: Staff, reason: str, now: datetime, *, chance: Chance) -> int:
    """End a grant now (Decree 809 Art. 27); give the epoch from which nobody may use it.

    The head of sharing of the providing organisation may, and the data bureau. Facts fetched before
    stay; later ones are withheld.
    """
    epoch = _locked_epoch()
    grant = GrantEntry.objects.select_related("resource").filter(code=code).first()
    if grant is None:
        raise NotFound(
            "catalogue.no_grant",
            what=Text(f"没有编号为 {code} 的共享授权。", f"There is no grant {code}."),
            todo=Text("请核对授权编号。", "Check its code."),
        )
    _may_withdraw(staff, grant)
    if grant.withdrawn_at is not None:
        raise AlreadyDone(
            "catalogue.withdrawn",
            what=Text("该共享授权已经撤回。", "This grant was withdrawn before."),
            todo=Text("无需再次操作。", "Nothing more is to be done."),
        )
    if not is_readable(reason):
        raise InvalidValue(
            "catalogue.no_reason",
            what=Text("撤回共享授权须写明理由。", "A grant is withdrawn for a stated reason."),
            todo=Text("请填写理由。", "Write the reason."),
        )
    grant.withdrawn_at, grant.withdrawn_by, grant.withdrawn_reason = now, staff.login, reason
    grant.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    number = _raise_epoch(epoch, now, chance)
    fields = {
        "grant": code,
        "staff": staff.login,
        "consumer": grant.consumer,
        "resource": grant.resource.code,
        "because": reason,
        "epoch": number,
    }
    ledger.record("decisions", "grant.withdrawn", fields, now=now, chance=chance)
    return number


@part
def note_seen(seen: Mapping[str, Seen]) -> None:
    """Note what connectors saw of some resources, in the transaction that puts their shares on record.

    Two processes that note at once may lose one of two sightings minutes apart; the next makes it good.
    """
    before = sightings(seen)
    known = {code: joined(before.get(code), seen[code]) for code in sorted(seen)}
    Sighting.objects.bulk_create(
        [
            Sighting(
                resource=code,
                answered_at=one.answered_at,
                dated_at=one.dated_at,
                changed_at=one.changed_at,
            )
            for code, one in known.items()
        ],
        update_conflicts=True,
        unique_fields=["resource"],
        update_fields=["answered_at", "dated_at", "changed_at"],
    )


@whole
def _replace(
    declared: CityCatalogue, offices: Mapping[str, Text], *, now: datetime, chance: Chance
) -> Loaded:
    epoch = _locked_epoch()
    counts = {
        "elements": len(declared.elements),
        "resources": len(declared.resources),
        "grants": len(declared.grants),
    }
    # Entries are found by their offices' names too, so a new name is a change although no file is.
    state = digest([declared.digest, {slug: name.as_dict() for slug, name in sorted(offices.items())}])
    if epoch.files_digest == state:
        return Loaded(False, epoch.number, counts)
    _store_elements(declared, now)
    resources = _store_resources(declared, offices, now)
    _store_grants(declared.grants, resources, now)
    epoch.files_digest = state
    number = _raise_epoch(epoch, now, chance)
    fields = {
        "files_digest": declared.digest,
        "counts": counts,
        "files": list(declared.files),
    }
    ledger.record("decisions", "catalogue.loaded", fields, now=now, chance=chance)
    return Loaded(True, number, counts)


def _store_elements(declared: CityCatalogue, now: datetime) -> None:
    ElementEntry.objects.bulk_create(
        [ElementEntry(code=code, declared=content) for code, content in declared.elements_declared.items()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["declared", "ended_at"],
        batch_size=BATCH,
    )
    gone = ElementEntry.objects.filter(ended_at=None).exclude(code__in=declared.elements_declared)
    gone.update(ended_at=now)


def _store_resources(
    declared: CityCatalogue, offices: Mapping[str, Text], now: datetime
) -> dict[str, ResourceEntry]:
    elements = {element.code: element for element in declared.elements}
    in_order = sorted(declared.resources, key=lambda each: each.code)
    words = [_words(each, offices[each.organisation], elements) for each in in_order]
    found_by = {each.code: (place, words[place].all) for place, each in enumerate(in_order)}
    ResourceEntry.objects.exclude(place=None).update(place=None)  # every place is given anew
    ResourceEntry.objects.bulk_create(
        [
            ResourceEntry(
                code=resource.code,
                organisation=resource.organisation,
                connector=resource.connector,
                declared=declared.resources_declared[resource.code],
                place=found_by[resource.code][0],
                words=found_by[resource.code][1],
            )
            for resource in declared.resources
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["organisation", "connector", "declared", "ended_at", "place", "words"],
        batch_size=BATCH,
    )
    store_postings(words)
    rows = ResourceEntry.objects.filter(ended_at=None)
    rows.exclude(code__in=declared.resources_declared).update(ended_at=now)
    return {row.code: row for row in rows}


def store_postings(words: Iterable[Words]) -> None:
    """Write the whole index anew; `words` are of the entries in the order of their places."""
    Posting.objects.all().delete()
    made = (Posting(gram=gram, names=names, entries=entries) for gram, names, entries in postings_of(words))
    while batch := list(islice(made, BATCH)):
        Posting.objects.bulk_create(batch)


def _words(resource: Resource, office: Text, elements: Mapping[str, Element]) -> Words:
    names = [resource.name.zh, resource.name.en, resource.code, resource.number or ""]
    offered = [elements[code] for code in resource.elements]
    others = [office.zh, office.en]
    others += [part for one in offered for part in (one.name.zh, one.name.en, one.code)]
    return words_of(names, others)


def _store_grants(grants: Collection[Grant], resources: Mapping[str, ResourceEntry], now: datetime) -> None:
    GrantEntry.objects.bulk_create(
        [
            GrantEntry(
                code=grant.code,
                consumer=grant.consumer,
                purpose=grant.purpose,
                resource=resources[grant.resource],
                elements=list(grant.elements),
                basis=_basis(grant.basis),
                valid_from=grant.valid_from,
                valid_until=grant.valid_until,
            )
            for grant in grants
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["consumer", "purpose", "resource", "elements", "basis", "valid_from", "valid_until"],
        batch_size=BATCH,
    )
    declared = {grant.code for grant in grants}
    back = GrantEntry.objects.filter(withdrawn_by=BY_FILES, code__in=declared)
    back.update(withdrawn_at=None, withdrawn_by="", withdrawn_reason="")
    gone = GrantEntry.objects.filter(withdrawn_at=None).exclude(code__in=declared)
    gone.update(withdrawn_at=now, withdrawn_by=BY_FILES, withdrawn_reason="no longer declared by the city")


def _basis(basis: Basis) -> dict[str, object]:
    return {"text": basis.text.as_dict(), "source": basis.source, "mark": basis.mark}


def _locked_epoch() -> RightsEpoch:
    RightsEpoch.objects.get_or_create(pk=1)
    return RightsEpoch.objects.select_for_update().get(pk=1)


def _raise_epoch(epoch: RightsEpoch, now: datetime, chance: Chance) -> int:
    epoch.number, epoch.mark = epoch.number + 1, new_id(now, chance)
    epoch.save(update_fields=["number", "mark", "files_digest"])
    return epoch.number


def _may_withdraw(staff: Staff, grant: GrantEntry) -> None:
    is_provider = Role.SHARING_HEAD in staff.roles and staff.organisation == grant.resource.organisation
    if not is_provider and Role.BUREAU_OFFICER not in staff.roles:
        raise NotAllowed(
            "catalogue.may_not_withdraw",
            what=Text("您无权撤回该共享授权。", "You may not withdraw this grant."),
            todo=Text(
                "请由数据提供单位的共享工作机构负责人或数据局办理。",
                "The provider's head of sharing or the data bureau may.",
            ),
        )
