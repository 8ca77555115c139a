"""The registry's tables; who may combine what is kept by constraints where the database can say it."""

from django.db import models
from django.db.models import F, Q


class Edition(models.Model):
    """The one row that says which state of divisions and organisations stands; its lock serialises loads."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(
        max_length=64
    )  # of the tables, not of the files: equal digests are equal states
    files_digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="edition_is_one")]


class Division(models.Model):
    """An administrative division under one code, name and parent, between two days (both included)."""

    code = models.CharField(max_length=12)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    level = models.PositiveSmallIntegerField()
    parent = models.CharField(max_length=12, null=True)
    since = models.DateField()
    until = models.DateField(null=True)
    replaced_by = models.CharField(max_length=12, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "since"], name="division_version"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="division_dates"
            ),
        ]


class Organisation(models.Model):
    """An organisation; its slug is its key everywhere, its credit code its key outside."""

    slug = models.CharField(max_length=60, primary_key=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    credit_code = models.CharField(max_length=18, unique=True)
    nature = models.PositiveSmallIntegerField()
    division = models.CharField(max_length=12, db_index=True)
    level = models.PositiveSmallIntegerField()
    line_superior = models.ForeignKey("self", models.PROTECT, null=True, related_name="line_subordinates")
    since = models.DateField()
    until = models.DateField(null=True)
    address_zh = models.CharField(max_length=200, default="")
    address_en = models.CharField(max_length=200, default="")
    phone = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(nature__in=(1, 2, 3, 9)), name="organisation_nature"),
        ]


class Power(models.Model):
    """An organisation's power over an item in its own division."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="powers")
    basic_code = models.CharField(max_length=12, db_index=True)
    basis_zh = models.CharField(max_length=400)
    basis_en = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)  # found, recalled, gap: how sure the basis is
    since = models.DateField()
    until = models.DateField(null=True)
    cooperating = models.JSONField(default=list)  # slugs of those who work on it too

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "basic_code", "since"], name="power_version"),
        ]


class Delegation(models.Model):
    """A power handed on for a division: entrusted (委托) or devolved (下放)."""

    delegator = models.ForeignKey(Organisation, models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(Organisation, models.PROTECT, related_name="delegations_held")
    kind = models.CharField(max_length=10)
    basic_code = models.CharField(max_length=12, db_index=True)
    division = models.CharField(max_length=12)
    basis_zh = models.CharField(max_length=400)
    basis_en = models.CharField(max_length=400)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("entrusted", "devolved")), name="delegation_kind"),
            models.CheckConstraint(condition=~Q(delegator=F("delegate")), name="delegation_to_another"),
        ]


class Staff(models.Model):
    """A staff member; without credentials they are named in decisions but cannot sign in."""

    login = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="staff")
    since = models.DateField()
    until = models.DateField(null=True)
    password = models.CharField(max_length=200, default="")
    totp_sealed = models.CharField(max_length=200, default="")
    totp_last_step = models.BigIntegerField(default=0)  # a code is good once: RFC 6238, section 5.2
    roles_set_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")


class StaffRole(models.Model):
    """A role held in a division."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20)
    division = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "role", "division"], name="role_once"),
            # Nobody holds two of the three, whatever the code above the database does.
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(role__in=("system_admin", "security_admin", "auditor")),
                name="one_administrator_role",
            ),
        ]
        indexes = [models.Index(fields=["role", "division"], name="role_in_division")]


class SignInFailure(models.Model):
    """Failures in a row of one login, whether it exists or not: the lock tells nobody which do."""

    login_digest = models.CharField(max_length=64, unique=True)
    count = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)


class Subject(models.Model):
    """A natural person or legal entity that was identified."""

    kind = models.CharField(max_length=6)
    identity_type = models.CharField(max_length=3)
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    assurance = models.PositiveSmallIntegerField(default=0)  # 0 named by another; 2, 3 as the provider says
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity_type", "number"], name="subject_identity"),
            models.CheckConstraint(condition=Q(kind__in=("person", "entity")), name="subject_kind"),
        ]


class ConsumerKey(models.Model):
    """The public key of an organisation's own system; a row is never deleted and ends once."""

    key_id = models.CharField(max_length=32, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="consumer_keys")
    algorithm = models.CharField(max_length=20)
    public_key = models.BinaryField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(algorithm__in=("ed25519", "ecdsa-p256-sha256")), name="consumer_key_algorithm"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="consumer_key_dates"
            ),
        ]
