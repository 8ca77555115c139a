"""Beginning a filing: the notice first (PIPL art. 17 and 35), then a draft, for oneself or another."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.clock import budget
from tongban.kernel.errors import Invalid, InvalidValue, NotAllowed
from tongban.kernel.ids import new_id
from tongban.kernel.texts import Text
from tongban.kernel.values import resident_id
from tongban.portal.forms.fields import Wrong
from tongban.portal.pages import language, page, same_for_strangers
from tongban.portal.readers import PortalRequest, is_helper, key_of, reader_of, sign_in_address
from tongban.portal.shelf import Matter, shelf
from tongban.registry import api as registry

GATHER_S = 0.8  # a form that waits longer for sources would feel broken; the rest comes with the next page

IN_PERSON = "present"
AUTHORITIES = {
    IN_PERSON: Text(
        "本人在场，已核验证件，口头授权",
        "Present in person, document checked, authorised orally",
    ),
    "written": Text("书面授权委托书", "A written authorisation"),
    "kin": Text(
        "近亲属代为办理，已电话向本人核实", "Next of kin acts; confirmed with the person by telephone"
    ),
}


@dataclass(frozen=True, slots=True)
class Helped:
    """For whom staff file, as typed, with what is wrong with it."""

    number: str = ""
    name: str = ""
    authority: str = ""
    detail: str = ""
    wrong: dict[str, Wrong] | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@same_for_strangers
def start(request: PortalRequest, code: str) -> HttpResponse:
    """Show the notice; on its being read, open the draft and go on to the form."""
    matter = shelf(request.workplace).matter(code)
    if request.method != "POST":
        return _notice(request, matter, Helped())
    reader = reader_of(request)
    if reader is None:
        return HttpResponseRedirect(sign_in_address(request.path))
    if isinstance(reader, registry.Subject):
        owner, filer = reader, cases.Filer("portal")
    else:
        helped = _read_helped(request)
        if helped.wrong:
            return _notice(request, matter, helped, status=422)
        owner, filer = _for_somebody(request, reader, helped)
    opened = cases.open_draft(
        items.bundle(code),
        owner=owner,
        division=_division(request),
        filer=filer,
        language=language(),
        request=_request(request, reader, code, owner),
        at=request.workplace,
    )
    cases.gather(opened.number, at=request.workplace, again=True, limit=budget(GATHER_S))
    return HttpResponseRedirect(reverse("portal:form", args=[opened.number]))


def _notice(request: PortalRequest, matter: Matter, helped: Helped, *, status: int = 200) -> HttpResponse:
    reader = reader_of(request)
    at = request.workplace
    said = {
        "matter": matter,
        "bundle": matter.bundle,
        "divisions": shelf(at).divisions,
        "division": request.POST.get("division", ""),
        "helped": helped,
        "authorities": AUTHORITIES,
        "key": "" if reader is None else new_id(at.clock.now(), at.chance),
        "sign_in": sign_in_address(request.path),
        "other_staff": isinstance(reader, registry.Staff) and not is_helper(reader),
        "basis": items.spoken_basis(matter.bundle.laws, matter.bundle.notice.basis),
        "at": "home",
    }
    return page(request, "start", said, status=status)


def _division(request: PortalRequest) -> str:
    """Give the county that was chosen; competence follows the address once that is known."""
    chosen = request.POST.get("division", "")
    offered = [division.code for division in shelf(request.workplace).divisions]
    if chosen in offered:
        return chosen
    if not chosen and not offered:
        return request.workplace.node.code
    raise Invalid(
        "portal.no_division",
        what=Text("没有选择办理地。", "Where to file was not chosen."),
        todo=Text("请返回上一页，选择办理的县（区）。", "Go back and choose the county."),
    )


def _read_helped(request: PortalRequest) -> Helped:
    wrong: dict[str, Wrong] = {}
    number, name = request.POST.get("number", "").strip(), request.POST.get("name", "").strip()
    authority, detail = request.POST.get("authority", ""), request.POST.get("detail", "").strip()
    try:
        resident_id.admit(number, demonstration=request.workplace.node.demonstration)
    except InvalidValue as refusal:
        wrong["number"] = Wrong(refusal.what, refusal.todo)
    if not name:
        wrong["name"] = Wrong(
            Text("请填写办事人姓名。", "The person's name is missing."),
            Text("按身份证上的写法。", "Write it as on the identity card."),
        )
    if authority not in AUTHORITIES and not detail:
        wrong["authority"] = Wrong(
            Text("请选择或写明本人如何授权。", "How the person authorised you is missing."),
            Text("代办须有本人授权，并向本人显示。", "Filing for others needs it, and the person sees it."),
        )
    return Helped(number, name, authority, detail, wrong)


def _for_somebody(
    request: PortalRequest, staff: registry.Staff, helped: Helped
) -> tuple[registry.Subject, cases.Filer]:
    """Give the person it is for and the helper who files, with what the authority rests on."""
    if not is_helper(staff):
        raise NotAllowed(
            "portal.no_helper",
            what=Text("您的岗位不能代办申报。", "Your role does not file for others."),
            todo=Text(
                "请由综合窗口人员或村（社区）帮办代办员办理。", "A counter clerk or a village worker can."
            ),
        )
    at = request.workplace
    owner = registry.subject_for(
        registry.RESIDENT_ID,
        helped.number,
        helped.name,
        0,
        at.clock.now(),
        demonstration=at.node.demonstration,
    )
    known = AUTHORITIES.get(helped.authority)
    authority = "；".join(part for part in (known.zh if known else "", helped.detail[:300]) if part)
    channel = "counter" if staff.holds(registry.Role.COUNTER) else "village"
    in_person = helped.authority == IN_PERSON
    return owner, cases.Filer(channel, staff.id, staff.name, authority, in_person)


def _request(
    request: PortalRequest, reader: cases.Reader, code: str, owner: registry.Subject
) -> cases.Request | None:
    key = request.POST.get("key", "")[:100]
    if not key:
        return None
    what = {"bundle": code, "owner": owner.id, "division": request.POST.get("division", "")}
    return cases.Request(f"open:{key_of(reader)}", key, digest(what))
