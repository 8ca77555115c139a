"""Looking for an answer by words in an open register, so that nobody has to know a code."""

from tongban.cases.jobs.gather import see
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.workplace import Workplace
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.texts import Text

MOST_HITS = 12
SEARCH_TIMEOUT_S = 3.0
NOWHERE = Text("暂不能查找，请直接填写编码。", "There is nothing to search just now; type the code.")


def find(number: str, ref: items.Ref, question: str, words: str, *, at: Workplace) -> exchange.Hits:
    """Search for a draft's answer in the register that the answer is the key of.

    The office that will ask by this key searches, under its own grant and for this filing.
    """
    sight = see(read(number), at=at)
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
                subject_of_record=str(ref),
            )
            now = at.clock.now()
            return exchange.search(at.road, request, now=now, most=MOST_HITS, timeout_s=SEARCH_TIMEOUT_S)
    return exchange.Hits(reason=NOWHERE)
