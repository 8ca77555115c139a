"""The tables of evidence. Rows are only ever added; of an entry only `seq` is set later, once."""

from typing import ClassVar

from django.db import models

# What staff did that others watch over, and what was forgotten: few entries among many, so they have an
# index of their own. Its condition is an OR of equalities because SQLite does not see that "=" implies an IN.
WATCHED = (
    "facts.opened",
    "grant.withdrawn",
    "ledger.forgotten",
    "licence.opened",
    "staff.credentials_revoked",
    "staff.credentials_set",
    "staff.roles_set",
    "staff.signed_in",
)


def _watched() -> models.Q:
    condition = models.Q()
    for kind in WATCHED:
        condition |= models.Q(kind=kind)
    return condition


class Entry(models.Model):
    """One entry: its public leaf, its private opening, and its place in the log once it has one."""

    id = models.CharField(primary_key=True, max_length=26)
    log = models.CharField(max_length=16)
    kind = models.CharField(max_length=40)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()
    # Canonical JSON with the salts, sealed unless its class is kept for good; empty when recovered with its
    # contents missing.
    opening = models.TextField()
    seq = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["log", "seq"], name="ledger_one_entry_a_place"),
            models.CheckConstraint(
                condition=models.Q(seq__isnull=True) | models.Q(seq__gte=0), name="ledger_seq_from_0"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["log", "id"], condition=models.Q(seq__isnull=True), name="ledger_waiting"),
            models.Index(fields=["kind", "-id"], condition=_watched(), name="ledger_watched"),
        ]


class Log(models.Model):
    """The head of one log: how many entries have a place, and the tree over them."""

    name = models.CharField(primary_key=True, max_length=16)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()
    hashes = models.BinaryField(default=b"")  # the tree's compact form, 32 bytes each, largest first
    published_size = models.BigIntegerField(default=0)  # whose checkpoint is known to be on the disk
    minimum = models.BigIntegerField(default=0)  # what lies before it was pruned
    lease_holder = models.CharField(max_length=64, default="")
    lease_until = models.DateTimeField(null=True)


class RecoveredEntry(models.Model):
    """An entry that the database had lost and the log gave back; a person completes what it stands for."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT)
    hour = models.CharField(max_length=14)
    office = models.CharField(max_length=64)
    contents_missing = models.BooleanField()
    recovered_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_by = models.CharField(max_length=64, default="")
    completed_note = models.TextField(default="")


class RecoveredIdentifier(models.Model):
    """A number found in a recovered entry: it was given out, and is never given out again."""

    recovered = models.ForeignKey(RecoveredEntry, on_delete=models.PROTECT, related_name="identifiers")
    name = models.CharField(max_length=32)
    value = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "value", "recovered"], name="ledger_identifier_once"),
        ]
