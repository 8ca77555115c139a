"""One item of a filing at one office."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from tongban.cases.models.filing import Filing


class Case(models.Model):
    """One item of a filing at one office, with its number, clocks and result.

    `state`: waiting (for another case), received, correction, accepted, acting, issuing, and the ends
    granted, refused, not_accepted, withdrawn, revoked. The database writes an end against somebody only
    once the history names who said so (triggers, by migration 0003). `number` is given on receipt: 31
    characters of implementation code, the day, a sequence.
    """

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="cases")
    item = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    office = models.CharField(max_length=60)  # organisation that decides
    in_name_of = models.CharField(max_length=60)  # differs where power is delegated
    division = models.CharField(max_length=12)  # of the place that the office is competent for
    implementation_code = models.CharField(max_length=31)
    number = models.CharField(max_length=50, null=True, unique=True)
    state = models.CharField(max_length=16)
    rules_version = models.PositiveIntegerField(null=True)  # pinned at acceptance
    facts_needed = models.JSONField(default=list)  # what a correction notice asked for

    received_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the one correction notice was given
    completed_at = models.DateTimeField(null=True)  # when what it asked for was handed in
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    corrections = models.PositiveSmallIntegerField(default=0)

    acceptance_due_at = models.DateTimeField(null=True)
    statutory_due_at = models.DateTimeField(null=True)
    promised_due_at = models.DateTimeField(null=True)
    correction_due_at = models.DateTimeField(null=True)
    # By when its office delivers what it has decided (Administrative Licensing Law art. 44), or says what
    # becomes of a correction that never came; NULL while it is neither.
    closing_due_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    extended_at = models.DateTimeField(null=True)  # the one extension (Administrative Licensing Law art. 42)
    warn_at = models.DateTimeField(null=True)  # three quarters of the time that runs: promised, or to close
    alarm = models.PositiveSmallIntegerField(default=0)  # 1 warned, 2 past that time, 3 past the law

    person_needed = models.JSONField(null=True)  # why a person decides: [{"zh": …, "en": …, "check": …}]
    claimed_by_id = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(null=True)
    content = models.JSONField(null=True)  # of the result, as decided; acts fill what they alone bring
    produced = models.JSONField(default=list)  # [{"role", "position", "element", "value"}]
    licence = models.CharField(max_length=90, default="")  # its result's identifier

    @property
    def with_office_since(self) -> datetime | None:
        """Give since when its office has all that it asked for: its completion, otherwise its receipt."""
        return self.completed_at or self.received_at

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "item"], name="case_once_a_filing"),
        ]
        indexes = [
            models.Index(fields=["office", "state", "promised_due_at"], name="case_desk"),
            # The few that were revoked are looked for from every desk whose results may rest on one.
            models.Index(fields=["filing"], name="case_revoked", condition=Q(state="revoked")),
        ]


class Pause(models.Model):
    """A special procedure: time the law does not count (Administrative Licensing Law art. 45)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    kind = models.CharField(max_length=40)  # hearing, inspection, expert_review, …
    reason = models.CharField(max_length=400)
    needs_days = models.PositiveSmallIntegerField()  # told to the applicant in writing
    began_at = models.DateTimeField()
    due_at = models.DateTimeField()  # when what was told has passed
    due_provisional = models.BooleanField(default=False)
    rung_at = models.DateTimeField(null=True)  # when it was told that this has passed
    ended_at = models.DateTimeField(null=True)
    began_by_id = models.BigIntegerField()
    ended_by_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=400, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="pause_one_open"
            )
        ]


class Decision(models.Model):
    """What was decided on a case, by whom and why, with all a court needs to run it again.

    The database itself keeps promise 5: anything but a full yes has a named person.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="decision")
    outcome = models.CharField(max_length=8)  # yes, no
    maker = models.CharField(max_length=8)  # rule, person, law
    staff_id = models.BigIntegerField(null=True)
    reasons = models.JSONField()  # [{"zh": …, "en": …}]
    record = models.JSONField()  # rule texts, parameters, facts, clause results, engine versions
    entry_id = models.CharField(max_length=26)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="yes") | Q(maker="person", staff_id__isnull=False),
                name="only_a_person_says_no",
            ),
            models.CheckConstraint(
                condition=~Q(maker="person") | Q(staff_id__isnull=False), name="person_is_named"
            ),
        ]


class Claim(models.Model):
    """A value that only one holder may have: a company's name at one registry, until it lapses."""

    kind = models.CharField(max_length=80)
    scope = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    case = models.ForeignKey(Case, models.CASCADE, related_name="claims")
    until = models.DateTimeField(null=True)  # NULL: held for good by a granted case

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "value"], name="claim_once")]


class Rating(models.Model):
    """What the applicant thought of it; once per case, never asked twice (GB/T 39734).

    `code` runs as GB/T 39046 A.8: 1 very satisfied … 5 very dissatisfied.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="rating")
    code = models.PositiveSmallIntegerField()
    said = models.CharField(max_length=1000, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__gte=1, code__lte=5), name="rating_one_to_five")
        ]


class ReviewRequest(models.Model):
    """Somebody decided by rule asks a person to look and to give the reasons (PIPL art. 24).

    The office that decided owns the wait; its clock is the jurisdiction's policy, for the law names none.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="review_request")
    asked_by_id = models.BigIntegerField()
    said = models.CharField(max_length=1000, default="")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_provisional = models.BooleanField(default=False)
    warn_at = models.DateTimeField()  # three quarters of the time
    alarm = models.PositiveSmallIntegerField(default=0)  # 1 warned, 2 past its time
    answer = models.CharField(max_length=2000, default="")
    answered_by_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["warn_at"], condition=Q(answered_at__isnull=True), name="review_open"),
        ]
