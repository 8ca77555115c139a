"""A paper that is not electronic, taken at the counter by the office whose case waits for it."""

from datetime import date

from tongban.cases.actions.corrections import complete
from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.officers.standing import office_case
from tongban.cases.actions.work import lock
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.papers import api as papers
from tongban.registry import api as registry


@whole
def record_paper(
    sight: Sight,
    case_number: str,
    material: items.Material,
    *,
    staff: registry.Staff,
    retain_until: date,
    completes: bool,
    at: Workplace,
) -> None:
    """Record that the paper was taken; where it `completes` the case, the case is received again.

    Raises Conflict once the case waits for nothing: a paper is taken as long as it may be completed.
    """
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.RECEIVERS)
    if row.state != CaseState.CORRECTION:
        raise Conflict(
            "cases.no_paper_awaited",
            what=Text(
                f"办件 {case_number} 目前不等待材料。", f"Case {case_number} waits for no document now."
            ),
            todo=Text("请刷新页面。", "Reload the page."),
        )
    now = at.clock.now()
    papers.take_paper(
        filing.number,
        f"{row.item}.{material.id}",
        name=material.name.zh,
        case_number=case_number,
        office=row.in_name_of,
        staff=staff.id,
        retain_until=retain_until,
        now=now,
        chance=at.chance,
    )
    words = Text(
        f"{staff.name}收到纸质材料：{material.name.zh}", f"{staff.name} took on paper: {material.name.en}"
    )
    happening = Happening(
        "paper_taken", words, "person", case_id=row.pk, staff_id=staff.id, since=row.told_at
    )
    tell(filing.pk, [happening], now=now)
    if completes:
        complete(filing, row, now=now, at=at)
