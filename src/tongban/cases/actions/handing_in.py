"""Taking a document that was handed in into its filing, while the filing may still be completed."""

from datetime import date
from pathlib import Path

from tongban.cases.actions import once
from tongban.cases.actions.corrections import require_changeable
from tongban.cases.actions.work import lock
from tongban.cases.workplace import Workplace
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.papers import api as papers

MOST_MATERIALS = 100  # of one filing, those already destroyed among them


@whole
def earlier(number: str, request: once.Request) -> papers.Material | None:
    """Give the material that the same request made before, or None; raises Conflict for another request."""
    return _made_before(number, request)


@whole
def take_in(
    stored: papers.StoredUpload,
    material: str,
    *,
    uploads: Path,
    retain_until: date,
    handed_in_by: str,
    confirmed: bool,
    request: once.Request | None,
    at: Workplace,
) -> papers.Material:
    """Make a stored file a material of its filing; the same request, or the same file, is the same material.

    Raises Conflict once nothing of the filing may change any more: an upload that was on its way when a
    draft expired does not outlive it.
    """
    filing = lock(stored.filing)
    if request is not None and (before := _made_before(filing.number, request)) is not None:
        return before
    require_changeable(filing)
    if len(papers.materials(filing.number)) >= MOST_MATERIALS:
        raise _too_many()
    now = at.clock.now()
    taken = papers.take_up(
        stored,
        material,
        uploads=uploads,
        retain_until=retain_until,
        handed_in_by=handed_in_by,
        confirmed=confirmed,
        now=now,
        chance=at.chance,
    )
    if request is not None:
        once.keep(request, result=str(taken.id), now=now)
    return taken


@part
def _made_before(number: str, request: once.Request) -> papers.Material | None:
    result = once.result_of(request)
    return next((each for each in papers.materials(number) if str(each.id) == result), None)


def _too_many() -> Conflict:
    return Conflict(
        "cases.too_many_materials",
        what=Text(
            f"一件申报最多上传{MOST_MATERIALS}份文件。",
            f"A filing takes {MOST_MATERIALS} documents at most.",
        ),
        todo=Text("请只上传所要求的材料。", "Hand in only what is asked for."),
    )
