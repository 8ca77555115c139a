"""Every no there is in the store, whoever wrote it, and beside it the person who must have said it."""

from collections.abc import Iterator

from tests.promises.effects import Evidence, evidence
from tongban.cases.models import Case, Decision, Event, SignedPledge
from tongban.licences.models import StatusChangeRow
from tongban.papers.models import NoticeRow
from tongban.registry.models import Staff

AGAINST = ("refused", "not_accepted", "revoked", "withdrawn")
# The national statuses, and the notices, that go against somebody.
STATUSES = (2, 4, 5, 13, 14, 15)
NOTICES = (
    "not_required",
    "not_accepted",
    "refused",
    "withdrawn",
    "rectify",
    "revoked",
    "suspended",
    "cancelled",
)
ENTRIES = {
    "refused": ("case.decided", {"decision": "no", "maker": "person"}),
    "not_accepted": ("case.not_accepted", {}),
    "withdrawn": ("case.withdrawn", {}),
}


def noes() -> list[str]:
    """List everything that goes against somebody; a filing that no office has received is nobody's no."""
    found = [f"{case.number} is {case.state}" for case in _ended()]
    found += [f"{each.case.number} was decided no" for each in _decided_no()]
    found += [
        f"a line says {line.status_code} of {line.case_id}"
        for line in Event.objects.filter(status_code__in=STATUSES, case__number__isnull=False)
    ]
    found += [f"{each.case_number} was sent {each.kind}" for each in _notices()]
    found += [f"licence {each.licence.identifier} became {each.status}" for each in _changes()]
    found += [f"pledge {each.pk} is {each.state}" for each in _broken()]
    return sorted(found)


def nameless() -> list[str]:
    """List each no that no named person of its office has said, by what the ledger holds of it."""
    known = evidence()
    return [
        *(f"{case.number} is {case.state}" for case in _ended() if not _is_somebodys(case, known)),
        *(f"decision {each.pk}" for each in _decided_no() if not _works_at(each.staff_id, each.case)),
        *(f"notice {each.number}" for each in _notices() if not Staff.objects.filter(pk=each.staff).exists()),
        *(f"change {each.pk}" for each in _changes() if not Staff.objects.filter(pk=each.staff).exists()),
        *(f"pledge {each.pk}" for each in _broken() if not _works_at(each.checked_by_id, each.case)),
    ]


def _is_somebodys(case: Case, known: Evidence) -> bool:
    if case.state == "revoked":
        said = known.by_kind["licence.status_changed"]
        entries = [each for each in said if each["licence_identifier"] == case.licence]
    else:
        kind, must_say = ENTRIES[case.state]
        entries = [
            each
            for each in known.by_kind[kind]
            if each["case_number"] == case.number
            and all(each.get(name) == value for name, value in must_say.items())
        ]
    return bool(entries) and all(
        _works_at(int(each.get("staff") or 0), case)
        or (case.state == "withdrawn" and each["maker"] == "applicant")
        for each in entries
    )


def _works_at(staff_id: int | None, case: Case) -> bool:
    return Staff.objects.filter(
        pk=staff_id or 0,
        organisation_id__in=(case.office, case.in_name_of),
        roles__role__in=("receptionist", "approver", "leader"),
    ).exists()


def _ended() -> Iterator[Case]:
    return iter(Case.objects.filter(state__in=AGAINST, number__isnull=False).order_by("pk"))


def _decided_no() -> Iterator[Decision]:
    return iter(Decision.objects.exclude(outcome="yes").select_related("case"))


def _notices() -> Iterator[NoticeRow]:
    return iter(NoticeRow.objects.filter(kind__in=NOTICES))


def _changes() -> Iterator[StatusChangeRow]:
    return iter(StatusChangeRow.objects.filter(adverse=True).select_related("licence"))


def _broken() -> Iterator[SignedPledge]:
    return iter(SignedPledge.objects.filter(state__in=("rectifying", "revoked")).select_related("case"))
