"""What crosses the registry's door: divisions, organisations, competence, staff and subjects."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from tongban.kernel.texts import Text
from tongban.kernel.values import implementation_code

Nature = Literal[1, 2, 3, 9]  # GB/T 39046 A.3: statutory, authorised, entrusted, other
SubjectKind = Literal["person", "entity"]
KeyAlgorithm = Literal["ed25519", "ecdsa-p256-sha256"]  # as RFC 9421, section 6.2.2 names them
DelegationKind = Literal["entrusted", "devolved"]  # 委托: in the delegator's name; 下放: in one's own


class Role(StrEnum):
    """What a staff member may do; a role is held in a division and given by a row."""

    RECEPTIONIST = "receptionist"
    APPROVER = "approver"
    LEADER = "leader"
    COUNTER = "counter"
    VILLAGE_WORKER = "village_worker"
    DATA_OFFICER = "data_officer"
    SHARING_HEAD = "sharing_head"
    BUREAU_OFFICER = "bureau_officer"
    POLICY_AUTHOR = "policy_author"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> Text:
        """The role's name on screens."""
        return LABELS[self]


LABELS = {
    Role.RECEPTIONIST: Text(zh="受理人员", en="receptionist"),
    Role.APPROVER: Text(zh="审批人员", en="approver"),
    Role.LEADER: Text(zh="部门负责人", en="head of office"),
    Role.COUNTER: Text(zh="综合窗口人员", en="counter clerk"),
    Role.VILLAGE_WORKER: Text(zh="村（社区）帮办代办员", en="village worker"),
    Role.DATA_OFFICER: Text(zh="数据管理员", en="data officer"),
    Role.SHARING_HEAD: Text(zh="政务数据共享工作机构负责人", en="head of the sharing office"),
    Role.BUREAU_OFFICER: Text(zh="数据局工作人员", en="bureau officer"),
    Role.POLICY_AUTHOR: Text(zh="政策编制人员", en="policy author"),
    Role.SYSTEM_ADMIN: Text(zh="系统管理员", en="system administrator"),
    Role.SECURITY_ADMIN: Text(zh="安全管理员", en="security administrator"),
    Role.AUDITOR: Text(zh="审计管理员", en="audit administrator"),
}


def in_force(since: date, until: date | None, on: date) -> bool:
    """Say whether a validity covers a day; both its ends belong to it."""
    return since <= on and (until is None or on <= until)


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division for as long as it stood under that code, name and parent."""

    code: str
    name: Text
    level: int
    parent: str | None
    since: date
    until: date | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation in its division (块) with its line superior (条)."""

    slug: str
    name: Text
    credit_code: str
    nature: Nature
    division: str
    level: int
    line_superior: str | None
    since: date
    until: date | None = None
    address: Text | None = None
    phone: str = ""

    @property
    def function(self) -> str:
        """What it does, the same word at every level: market, tax, police."""
        return self.slug.partition(".")[0]

    @property
    def counter(self) -> Text:
        """Where one goes to it: its name and, where it is known, its address."""
        if self.address is None:
            return self.name
        return Text(f"{self.name.zh}（{self.address.zh}）", f"{self.name.en} ({self.address.en})")


@dataclass(frozen=True, slots=True)
class Power:
    """An organisation's power over an item within its own division, and who works on it with it."""

    organisation: str
    basic_code: str
    basis: Text
    mark: str
    since: date
    until: date | None = None
    cooperating: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegation:
    """A power handed on for a division, entrusted or devolved, between two dates."""

    delegator: str
    delegate: str
    kind: DelegationKind
    basic_code: str
    division: str
    basis: Text
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Competence:
    """Who handles an item for a place, in whose name it decides, on which basis, and why it is they."""

    office: Organisation
    in_name_of: Organisation
    basic_code: str
    basis: Text
    because: Text
    cooperating: tuple[Organisation, ...] = ()

    @property
    def implementation_code(self) -> str:
        """The item's 31 characters at the organisation in whose name it is decided."""
        holder = self.in_name_of
        return implementation_code.compose(holder.credit_code, holder.level, self.basic_code).code


@dataclass(frozen=True, slots=True)
class Staff:
    """A staff member as rooms and faces know them; `organisation` is a slug.

    Each of the roles is held in each of the divisions: whoever is bound to some handles only their cases.
    """

    id: int
    login: str
    name: str
    organisation: str
    roles: frozenset[Role]
    divisions: tuple[str, ...]

    def holds(self, *roles: Role) -> bool:
        """Say whether they hold one of the roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the mark that their session carries for as long as it stands."""

    staff: Staff
    mark: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A person or entity that is identified; `id` is what other rooms keep, never the number.

    `assurance` is how surely: of somebody who signed in by this sign-in, otherwise the surest so far.
    """

    id: int
    kind: SubjectKind
    identity_type: str
    number: str
    name: str
    assurance: int


@dataclass(frozen=True, slots=True)
class ConsumerKey:
    """The public key by which an organisation's own system signs what it asks of this node.

    `key_id` is made of the key itself, so that no two keys share one; `public_key` is its
    SubjectPublicKeyInfo in DER; `until` is the moment from which on it counts no more.
    """

    key_id: str
    organisation: str
    algorithm: KeyAlgorithm
    public_key: bytes
    since: datetime
    until: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Say whether what it signs now counts."""
        return self.since <= now and (self.until is None or now < self.until)
