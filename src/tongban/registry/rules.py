"""The registry's law, pure: which roles exclude each other, when a sign-in is locked, whose number it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.kernel.errors import Conflict, InvalidValue, NotAllowed
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.values import credit_code, resident_id
from tongban.kernel.values.writing import as_code
from tongban.registry.values import Role, Staff, Subject, SubjectKind

# GB/T 22239-2019, level 3: system, security and audit administration are three persons' work.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
CASE_ROLES = frozenset({Role.RECEPTIONIST, Role.APPROVER, Role.LEADER, Role.COUNTER, Role.VILLAGE_WORKER})

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
PASSWORD_LENGTHS = range(12, 129)

CREDIT_CODE = "001"  # GA/T 2000.156 as the national platform uses it
RESIDENT_ID = "111"
OTHER_DOCUMENTS = {
    "414": Text(zh="普通护照", en="passport"),
    "511": Text(zh="台湾居民来往大陆通行证", en="mainland travel permit for Taiwan residents"),
    "516": Text(zh="港澳居民来往内地通行证", en="mainland travel permit for Hong Kong and Macao residents"),
}


def check_separation(login: str, roles: Collection[Role]) -> None:
    """Refuse roles that one person may not combine.

    An administrator of the system, of security or of audit holds that one role alone: whoever could
    grant a right, use it and erase the trace of it would be watched by nobody.
    """
    held = sorted(ADMINISTRATORS.intersection(roles))
    others = sorted(set(roles) - set(held[:1]))
    if not held or not others:
        return
    one, other = held[0].label, others[0].label
    raise Conflict(
        "staff.roles_combined",
        what=Text(
            zh=f"“{login}”不能同时担任{one.zh}和{other.zh}。",
            en=f"{login} cannot be {one.en} and {other.en} at once.",
        ),
        todo=Text(
            zh="系统、安全、审计管理员须由不同人员专任，请另行指定人员。",
            en="System, security and audit administrators hold no other role; name another person.",
        ),
    )


def check_one_area(held: Collection[tuple[Role, str]]) -> None:
    """Refuse roles that are held in different divisions: who receives where somebody decides is one area."""
    roles, places = {role for role, _ in held}, {place for _, place in held}
    if len(set(held)) == len(roles) * len(places):
        return
    raise Conflict(
        "staff.two_areas",
        what=Text(
            zh="同一人的各项角色须在相同的区划。", en="One person holds all roles in the same divisions."
        ),
        todo=Text(zh="请为每个区划设置相同的角色。", en="Give the same roles in every division."),
    )


def require_security_administrator(by: Staff, login: str) -> None:
    """Refuse to change roles or credentials unless another person, the security administrator, does it."""
    if by.holds(Role.SECURITY_ADMIN) and by.login != login:
        return
    raise NotAllowed(
        "staff.not_security_administrator",
        what=Text(
            zh="账号和角色只能由安全管理员为他人设置。",
            en="Accounts and roles are set by the security administrator, and never for oneself.",
        ),
        todo=Text(zh="请联系本单位安全管理员。", en="Ask your security administrator."),
    )


def require_first_hand(member: Staff) -> None:
    """Refuse that whoever sits at the machine gives credentials to anybody but a security administrator."""
    if member.holds(Role.SECURITY_ADMIN):
        return
    raise NotAllowed(
        "staff.not_by_command",
        what=Text(
            zh=f"“{member.login}”不是安全管理员，其登录凭证不在本机命令行发放。",
            en=f"{member.login} is no security administrator: a command gives them no credentials.",
        ),
        todo=Text(
            zh="请安全管理员在工作台“人员与登录”页面发放。",
            en="The security administrator gives them in the workbench, under staff and sign-ins.",
        ),
    )


def require_cause(because: str) -> None:
    """Refuse to change who may sign in, or as what, without a cause: it stands in the evidence."""
    if is_readable(because):
        return
    raise InvalidValue(
        "staff.no_cause",
        what=Text(zh="没有写明事由。", en="No cause was given."),
        todo=Text(zh="请写明为何设置，例如“新到岗”。", en="Say why, for instance “has joined the office”."),
    )


def no_credentials(login: str) -> Conflict:
    """Say that a member has nothing to sign in with that could be taken away."""
    return Conflict(
        "staff.no_credentials",
        what=Text(zh=f"“{login}”没有登录凭证。", en=f"{login} has no credentials."),
        todo=Text(zh="无需收回。", en="There is nothing to revoke."),
    )


def require_key_administrator(by: Staff) -> None:
    """Refuse to say whose key counts unless the security administrator does it."""
    if by.holds(Role.SECURITY_ADMIN):
        return
    raise NotAllowed(
        "consumer.not_security_administrator",
        what=Text(
            zh="使用方公钥只能由安全管理员登记、更换和停用。",
            en="Consumers' keys are registered, replaced and withdrawn by the security administrator.",
        ),
        todo=Text(zh="请联系安全管理员。", en="Ask the security administrator."),
    )


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a login failed in a row, and until when it is locked."""

    count: int = 0
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def after_one_more(self, now: datetime) -> "Failures":
        """Count a failure; the fifth in a row locks."""
        count = self.count + 1
        return Failures(0, now + LOCKED_FOR) if count >= MOST_FAILURES else Failures(count, None)


def refused_sign_in() -> NotAllowed:
    """Give the one answer to every failed sign-in: it says nothing of what was wrong."""
    return NotAllowed(
        "staff.sign_in",
        what=Text(zh="登录名、密码或动态口令不正确。", en="Login, password or one-time code is not right."),
        todo=Text(
            zh=f"请重新输入；连续{MOST_FAILURES}次错误将暂时锁定。动态口令每个只能使用一次。",
            en=f"Try again; {MOST_FAILURES} failures in a row lock the login. Each one-time code works once.",
        ),
    )


def locked_sign_in(locked_until: datetime, now: datetime) -> NotAllowed:
    """Give the answer while a login is locked, for logins that exist and for those that do not."""
    minutes = max(1, -(-int((locked_until - now).total_seconds()) // 60))
    return NotAllowed(
        "staff.locked",
        what=Text(
            zh=f"连续{MOST_FAILURES}次登录失败，已暂时锁定。",
            en=f"The login is locked after {MOST_FAILURES} failures in a row.",
        ),
        todo=Text(zh=f"请{minutes}分钟后再试。", en=f"Try again in {minutes} minutes."),
    )


def check_password(login: str, password: str) -> None:
    """Refuse a password that is too short, absurdly long, or holds the login."""
    if len(password) in PASSWORD_LENGTHS and login.casefold() not in password.casefold():
        return
    raise InvalidValue(
        "staff.password",
        what=Text(zh="密码不符合要求。", en="This password will not do."),
        todo=Text(
            zh=f"请使用{PASSWORD_LENGTHS[0]}至{PASSWORD_LENGTHS[-1]}位密码，且不包含登录名。",
            en=f"Use {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters without the login in them.",
        ),
    )


def subject_kind(identity_type: str) -> SubjectKind:
    """Say whether a type of identity document belongs to an entity or to a person."""
    return "entity" if identity_type == CREDIT_CODE else "person"


def identity_number(identity_type: str, number: str, *, demonstration: bool = True) -> str:
    """Give the number as it is kept, or say what is wrong with it for its type.

    Where somebody is to become a subject here, `demonstration` says whether invented people may.
    """
    if identity_type == RESIDENT_ID:
        return resident_id.admit(number, demonstration=demonstration).number
    if identity_type == CREDIT_CODE:
        return credit_code.parse(number).number
    if identity_type not in OTHER_DOCUMENTS:
        known = ", ".join((CREDIT_CODE, RESIDENT_ID, *OTHER_DOCUMENTS))
        raise InvalidValue(
            "subject.identity_type",
            what=Text(
                zh=f"证件类型“{identity_type}”不受支持。", en=f"Identity type {identity_type!r} is not known."
            ),
            todo=Text(zh=f"可用类型：{known}。", en=f"Use one of {known}."),
        )
    code = as_code(number)
    if code.isascii() and code.isalnum() and len(code) in range(5, 21):
        return code
    name = OTHER_DOCUMENTS[identity_type]
    raise InvalidValue(
        "subject.number",
        what=Text(zh=f"“{number}”不是有效的{name.zh}号码。", en=f"{number!r} is no number of a {name.en}."),
        todo=Text(zh="请填写5至20位字母或数字。", en="Give 5 to 20 letters or digits."),
    )


def better_known(known: Subject, name: str, assurance: int) -> bool:
    """Say whether a new identification replaces a subject's name: only by one at least as sure."""
    return assurance >= known.assurance and (name != known.name or assurance > known.assurance)
