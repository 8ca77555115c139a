"""The right to share: who may read which elements, for what, now. Pure.

政务数据共享条例 (Decree 809) Art. 14 (a resource that law forbids to share is not shared), 20 (use must
have a basis, a scene, a scope and a time), 25 (no use beyond them), 27 (a suspended or ended right is no
right); PIPL Art. 6 (the least that the purpose needs). Everything is denied that is not granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tongban.catalogue.api import Book, Grant, Resource
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """A wish to read: which organisation, for which purpose and filing, what, about whom.

    `key` gives the resource's key elements. `subject_of_record` names whose data these are, so that who
    looked at somebody can be answered from the evidence: a person by their id in the registry; what has none
    there, a place or a company in the making, by the filing and its role in it. Never a number of theirs.
    """

    consumer: str
    purpose: str
    case_or_filing: str
    resource: str
    elements: tuple[str, ...]
    key: Mapping[str, str] = field(repr=False)
    subject_of_record: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """The right exists, under that grant, for those of the asked elements; `withheld` are the others."""

    grant: Grant
    resource: Resource
    elements: tuple[str, ...]
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """No right exists; `code` is stable, `reason` is for people."""

    code: str
    reason: Text


def judge_share(request: ShareRequest, rights: Book | None, now: datetime) -> Allowed | Denied:
    """Judge one request: identity, resource, grant, purpose, period, withdrawal, elements, key.

    Never allows an element that was not asked or not granted. Without rights, or with any part of the
    request missing, it denies.
    """
    if rights is None:
        return _no("rights_unknown", "数据共享授权未能载入", "the rights could not be loaded")
    stated = (request.consumer, request.purpose, request.case_or_filing, request.subject_of_record)
    if not all(isinstance(part, str) and part.strip() for part in stated):
        return _no(
            "unstated",
            "未写明使用单位、使用场景、办件或数据主体",
            "it does not say who asks, for what, in which filing, about whom",
        )
    today = civil_date(now)
    resource = rights.resource(request.resource)
    if resource is None or not _offered(resource, today):
        return _no("no_resource", "该数据资源不在目录中或不在有效期内", "no such resource is offered today")
    if resource.share_class == "none" or not resource.is_connected:
        return _never_shared(resource)
    if any(not request.key.get(name) for name in resource.keys):
        return _no("no_key", "缺少查询该资源的主键", "a key element of the resource is missing")
    return _under_a_grant(request, rights, resource, today)


def is_open(resource: Resource, rights: Book) -> bool:
    """Say whether a register may be searched: shared unconditionally, general, and about nobody."""
    about = {element.about for code in resource.elements if (element := rights.element(code)) is not None}
    return (
        resource.share_class == "unconditional"
        and rights.grade_of(resource) == "general_1"
        and "person" not in about
    )


def _under_a_grant(request: ShareRequest, rights: Book, resource: Resource, today: date) -> Allowed | Denied:
    made = rights.grants_for(request.consumer, request.resource, request.purpose)
    live = [grant for grant in made if grant.in_force(today)]
    if not live:
        return _why_none(made, today)
    offered = set(resource.elements)
    asked = tuple(dict.fromkeys(request.elements))

    def covered(grant: Grant) -> tuple[str, ...]:
        return tuple(code for code in asked if code in grant.elements and code in offered)

    # One grant carries one share: its basis is what the evidence cites. The widest is taken.
    best = max(live, key=lambda grant: len(covered(grant)))
    elements = covered(best)
    if not elements:
        return _no(
            "not_granted_elements", "所需数据项不在授权范围内", "the grant does not cover these elements"
        )
    withheld = tuple(code for code in asked if code not in elements)
    return Allowed(best, resource, elements, withheld)


def _never_shared(resource: Resource) -> Denied:
    if resource.share_class == "none":
        return _no("not_shared", "该数据资源依法不予共享", "the law forbids to share this resource")
    return _no("not_connected", "该数据资源尚未接入", "this resource is listed and not connected")


def _why_none(made: tuple[Grant, ...], today: date) -> Denied:
    if any(grant.withdrawn_at is not None for grant in made):
        return _no("withdrawn", "共享授权已撤回", "the grant was withdrawn")
    if any(grant.valid_until < today for grant in made):
        return _no("expired", "共享授权已到期", "the grant has expired")
    if made:
        return _no("not_yet", "共享授权尚未生效", "the grant is not yet in force")
    return _no(
        "no_grant", "没有用于该场景的共享授权", "there is no grant to this organisation for this purpose"
    )


def _offered(resource: Resource, today: date) -> bool:
    return resource.valid_from <= today and (resource.valid_to is None or today <= resource.valid_to)


def _no(code: str, zh: str, en: str) -> Denied:
    return Denied(code, Text(f"不予共享：{zh}。", f"Not shared: {en}."))
