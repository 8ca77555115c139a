"""Promises signed in place of a proof, and what checking them afterwards found."""

from django.db import models

from tongban.cases.models.case import Case


class SignedPledge(models.Model):
    """One pledge (告知承诺) of one case. States: signed, kept, rectifying, rectified, revoked.

    `told` and `promised` are the very words that were signed. The check's clock starts with the decision.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="pledges")
    pledge = models.CharField(max_length=60)
    signer = models.CharField(max_length=200)
    signer_type = models.CharField(max_length=3, default="")
    signer_number = models.CharField(max_length=40, default="")
    told = models.JSONField()
    promised = models.JSONField()
    state = models.CharField(max_length=12, default="signed")
    signed_at = models.DateTimeField()
    check_due_at = models.DateTimeField(null=True, db_index=True)
    rectify_due_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    rung_at = models.DateTimeField(null=True)  # when it was told that the check, or the rectifying, is late
    checked_at = models.DateTimeField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    found = models.CharField(max_length=1000, default="")
    on_credit_record = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "pledge"], name="pledge_once_a_case")]
        indexes = [
            # The credit record: who broke a pledge here may not pledge again.
            models.Index(
                fields=["signer_number"], name="pledge_on_record", condition=models.Q(on_credit_record=True)
            )
        ]
