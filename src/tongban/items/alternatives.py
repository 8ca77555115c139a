"""Other values to offer when one is taken. Candidates only: whoever offers them looks each up first."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, pairwise, zip_longest

from tongban.items.answers import outside
from tongban.items.bundle import Bundle, Check, Question
from tongban.items.planned import Answers, Ref, Value

# Characters that trade words are commonly built with; each makes another trade word (names, art. 8).
AFTER = ("里", "坊", "居", "轩", "阁", "苑", "堂", "斋", "楼", "庄")
BEFORE = ("溪畔", "云上", "小", "新", "老", "悦", "锦", "瑞", "和", "尚")
MOST = 80

Candidate = Mapping[tuple[Ref, str], Value]


def alternatives(bundle: Bundle, check: Check, answers: Answers) -> Iterator[Candidate]:
    """Give candidates for the answers that made a check stop, best first; never the answer itself.

    A candidate already passes its question's own limits and forbidden words. Whether it is free only
    the register can say.
    """
    if check.alternatives:
        yield from GENERATORS[check.alternatives](bundle, answers)


def trade_words(bundle: Bundle, answers: Answers) -> Iterator[Candidate]:
    """Give trade words close to the one wished for: a character after it, one or two before it, then both."""
    question = bundle.question("trade_word")
    for (ref, id), wished in answers.values.items():
        if id != question.id or not isinstance(wished, str):
            continue
        for word in _near(question, wished):
            yield {(ref, id): word}


def _near(question: Question, wished: str) -> Iterator[str]:
    after = [f"{wished}{character}" for character in AFTER]
    before = [f"{characters}{wished}" for characters in BEFORE]
    either = chain.from_iterable(zip_longest(after, before))
    both = (f"{first}{word}" for word in after for first in BEFORE)
    fresh = (word for word in dict.fromkeys(chain(either, both)) if word and not _stutters(word))
    yield from [word for word in fresh if outside(question, word) is None][:MOST]


def _stutters(word: str) -> bool:
    return any(first == second for first, second in pairwise(word))


GENERATORS: Mapping[str, Callable[[Bundle, Answers], Iterator[Candidate]]] = {"trade_words": trade_words}
