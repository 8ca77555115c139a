"""Tables of papers: materials handed in, and notices given."""

from django.db import models
from django.db.models import Q


class FolderRow(models.Model):
    """One filing's folder of uploads: locked while a file in it is taken up or destroyed."""

    filing = models.CharField(max_length=64, primary_key=True)

    class Meta:
        db_table = "papers_folder"


class MaterialRow(models.Model):
    """One material of a filing: a file that was handed in, or a paper that a counter took."""

    filing = models.ForeignKey(FolderRow, on_delete=models.PROTECT, related_name="materials")
    material = models.CharField(max_length=120)  # item.material: which required document it is
    necessity = models.CharField(max_length=1)
    collection = models.CharField(max_length=1)
    sha256 = models.CharField(max_length=64, blank=True, default="")  # of the file; none of a paper
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=120)  # file name as shown
    scan = models.CharField(max_length=12)
    confirmed = models.BooleanField(
        default=False
    )  # by whoever handed it in, as their own (docs/law/signatures.md)
    handed_in_by = models.CharField(max_length=40, blank=True, default="")  # participant or helper
    received_at = models.DateTimeField()
    received_entry = models.CharField(max_length=26)
    retain_until = models.DateField()
    destroyed_at = models.DateTimeField(null=True)
    destroyed_entry = models.CharField(max_length=26, blank=True, default="")
    removed_at = models.DateTimeField(null=True)  # when its file was off the disk too

    class Meta:
        db_table = "papers_material"
        constraints = [
            # The same file for the same document of the same filing is one material (promise 7).
            models.UniqueConstraint(
                fields=["filing", "material", "sha256"],
                condition=Q(destroyed_at__isnull=True),
                name="papers_one_live_copy",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True, destroyed_entry="")
                | Q(destroyed_at__isnull=False) & ~Q(destroyed_entry=""),
                name="papers_destroyed_with_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["retain_until"], condition=Q(destroyed_at__isnull=True), name="papers_kept"),
            models.Index(
                fields=["destroyed_at"],
                condition=Q(destroyed_at__isnull=False, removed_at__isnull=True),
                name="papers_to_remove",
            ),
        ]


class NoticeRow(models.Model):
    """One notice. Its content never changes, the office's seal only when its key was revoked."""

    number = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    case_number = models.CharField(max_length=60)
    ordinal = models.PositiveSmallIntegerField()  # from 1 within the case
    office = models.CharField(max_length=60)  # slug of the organisation in whose name it is given
    staff = models.CharField(max_length=40, blank=True, default="")
    content = models.TextField()  # canonical JSON (RFC 8785): the bytes that the digest is of
    digest = models.CharField(max_length=64)
    statement = models.TextField()  # what the office signs
    decision_entry = models.CharField(max_length=26)
    entry = models.CharField(max_length=26)
    given_at = models.DateTimeField()
    kid = models.CharField(max_length=16, blank=True, default="")
    seal = models.CharField(max_length=200, blank=True, default="")
    sealed_at = models.DateTimeField(null=True)
    promise = models.TextField(blank=True, default="")

    class Meta:
        db_table = "papers_notice"
        constraints = [
            models.UniqueConstraint(fields=["case_number", "ordinal"], name="papers_notice_of_case"),
            # Promise 5 in the table itself: what says no carries a named person.
            models.CheckConstraint(
                condition=~Q(
                    kind__in=(
                        "not_required",
                        "not_accepted",
                        "refused",
                        "withdrawn",
                        "extended",
                        "rectify",
                        "revoked",
                        "suspended",
                        "given_back",
                        "cancelled",
                        "expired",
                        "renewed",
                        "changed",
                    ),
                    staff="",
                ),
                name="papers_no_has_person",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, seal="") | Q(sealed_at__isnull=False) & ~Q(seal=""),
                name="papers_sealed_with_seal",
            ),
        ]
        indexes = [
            models.Index(fields=["given_at"], condition=Q(sealed_at__isnull=True), name="papers_to_seal"),
        ]
