"""Applicants' programs at the running node: each signs a person in and files whole companies over /api/v1."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bench.node import node
from bench.outside import outside
from bench.town import CHARACTERS, CITY
from tongban.kernel.clock import SystemClock, civil_date
from tongban.kernel.ids import SystemChance, new_id
from tongban.site.applicant import Applicant
from tongban.site.playing import read_sample, statements_of

PACK = "open-company"
SAMPLE = CITY / "packs" / PACK / "samples" / "sole-owner.json"
CLEAN = ("li_chunyan", "liu_chunsheng", "xu_jingyi", "lin_xiaomei")  # no source holds anything against them
DONE_WITHIN_S = 60.0
LOOK_EVERY_S = 0.01
WORDS = "春夏秋冬东南西北金木水火土山川湖海松竹梅兰菊荷桃李杏"
# A map, as applicants file side by side: two threads may not ask one generator at the same moment.
_names = map("".join, itertools.product(WORDS, WORDS, "轩坊斋阁"))


@dataclass
class Program:
    """One applicant's program; it remembers which statements its filings have to confirm."""

    me: Applicant
    confirmed: dict[str, dict[str, bool]] = field(default_factory=dict)

    def file(self) -> dict[str, Any]:
        """File one company in one request and follow it to the end; raises unless it is granted in full."""
        _, body = read_sample(SAMPLE, PACK, civil_date(SystemClock().now()))
        body["answers"]["company"]["trade_word"] = next(_names)
        for who, given in self.confirmed.items():
            body["answers"].setdefault(who, {}).update(given)
        key = new_id(SystemClock().now(), SystemChance())
        answer = self.me.file(body, key)
        if answer["filing"] is None:
            answer = self._confirm(answer, key)
        return self._followed(answer["filing"])

    def _confirm(self, answer: dict[str, Any], key: str) -> dict[str, Any]:
        """Confirm what is asked for the first time, once and for all filings to come."""
        statements = statements_of(self.me, PACK)
        for attempt in range(len(statements)):
            for problem in answer["problems"]:
                if problem["question"] not in statements:
                    raise RuntimeError(f"the filing does not fit: {problem['what']['en']}")
                self.confirmed.setdefault(problem["participant"], {})[problem["question"]] = True
            answer = self.me.correct(answer["number"], self.confirmed, f"{key}-{attempt}")
            if answer["filing"] is not None:
                return answer
        raise RuntimeError(f"the filing {answer['number']} is stopped: {answer['stops']}")

    def _followed(self, filing: dict[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + DONE_WITHIN_S
        while filing["status"] == "running" and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            filing = self.me.filing(filing["number"])
        if filing["status"] != "approved":
            raise RuntimeError(f"the filing {filing['number']} was not granted in full: {filing['status']}")
        return filing


def programs() -> Iterator[Program]:
    """Give a program for each of the people who may found a company straight through, freshly signed in."""
    for name, statements in zip(CLEAN, _statements(), strict=True):
        number = CHARACTERS["persons"][name]["resident_id"]
        token = outside().token_of(number, back_to=f"{node().origin}/signed-in")
        yield Program(Applicant(node().origin, token, "en"), statements)


@cache
def _statements() -> tuple[dict[str, dict[str, bool]], ...]:
    return tuple({} for _ in CLEAN)
