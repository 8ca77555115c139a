"""Rights of officers as WHERE clauses."""

from collections.abc import Iterable

from django.db.models import Q

from tongban.registry import api as registry


def may(staff: registry.Staff, roles: Iterable[registry.Role]) -> Q:
    """Give a WHERE clause that matches nothing for officers without one of the roles."""
    return Q() if staff.roles & frozenset(roles) else Q(pk__in=())
