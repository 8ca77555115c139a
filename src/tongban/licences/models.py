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
    """One version of one licence. Its content never changes, its signature only when its key was revoked."""

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
    valid_until = models.DateField(null=True)  # last day, as the content says; null: no end
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
            # One case yields one licence of a type (promise 7), whatever is retried; its later versions
            # are told apart by the version that each takes the place of.
            models.UniqueConstraint(
                fields=["case_number", "type_code"],
                condition=Q(previous__isnull=True),
                name="licences_one_per_case",
            ),
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
            models.Index(fields=["case_number"], name="licences_case"),
            models.Index(fields=["issuer"], condition=~Q(status="01"), name="licences_not_valid"),
            models.Index(
                fields=["valid_until"],
                condition=Q(status__in=("01", "02"), valid_until__isnull=False),
                name="licences_running_out",
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


class LookRow(models.Model):
    """One time that somebody other than its holder saw what a licence says: the holder reads these."""

    licence = models.ForeignKey(LicenceRow, on_delete=models.PROTECT, related_name="looks")
    at = models.DateTimeField()
    way = models.CharField(max_length=12)  # officer, office, link: rules.Way
    organisation = models.CharField(max_length=60, blank=True, default="")  # slug; empty for a third party
    staff = models.CharField(max_length=40, blank=True, default="")
    cause = models.CharField(max_length=200)
    entry = models.CharField(max_length=26)

    class Meta:
        db_table = "licences_look"
        constraints = [
            # Nobody looks without saying why, and an organ of the state not without a name.
            models.CheckConstraint(condition=~Q(cause=""), name="licences_look_has_cause"),
            models.CheckConstraint(
                condition=~Q(way="officer") | ~Q(staff=""), name="licences_officer_has_name"
            ),
        ]
        indexes = [models.Index(fields=["licence", "-id"], name="licences_looks")]


class PresentationRow(models.Model):
    """Parts of a licence that its holder shows to one recipient, for one purpose, until one moment."""

    licence = models.ForeignKey(LicenceRow, on_delete=models.PROTECT, related_name="presentations")
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    audience = models.CharField(max_length=100)
    purpose = models.CharField(max_length=200)
    shown = models.TextField()  # names of what is shown, as a JSON list
    token = models.TextField()  # what the office signs
    disclosures = models.TextField()  # those that are shown, each followed by "~"
    entry = models.CharField(max_length=26)
    link_digest = models.CharField(max_length=64, unique=True)  # of the secret in the one-time link
    opened_at = models.DateTimeField(null=True)  # when the link was used: it leads nowhere afterwards
    withdrawn_at = models.DateTimeField(null=True)
    alg = models.CharField(max_length=16, blank=True, default="")
    kid = models.CharField(max_length=16, blank=True, default="")
    signature = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "licences_presentation"
        indexes = [models.Index(fields=["licence", "-id"], name="licences_presented")]


class LostPlacesRow(models.Model):
    """Places of status lists, from first to last, of licences that a restore has lost: never given again."""

    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        db_table = "licences_lost_places"
