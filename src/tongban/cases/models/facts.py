"""Facts about participants, and disputes about them."""

from django.db import models

from tongban.cases.models.filing import Filing, Participant


class Fact(models.Model):
    """One value of an element about one participant, as one source gave it; never changed.

    A newer row for the same participant, element, consumer and purpose supersedes it. `key_digest` is of the
    key it was asked by: when the applicant changes the address, the old address's facts no longer apply.
    """

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="facts")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="facts")
    element = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    status = models.CharField(max_length=16)
    source = models.CharField(max_length=60)  # organisation that holds it
    consumer = models.CharField(max_length=60)  # office it was fetched for, under its grant
    purpose = models.CharField(max_length=60)  # what the grant is for: the item's basic code
    resource = models.CharField(max_length=80)
    key_digest = models.CharField(max_length=64)
    reason = models.JSONField(null=True)  # why it is late or withheld: {"zh": …, "en": …}
    by_source = models.BooleanField(default=False)  # withheld by the source itself, not for want of a grant
    as_of = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField()
    share_id = models.CharField(max_length=26, null=True)  # the evidence entry of the share
    supersedes = models.ForeignKey("self", models.RESTRICT, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["filing", "participant", "element", "-id"], name="fact_current"),
            # The few that wait for a grant are looked for whenever rights may have changed.
            models.Index(
                fields=["consumer", "resource"],
                condition=models.Q(status="withheld", by_source=False),
                name="fact_ungranted",
            ),
        ]


class Contest(models.Model):
    """Somebody says a fetched fact about them is wrong; its source answers (Decree 809 art. 26)."""

    fact = models.ForeignKey(Fact, models.CASCADE, related_name="contests")
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="contests")
    source = models.CharField(max_length=60, db_index=True)
    raised_by_id = models.BigIntegerField()
    said = models.CharField(max_length=1000)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_provisional = models.BooleanField(default=False)
    rung_at = models.DateTimeField(null=True)  # when it was told that the source is late
    outcome = models.CharField(max_length=12, default="open")  # open, corrected, upheld
    answer = models.CharField(max_length=1000, default="")
    answered_by_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One open dispute a fact: a second click adds nothing.
            models.UniqueConstraint(
                fields=["fact"], condition=models.Q(outcome="open"), name="contest_open_once"
            )
        ]
