"""The catalogue's tables. What a city declared is kept as declared; what is asked for has columns.

Nothing is deleted: an element or a resource that left the city's files is ended, a grant withdrawn.
"""

from typing import ClassVar

from django.db import models


class RightsEpoch(models.Model):
    """One row: the number that every change of catalogue or grants raises, under its lock.

    Whoever changes the rights locks this row first, so that two changes never judge the same state.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=26, default="")
    files_digest = models.CharField(max_length=64, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="catalogue_one_epoch"),
        ]


class ElementEntry(models.Model):
    """One element as declared."""

    code = models.CharField(max_length=100, unique=True)
    declared = models.JSONField()
    ended_at = models.DateTimeField(null=True)


class ResourceEntry(models.Model):
    """One resource as declared; its row's id keeps who claimed first."""

    code = models.CharField(max_length=100, unique=True)
    organisation = models.CharField(max_length=60, db_index=True)
    connector = models.CharField(max_length=100)
    declared = models.JSONField()
    ended_at = models.DateTimeField(null=True)
    place = models.IntegerField(
        null=True, unique=True
    )  # its bit in every posting; by code, of those in force
    words = models.TextField(default="")  # what it is found by, in the form that is searched


class Posting(models.Model):
    """One gram and the entries that have it: packed bitmaps over their places, written anew by each load."""

    gram = models.CharField(max_length=8, primary_key=True)
    names = models.BinaryField()
    entries = models.BinaryField()


class Sighting(models.Model):
    """What the connectors saw of one resource, for freshness; noted now and then, not with every share.

    It has no foreign key: a share is noted whether or not its resource is still declared.
    """

    resource = models.CharField(max_length=100, primary_key=True)
    answered_at = models.DateTimeField()
    dated_at = models.DateTimeField(null=True)  # the newest date that the source itself gave
    changed_at = models.DateTimeField(null=True)


class GrantEntry(models.Model):
    """One grant to one consumer for one purpose; a withdrawn one stays withdrawn."""

    code = models.CharField(max_length=200, unique=True)
    consumer = models.CharField(max_length=60)
    resource = models.ForeignKey(ResourceEntry, on_delete=models.PROTECT, related_name="grants")
    purpose = models.CharField(max_length=60)
    elements = models.JSONField()
    basis = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, default="")
    withdrawn_reason = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="catalogue_grant_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | ~models.Q(withdrawn_by=""),
                name="catalogue_withdrawn_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["consumer", "resource", "purpose"], name="catalogue_grant_use"),
        ]
