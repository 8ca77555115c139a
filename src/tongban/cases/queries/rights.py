"""Rights: of officers as WHERE clauses, and which fetched facts of a filing are somebody's own."""

from collections.abc import Iterable

from django.db.models import Q

from tongban.cases.models import Fact, Filing
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.registry import api as registry


def may(staff: registry.Staff, roles: Iterable[registry.Role]) -> Q:
    """Give a WHERE clause that matches nothing for officers without one of the roles."""
    return Q() if staff.roles & frozenset(roles) else Q(pk__in=())


def of_office(staff: registry.Staff, roles: Iterable[registry.Role], *, case: str = "") -> Q:
    """Give the WHERE clause of the cases of an officer's office, and of the places that they handle in it.

    It matches nothing without one of the roles. `case` is the way to the case from the rows asked, ending
    in two underscores.
    """
    theirs = may(staff, roles) & Q(**{f"{case}office": staff.organisation})
    places = registry.places_of(staff)
    return theirs if places is None else theirs & Q(**{f"{case}division__in": sorted(places)})


def in_hand(staff: registry.Staff, roles: Iterable[registry.Role]) -> Q:
    """Give the WHERE clause of the cases that an officer acts on: of their office, and of an office that
    theirs has entrusted with its power those that they have taken over as its head."""
    return of_office(staff, roles) | may(staff, roles) & _entrusted(staff) & Q(claimed_by_id=staff.id)


def answered_for(staff: registry.Staff, roles: Iterable[registry.Role]) -> Q:
    """Give the WHERE clause of the cases that somebody answers for: of their office, and for its head also
    those that another decides in its name, which may have no head (Administrative Licensing Law art. 24)."""
    return of_office(staff, roles) | may(staff, roles) & _entrusted(staff)


def _entrusted(staff: registry.Staff) -> Q:
    if not staff.holds(registry.Role.LEADER):
        return Q(pk__in=())
    others = registry.directory().entrusted_by(staff.organisation)
    return Q(office__in=others, in_name_of=staff.organisation)


def is_theirs(fact: Fact, filing: Filing, subject: registry.Subject, *, book: catalogue.Book) -> bool:
    """Say whether a fetched fact is this person's to read, and to say that it is wrong.

    What is about a person is theirs alone. For the place, and for the company that the filing founds, whoever
    the filing is for speaks; but not about who somebody else is: that is shown to the one it names.
    """
    participant = fact.participant
    if participant.kind == "person":
        theirs = (participant.identity_type, participant.identity_number)
        return theirs == (subject.identity_type, subject.number)
    element = book.element(fact.element)
    if element is None or element.names_person:
        return fact.value in (subject.number, subject.name)
    if filing.owner_id != subject.id:
        return False
    role = items.pinned(filing.bundle_digest).participant(participant.role)
    return role.kind == "place" or role.known_by == "produced"
