"""Subjects are found, or made, when somebody is identified."""

from datetime import datetime

from django.db import transaction

from tongban.registry import models, rules
from tongban.registry.queries import subject_value
from tongban.registry.values import Subject


def subject_for(
    identity_type: str, number: str, name: str, assurance: int, now: datetime, *, demonstration: bool
) -> Subject:
    """Give the subject of an identity, making it the first time; whole alone, a part inside an action.

    `assurance` is 0 for somebody named by another, otherwise the provider's level. A name is replaced
    only by an identification at least as sure. Raises InvalidValue for a number that does not check,
    and for one of nobody's where this is no `demonstration`.
    """
    number = rules.identity_number(identity_type, number, demonstration=demonstration)
    with transaction.atomic():
        row, made = models.Subject.objects.get_or_create(
            identity_type=identity_type,
            number=number,
            defaults={
                "kind": rules.subject_kind(identity_type),
                "name": name,
                "assurance": assurance,
                "first_seen_at": now,
                "last_seen_at": now,
            },
        )
        if made:
            return subject_value(row)
        changes: dict[str, object] = {"last_seen_at": now}
        if rules.better_known(subject_value(row), name, assurance):
            changes |= {"name": name, "assurance": assurance}
        models.Subject.objects.filter(id=row.id, assurance__lte=assurance).update(**changes)
        row.refresh_from_db()
        return subject_value(row)
