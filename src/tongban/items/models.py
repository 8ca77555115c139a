"""The published versions of packs. Nothing in a version ever changes; it can only be withdrawn."""

from typing import ClassVar

from django.db import models


class PackVersion(models.Model):
    """One published version: what it says as canonical JSON, its digest, and its files as written."""

    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    content = models.TextField()  # canonical JSON (RFC 8785): the digest is of exactly these bytes
    sources = models.JSONField()  # file name → text, as the author wrote it
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)
    entry = models.CharField(max_length=26)  # the ledger's entry
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, default="")
    withdrawn_reason = models.TextField(default="")
    withdrawn_entry = models.CharField(max_length=26, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="pack_version_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | ~models.Q(withdrawn_reason=""),
                name="pack_withdrawn_with_reason",
            ),
        ]
