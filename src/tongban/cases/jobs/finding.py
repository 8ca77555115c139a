"""Looking for an answer by words in an open register, so that nobody has to know a code."""

from tongban.cases.queries.sight import see, subjects_of_record
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.rules.states import Stage
from tongban.cases.workplace import Workplace
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text

MOST_HITS = 12
SEARCH_TIMEOUT_S = 3.0
NOWHERE = Text("暂不能查找，请直接填写编码。", "There is nothing to search just now; type the code.")


def find(number: str, ref: items.Ref, question: str, words: str, *, at: Workplace) -> exchange.Hits:
    """Search for a draft's answer in the register that the answer is the key of.

    The office that will ask by this key searches, under its own grant and for this filing. Raises Conflict
    once it is submitted: its purpose no longer asks for this.
    """
    snapshot = read(number)
    if snapshot.stage is not Stage.DRAFT:
        raise _search_is_over(number)
    sight = see(snapshot, at=at)
    asked = sight.bundle.question(question)
    for fetch in sight.plan.fetches:
        keys = [(part.ref, part.element) for part in fetch.keys]
        if asked.search in fetch.elements and keys == [(ref, asked.element)]:
            request = exchange.ShareRequest(
                consumer=fetch.consumer,
                purpose=fetch.purpose,
                case_or_filing=number,
                resource=fetch.resource,
                elements=(asked.search,),
                key={asked.element: words[:100]},
                subject_of_record=subjects_of_record(sight, {ref})[ref],
            )
            now = at.clock.now()
            return exchange.search(at.road, request, now=now, most=MOST_HITS, timeout_s=SEARCH_TIMEOUT_S)
    return exchange.Hits(reason=NOWHERE)


def _search_is_over(number: str) -> Conflict:
    return Conflict(
        "cases.search_is_over",
        what=Text(
            f"申报 {number} 已提交或已结束，不再查找。",
            f"Filing {number} was submitted or has ended; there is nothing to look for.",
        ),
        todo=Text("如内容有误，请撤回后重新申报。", "If something is wrong, withdraw it and file again."),
    )
