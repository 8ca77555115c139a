"""What anybody may read before signing in: what can be done here, and what it takes."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.kernel.assurance import WORDS
from tongban.portal.finding import found
from tongban.portal.pages import page, same_for_strangers
from tongban.portal.readers import PortalRequest, reader_of
from tongban.portal.shelf import shelf

RECENT = 5  # filings on the home page; the list has them all


@require_safe
@same_for_strangers
def home(request: PortalRequest) -> HttpResponse:
    """Say what can be done here; to somebody signed in, how their filings stand."""
    on_offer = shelf(request.workplace)
    wanted = request.GET.get("q", "").strip()
    near = found((matter.bundle for matter in on_offer.matters), wanted) if wanted else ()
    shown = [on_offer.matter(bundle.code) for bundle in near] or on_offer.matters
    reader = reader_of(request)
    mine = () if reader is None else cases.filings(reader, most=RECENT).lines
    return page(
        request,
        "home",
        {
            "matters": shown,
            "wanted": wanted,
            "none_met": bool(wanted) and not near,
            "filings": mine,
            "at": "home",
        },
    )


@require_safe
@same_for_strangers
def matter(request: PortalRequest, code: str) -> HttpResponse:
    """Say what a bundle does, for whom, what it asks and why, how long it takes, what comes after."""
    found_matter = shelf(request.workplace).matter(code)
    bundle = found_matter.bundle
    afterwards = dict.fromkeys(
        choice.after_marked
        for question in bundle.questions
        for choice in question.choices
        if choice.after_marked is not None
    )
    return page(
        request,
        "matter",
        {
            "matter": found_matter,
            "bundle": bundle,
            "plan": found_matter.plan,
            "afterwards": afterwards,
            "way": bundle.assurance and WORDS[bundle.assurance.level],
            "at": "home",
        },
    )
