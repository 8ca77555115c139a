"""The state of a town seen from outside the program: its whole store, and what has left it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from bench.town import Town
from tests.promises.effects import evidence, unproven
from tongban.ledger.models import Entry
from tongban.licences.models import LicenceRow
from tongban.licences.signer.journal import lines_of

# What can be true once only of the things named by these fields: a second entry would be a second effect.
ONCE: Mapping[str, tuple[str, ...]] = {
    "filing.opened": ("filing_number",),
    "filing.submitted": ("filing_number",),
    "draft.expired": ("filing_number",),
    "filing.withdrawn": ("filing_number",),
    "human.answered": ("case_number",),
    "participant.confirmed": ("filing_number", "participant"),
    "case.accepted": ("case_number",),
    "case.not_accepted": ("case_number",),
    "case.correction_requested": ("case_number",),
    "case.completed": ("case_number",),
    "case.decided": ("case_number",),
    "case.withdrawn": ("case_number",),
    "human.requested": ("filing_number", "case_number"),
    "pledge.signed": ("case_number", "pledge"),
    "pledge.checked": ("case_number", "pledge", "result"),
    "licence.prepared": ("licence_identifier",),
    "licence.signed": ("licence_identifier",),
    "licence.status_changed": ("licence_identifier", "status"),
    "licence.presentation_withdrawn": ("decision_entry",),
    "licence.version_decided": ("licence_identifier", "operation"),
    "notice.issued": ("notice_number",),
    "material.received": ("filing_number", "material", "material_digest"),
    "material.destroyed": ("filing_number", "material", "material_digest"),
    "act.intended": ("act_key",),
    "act.done": ("act_key",),
    "act.refused": ("act_key",),
    "facts.contested": ("correction",),
    "correction.answered": ("correction",),
    "grant.withdrawn": ("grant",),
    "pack.published": ("pack", "pack_version"),
    "pack.withdrawn": ("pack", "pack_version"),
}


def store() -> dict[str, list[dict[str, Any]]]:
    """Give every row of every table of every room."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model.__module__.startswith("tongban.")
    }


def written(kind: str) -> int:
    """Count the entries of a kind."""
    return Entry.objects.filter(kind=kind).count()


def registered(town: Town) -> dict[str, int]:
    """Count what stands in the other organisations' registers."""
    return {name: len(office.registered) for name, office in town.offices.items()}


def wrong(town: Town) -> list[str]:
    """List every effect, in the store or outside it, that nothing proves, and all that was done twice."""
    return [*unproven(), *_outside(town), *_doubled(town)]


def _outside(town: Town) -> Iterator[str]:
    """Hold what offices registered and what keys signed against the ledger: both rest on entries."""
    known = evidence()
    for name, office in town.offices.items():
        for key, number in office.registered:
            if not known.has("act.intended", act_key=key):
                yield f"{name} registered {number} under {key}, which nobody has put on record"
    leaves = {bytes(leaf).hex() for leaf in Entry.objects.values_list("leaf_hash", flat=True)}
    for statement in signed_statements():
        if statement["evidence"] not in leaves:
            yield f"{statement['issuer']} signed {statement['subject']}, which nobody has put on record"


def signed_statements() -> Iterator[dict[str, str]]:
    """Give every statement in the journals of the offices' signers, and the claims of what was shown.

    A status list tells again what was put on record before, and names no entry of its own.
    """
    for folder in sorted(Path(settings.VAR).glob("signed/*")):
        for line in lines_of(folder):
            said = json.loads(str(line["statement"]))
            if line["kind"] != "statuslist+jwt":
                yield said if "claims" not in said else _shown(said["claims"], line)


def _shown(claims: dict[str, str], line: dict[str, object]) -> dict[str, str]:
    return {"issuer": claims["iss"], "subject": str(line["subject"]), "evidence": claims["evidence"]}


def _doubled(town: Town) -> Iterator[str]:
    for kind, fields in evidence().by_kind.items():
        named = Counter(tuple(str(each.get(name)) for name in ONCE[kind]) for each in fields if kind in ONCE)
        yield from (f"{kind} of {name} is there {many} times" for name, many in named.items() if many > 1)
    for name, office in town.offices.items():
        keys = Counter(key for key, _ in office.registered)
        yield from (f"{name} registered {key} {many} times" for key, many in keys.items() if many > 1)
    signed = Counter(LicenceRow.objects.exclude(signature="").values_list("case_number", "type_code"))
    yield from (f"{case} has {many} licences" for case, many in signed.items() if many > 1)
