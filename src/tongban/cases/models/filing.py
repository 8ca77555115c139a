"""A filing, who takes part in it, what they answered, and what happened."""

from django.db import models


class Filing(models.Model):
    """One submission for a bundle. Its stage is its own until submission; then its cases speak.

    Work is state: `due_at` says when it wants attention, the lease who is attending to it now.
    `epoch` fences: a worker whose lease was taken over writes nothing more.
    """

    number = models.CharField(max_length=40, unique=True)
    bundle = models.CharField(max_length=80)
    bundle_version = models.PositiveIntegerField()
    bundle_digest = models.CharField(max_length=64)
    division = models.CharField(max_length=12)
    stage = models.CharField(max_length=12)
    revision = models.PositiveIntegerField(default=0)  # of the draft; what was checked is what is submitted
    language = models.CharField(max_length=2, default="zh")

    owner_id = models.BigIntegerField(db_index=True)  # registry subject: whose matter it is
    channel = models.CharField(max_length=12)  # portal, counter, village, rest
    filed_by_id = models.BigIntegerField(null=True, db_index=True)  # staff who typed it for the owner
    authority = models.CharField(max_length=400, default="")  # on what the helper's authority rests
    in_person = models.BooleanField(default=False)  # the helper identified the owner in place
    # "bundle:owner" while it is the one open draft, NULL afterwards: NULLs never collide.
    open_draft = models.CharField(max_length=120, null=True, unique=True)

    opened_at = models.DateTimeField()
    notice_read_at = models.DateTimeField(null=True)  # PIPL 17 and 35: told before anything was fetched
    draft_expires_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    human_asked_at = models.DateTimeField(null=True)  # PIPL 24: no machine decision from here on

    lateness = models.PositiveSmallIntegerField(default=0)  # tries in a row at which a source was late
    retry_at = models.DateTimeField(null=True)  # when to ask late sources again
    due_at = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, default="")
    lease_until = models.DateTimeField(null=True)
    epoch = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="filing_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["owner_id", "-id"], name="filing_owner"),
        ]


class Participant(models.Model):
    """A role in a filing; who fills it may be unknown until somebody says so or a case produces it."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="participants")
    role = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8)  # person, entity, place
    same_as = models.ForeignKey("self", models.CASCADE, null=True)  # the director who is the applicant
    identity_type = models.CharField(max_length=3, default="")
    identity_number = models.CharField(max_length=40, default="", db_index=True)
    name = models.CharField(max_length=200, default="")
    must_confirm = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "role", "position"], name="participant_once"),
        ]


class Answer(models.Model):
    """One value that a person typed or chose; changed freely until submission."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="answers")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=80)
    value = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "question"], name="answer_once"),
        ]


class Event(models.Model):
    """What happened, in order, never changed: the timeline, and with `status_code` the national history.

    The database refuses to change or delete a line (a trigger, by migration 0002).

    `status_code` is the status list of domestic approval systems (1 received … 15 revoked).
    `audience` is everyone (owner and offices), office (staff alone).
    """

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="events")
    case = models.ForeignKey("cases.Case", models.CASCADE, null=True, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    status_code = models.PositiveSmallIntegerField(null=True)
    maker = models.CharField(max_length=12)  # applicant, rule, person, law, source, platform
    staff_id = models.BigIntegerField(null=True)
    words = models.JSONField()  # {"zh": …, "en": …}
    seconds = models.FloatField(null=True)
    entry_id = models.CharField(max_length=26, null=True)  # the ledger's entry for it
    audience = models.CharField(max_length=8, default="everyone")

    class Meta:
        indexes = [models.Index(fields=["filing", "id"], name="event_filing")]


class RequestKey(models.Model):
    """An idempotency key somebody sent with a POST, and what it led to; the same key never does it twice."""

    scope = models.CharField(max_length=80)  # who sent it, and to do what
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)  # of the request: the same key for another request is refused
    result = models.CharField(max_length=80)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="request_key_once")]


class Sequence(models.Model):
    """The last number given out under a name: case numbers by item and day, filing numbers by day."""

    name = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveBigIntegerField()
