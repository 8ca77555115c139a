"""Things done in other organisations' systems."""

from django.db import models

from tongban.cases.models.case import Case


class Act(models.Model):
    """One registration at another organisation. Written before the call, so that a crash is not a loss.

    `key` is case number + act: the office sees the same key however often we ask. `perhaps_sent_at`
    is set the moment before a call leaves. States: intended, done, refused, in_doubt (maybe done, and the
    office cannot tell us: a person finds out).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="acts")
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)
    connector = models.CharField(max_length=60)
    operation = models.CharField(max_length=60)
    body = models.CharField(max_length=60)  # the organisation whose register it is
    fields = models.JSONField()
    state = models.CharField(max_length=12, default="intended")
    number = models.CharField(max_length=120, default="")
    answer = models.JSONField(null=True)
    tries = models.PositiveIntegerField(default=0)
    # The first try that may have arrived, from before it leaves; NULL while surely none did. The time for
    # which an office honours our key counts from here: one that was down for days has no key of ours.
    perhaps_sent_at = models.DateTimeField(null=True)
    intended_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="act_once_a_case")]
