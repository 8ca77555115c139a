"""Which pages the workbench has, who may open each, and the menu that follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.registry.api import Role

HANDLING = frozenset({Role.RECEPTIONIST, Role.APPROVER, Role.LEADER})
DECIDING = frozenset({Role.APPROVER, Role.LEADER})
VERIFYING = frozenset({Role.DATA_OFFICER})
HELPING = frozenset({Role.COUNTER, Role.VILLAGE_WORKER})
CATALOGUE = frozenset(
    {Role.LEADER, Role.DATA_OFFICER, Role.SHARING_HEAD, Role.BUREAU_OFFICER, Role.POLICY_AUTHOR}
)
READING_TYPES = HANDLING | CATALOGUE
BUREAU = frozenset({Role.BUREAU_OFFICER, Role.POLICY_AUTHOR})
# A proof opens nothing private; whoever decides, holds data or audits may look one up.
EVIDENCE = HANDLING | VERIFYING | {Role.SHARING_HEAD, Role.BUREAU_OFFICER, Role.AUDITOR}
RECOVERY = frozenset({Role.BUREAU_OFFICER, Role.AUDITOR})
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})
AUDIT = frozenset({Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu."""

    address: str  # name of the address
    label: Text
    roles: frozenset[Role]


MENU = (
    Entry("workbench:desk", Text("我的办件", "My cases"), HANDLING),
    Entry("workbench:licences", Text("证照", "Licences"), HANDLING),
    Entry("workbench:licence-look-up", Text("免提交查验", "In place of paper"), HANDLING),
    Entry("workbench:contests", Text("数据校核", "Verification"), VERIFYING),
    Entry("workbench:helping", Text("代办帮办", "Filing for others"), HELPING),
    Entry("workbench:catalogue", Text("数据目录", "Catalogue"), CATALOGUE),
    Entry("workbench:licence-types", Text("证照目录", "Licence types"), READING_TYPES),
    Entry("workbench:bureau", Text("一件事", "Bundles"), BUREAU),
    Entry("workbench:system", Text("系统运行", "System"), SYSTEM),
    Entry("workbench:security", Text("人员与登录", "Staff and sign-ins"), SECURITY),
    Entry("workbench:audit", Text("审计", "Audit"), AUDIT),
    Entry("workbench:evidence", Text("存证", "Evidence"), EVIDENCE),
)


def menu_of(staff: registry.Staff) -> Iterator[Entry]:
    """Give the entries that a staff member may open, the daily ones first."""
    return (entry for entry in MENU if staff.holds(*entry.roles))
