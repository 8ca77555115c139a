"""Reading bundles: what there is, what is asked and why, how each value would be obtained. Open to all."""

from typing import Any

from ninja import Router

from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Invalid, NotFound
from tongban.kernel.pages import A_PAGE
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.rest import telling, told_bundles
from tongban.rest.asking import Asking
from tongban.rest.problems import Problem
from tongban.rest.shapes import After, BundleCode, InDivision, Most

router = Router(tags=["bundles 一件事"])
ABSENT: dict[Any, Any] = {404: Problem, 422: Problem}


@router.get("", response={200: told_bundles.BundleList, 422: Problem}, operation_id="list_bundles")
def list_bundles(request: Asking, after: After = "", most: Most = A_PAGE) -> told_bundles.BundleList:
    """List what can be filed here, by code."""
    del request
    found = items.bundle_page(after=after, most=most)
    return told_bundles.BundleList(
        bundles=[telling.card(each) for each in found.lines], next=found.after or None
    )


@router.get("/{code}", response={200: told_bundles.BundleForm, **ABSENT}, operation_id="read_bundle")
def read_bundle(request: Asking, code: BundleCode) -> told_bundles.BundleForm:
    """Give the notice, the roles, the questions and the schema of an answer: all that a program needs."""
    del request
    return telling.form(items.bundle(code))


@router.get("/{code}/plan", response={200: dict[str, Any], **ABSENT}, operation_id="read_plan")
def read_plan(request: Asking, code: BundleCode, division: InDivision = None) -> dict[str, Any]:
    """Give how each value is obtained for the fewest people, with both totals by how sure their basis is."""
    at = request.workplace
    bundle, today = items.bundle(code), civil_date(at.clock.now())
    place = division_here(division or at.node.code, request)
    plan = items.plan(
        bundle,
        catalogue.book(today),
        place,
        items.Answers(items.smallest_cast(bundle)),
        today,
        policies=at.policies,
    )
    return items.plan_as_json(bundle, plan)


def division_here(code: str, request: Asking) -> str:
    """Give a division that this node serves; raise Invalid for any other."""
    try:
        registry.division(code, civil_date(request.workplace.clock.now()))
    except NotFound as absent:
        raise _not_served(code) from absent
    return code


def _not_served(code: str) -> Invalid:
    return Invalid(
        "rest.no_division",
        what=Text(f"本平台没有区划 {code}。", f"This node does not know the division {code}."),
        todo=Text("请填写本市某县（区）的代码。", "Give the code of one of its counties."),
    )
