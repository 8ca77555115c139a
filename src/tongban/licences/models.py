"""Tables of licences: types, licences in versions, and their append-only history of status."""

from django.db import models
from django.db.models import Q


class TypeRow(models.Model):
    """A licence type as the city declared it last."""

    code = models.CharField(max_length=21, primary_key=True)
    declaration = models.TextField()  # the declared type as JSON, read back into declared.LicenceType

    class Meta:
        db_table = "licences_type"


class LicenceRow(models.Model):
    """One version of one licence. Its content never changes; its signature is written once."""

    identifier = models.CharField(max_length=90, unique=True)
    base = models.CharField(max_length=80)  # type, issuer and serial: the same for all its versions
    version = models.PositiveSmallIntegerField()
    type_code = models.CharField(max_length=21)
    issuer = models.CharField(max_length=60)  # slug of the organisation in whose name it is issued
    holder_type = models.CharField(max_length=3)
    holder_code = models.CharField(max_length=40)
    case_number = models.CharField(max_length=60)
    operation = models.CharField(max_length=2)
    status = models.CharField(max_length=2)
    content = models.TextField()  # canonical JSON (RFC 8785): the bytes that the digest is of
    digest = models.CharField(max_length=64)
    statement = models.TextField()  # what the office signs
    prepared_at = models.DateTimeField()
    prepared_entry = models.CharField(max_length=26)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="later")
    kid = models.CharField(max_length=16, blank=True, default="")
    signature = models.CharField(max_length=200, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    signed_entry = models.CharField(max_length=26, blank=True, default="")
    promise = models.TextField(blank=True, default="")  # the log's signed promise as JSON, if one was made

    class Meta:
        db_table = "licences_licence"
        constraints = [
            # One case yields one licence of a type (promise 7), whatever is retried.
            models.UniqueConstraint(fields=["case_number", "type_code"], name="licences_one_per_case"),
            models.UniqueConstraint(fields=["base", "version"], name="licences_one_per_version"),
            models.UniqueConstraint(
                fields=["base"],
                condition=Q(status__in=("01", "02"), signed_at__isnull=False),
                name="licences_one_live_version",
            ),
            models.UniqueConstraint(
                fields=["base"],
                condition=Q(signed_at__isnull=True),
                name="licences_one_version_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signature="")
                | Q(signed_at__isnull=False) & ~Q(signature=""),
                name="licences_signed_with_signature",
            ),
        ]
        indexes = [
            models.Index(fields=["holder_code", "type_code"], name="licences_holder"),
            models.Index(
                fields=["prepared_at"], condition=Q(signed_at__isnull=True), name="licences_waiting"
            ),
        ]


class StatusChangeRow(models.Model):
    """One change of a licence's status: who decided it, why, and the office's signature over it."""

    licence = models.ForeignKey(LicenceRow, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveSmallIntegerField()  # from 1 within the licence
    previous_status = models.CharField(max_length=2)
    status = models.CharField(max_length=2)
    operation = models.CharField(max_length=2)
    adverse = models.BooleanField()
    staff = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    content = models.TextField()
    statement = models.TextField()
    entry = models.CharField(max_length=26)
    kid = models.CharField(max_length=16, blank=True, default="")
    signature = models.CharField(max_length=200, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    promise = models.TextField(blank=True, default="")

    class Meta:
        db_table = "licences_status_change"
        constraints = [
            models.UniqueConstraint(fields=["licence", "number"], name="licences_change_number"),
            # Promise 5 in the table itself: nothing adverse without a named person.
            models.CheckConstraint(
                condition=Q(adverse=False) | ~Q(staff=""), name="licences_adverse_has_person"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(signed_at__isnull=True), name="licences_change_waiting"),
        ]
