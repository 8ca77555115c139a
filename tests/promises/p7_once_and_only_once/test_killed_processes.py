"""Web and workers are killed at random points while companies are founded; nothing is lost or done twice.

The processes, the databases, the wire and the other organisations' systems are the true ones. What was
registered is counted where it was registered.
"""

import itertools
import json
import random
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tests.processes import ROOT
from tests.promises.nodes import Node, Watch, open_node
from tongban.kernel.clock import SystemClock, civil_date
from tongban.kernel.errors import SourceDown
from tongban.kernel.ids import SystemChance
from tongban.site.applicant import Applicant, Provider, sign_in
from tongban.site.playing import confirm_statements, read_sample, statements_of

SAMPLE = ROOT / "cities/yunxi/packs/open-company/samples/sole-owner.json"
FOUNDERS = ("990121198803129020", "990122197907059014", "990121196804179098")  # clean in every register
SYSTEMS = ("market", "seal", "tax", "social", "medical", "fund", "bank")
IDLE_S = 3.0  # when nothing is being worked on for so long, an idle process is killed
SETTLED_WITHIN_S = 240  # a lease of a killed process runs out after one minute
ENDS = {"approved", "partly", "refused", "withdrawn", "expired"}


def trade_words() -> Iterator[str]:
    """Give names that nobody has, more than two hundred kills leave time to use."""
    threes = itertools.product("霁沅澜屿岑珩汐苒舟禾晗岚", "宸芷瑜琛璟朗煦皓翊昀蓁祺湛", "溪岩川林")
    return iter(["".join(three) for three in threes])  # of a list: threads may share it


class Patient(Applicant):
    """A program whose node is away now and then: it sends the same again until it is answered."""

    def _answer(self, method: str, path: str, **what: Any) -> httpx.Response:
        until = time.monotonic() + SETTLED_WITHIN_S
        while True:
            try:
                return super()._answer(method, path, **what)
            except SourceDown:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


@dataclass
class Founder:
    """One person's program, filing one company after another while the node is being killed."""

    node: Node
    number: str
    words: Iterator[str]
    filed: list[str] = field(default_factory=list)
    trouble: list[BaseException] = field(default_factory=list)

    def go_on(self, enough: Event) -> None:
        """File until told that it is enough."""
        try:
            me = self.program()
            while not enough.is_set():
                self.filed.append(self.found_one(me, next(self.words)))
            me.close()
        except BaseException as trouble:
            self.trouble.append(trouble)

    def found_one(self, me: Applicant, word: str) -> str:
        """File one company; every request that was cut off is repeated under its key."""
        _, body = read_sample(SAMPLE, "open-company", civil_date(SystemClock().now()))
        body["answers"]["company"]["trade_word"] = word
        key = secrets.token_hex(8)
        answer = confirm_statements(me, me.file(body, key), statements_of(me, "open-company"), key)
        assert answer["is_clean"], answer
        return str(answer["number"])

    def program(self) -> Applicant:
        """Sign in."""
        provider = Provider(self.node.systems.endpoints["idp"], "tongban", "demo-idp-secret")
        token = sign_in(provider, self.number, back_to=f"{self.node.origin}/back", chance=SystemChance())
        return Patient(self.node.origin, token, "zh")


def kill_at_random(node: Node, kills: int, chance: random.Random) -> Counter[str]:
    """Kill web and workers, most of them in the middle of a filing; each again only once it had come back.

    Which one, and at which moment of its work, is chance. Gives how many of each were at work when they died.
    """
    victims = {name: member for name, member in node.members.items() if name != "signers"}
    at_work: Counter[str] = Counter()
    with node.watch() as watch:
        while sum(member.kills for member in victims.values()) < kills:
            name = chance.choice(list(victims))
            was_at_work = _comes_to_work(node, watch, name, chance)
            if not victims[name].is_ready():
                continue
            at_work[name if was_at_work else "idle"] += 1
            victims[name].kill()
            victims[name].start()
    for member in victims.values():
        member.wait()
    return at_work


def _comes_to_work(node: Node, watch: Watch, name: str, chance: random.Random) -> bool:
    """Wait until a process is somewhere within a filing; False when it holds none for so long."""
    until = time.monotonic() + IDLE_S
    while time.monotonic() < until:
        if name in map(node.named, watch.holders()):
            time.sleep(chance.uniform(0.0, 0.3))
            if name in map(node.named, watch.holders()):
                return True
        time.sleep(0.01)
    return False


def run_to_the_end(node: Node, founders: Sequence[Founder]) -> None:
    """Wait until nothing goes on by itself; what is in doubt at the bank is found out by its officer."""
    for _ in range(3):
        _settle(founders)
        in_doubt = resolve_doubts(node)
        print(f"{in_doubt} acts were in doubt")
        if in_doubt == 0:
            return
    pytest.fail("acts are in doubt again and again")


def _settle(founders: Sequence[Founder]) -> None:
    until = time.monotonic() + SETTLED_WITHIN_S
    for founder in founders:
        me = founder.program()
        for number in founder.filed:
            filing = me.filing(number)
            while filing["status"] == "running":
                assert time.monotonic() < until, f"{number} does not rest: {filing['timeline'][-3:]}"
                time.sleep(0.3)
                filing = me.filing(number)
        me.close()


def resolve_doubts(node: Node) -> int:
    """Have the bank's officer look into the bank's register; give how many acts were in doubt."""
    at_bank = node.systems.control("bank").registrations()
    known = {str(entry["credit_code"]): str(entry["number"]) for entry in at_bank}
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises.auditing", "resolve"],
        cwd=ROOT,
        env=dict(node.environment),
        input=json.dumps(known),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def check_everything(node: Node, founders: Sequence[Founder]) -> None:
    """End the node as it began, by a kill, and count what it has done, here and elsewhere."""
    for name, member in node.members.items():
        if name != "signers":
            member.kill()
    found: Mapping[str, Any] = json.loads(node.ask("-m", "tests.promises.auditing", "count"))
    assert found["wrong"] == []
    filed = [number for founder in founders for number in founder.filed]
    assert sorted(found["companies"]) == sorted(filed), "a filing was lost, or made twice"
    companies = Counter(found["companies"].values())
    assert "" not in companies
    assert set(companies.values()) == {1}
    for name in SYSTEMS:
        registered = Counter(str(e["credit_code"]) for e in node.systems.control(name).registrations())
        assert registered == companies, f"{name} registered {registered - companies} too often"


def found_under_fire(folder: Path, kills: int) -> None:
    seed = secrets.randbits(32)
    print(f"the seed of this run is {seed}")  # shown when it fails
    with open_node(folder, workers=2) as node:
        for name in ("seal", "social", "medical", "fund"):
            node.systems.control(name).set("drop_reply", times=2)
        # Slower than a page waits: the page leaves the rest to the workers.
        node.systems.control("market").set("slow", seconds=1.0, operation="djrk")
        node.systems.control("tax").set("slow", seconds=1.0)
        words = trade_words()
        founders = [Founder(node, number, words) for number in FOUNDERS]
        enough = Event()
        threads = [Thread(target=founder.go_on, args=(enough,), daemon=True) for founder in founders]
        for thread in threads:
            thread.start()
        try:
            print(f"killed at work: {kill_at_random(node, kills, random.Random(seed))}")
        finally:
            enough.set()
        for thread in threads:
            thread.join(SETTLED_WITHIN_S)
        assert [founder.trouble for founder in founders] == [[], [], []]
        run_to_the_end(node, founders)
        check_everything(node, founders)
        print(f"{sum(len(founder.filed) for founder in founders)} companies were founded")
        assert all(founder.filed for founder in founders)


@pytest.mark.database
def test_nothing_is_lost_or_doubled_by_twenty_kills(tmp_path: Path) -> None:
    found_under_fire(tmp_path, kills=20)


@pytest.mark.database
@pytest.mark.soak
def test_nothing_is_lost_or_doubled_by_two_hundred_kills(tmp_path: Path) -> None:
    found_under_fire(tmp_path, kills=200)
