"""Plays a pack's samples on a whole node of their own: systems, signers, web, worker, driven from outside.

Each sample has a fresh node, so that none finds what another left behind. What is seen is what an
applicant's program sees over /api/v1, and what the other organisations' own systems count.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from tongban.items import api as items
from tongban.kernel.clock import SystemClock, budget, civil_date
from tongban.kernel.errors import SourceDown
from tongban.kernel.ids import SystemChance, new_id
from tongban.kernel.texts import Text
from tongban.site.applicant import Applicant, Provider, sign_in
from tongban.site.first_filing import confirm_statements, read_sample, statements_of, verify
from tongban.site.processes import Crew, Program, answers

PEOPLE = 300  # besides the fixed characters, who play
SEEN_WITHIN_S = 60.0
LOOK_EVERY_S = 0.2
CONTROL_TOKEN = "demo-control"  # noqa: S105 - opens nothing but a simulation on loopback
NOTICE_OF = {"correction": "to_be_completed"}  # kinds of the timeline that have another name as a notice
NOTICES = ("accepted", "to_be_completed", "not_accepted", "granted", "refused", "withdrawn")
COUNTED = ("tax", "social", "medical", "fund", "bank", "seal")


@dataclass(frozen=True)
class Rehearsal:
    """A built city and its data, copied for each sample."""

    folder: Path
    pack: Path

    def run(self, sample: items.Sample) -> Sequence[items.Observed]:
        """Play every phase of a sample; give what was seen after each."""
        with self._stage(sample.key) as stage:
            return Play(stage, self.pack, sample).phases()

    @property
    def city(self) -> Path:
        return self.folder / "city"

    def prepare(self) -> None:
        """Copy the city with this pack in it, make its people, build the node once."""
        shutil.copytree(settings.CITY, self.city)
        inside = self.city / "packs" / self.pack.name
        shutil.rmtree(inside, ignore_errors=True)
        shutil.copytree(self.pack, inside)
        data = ["-m", "demo.generate", "--people", str(PEOPLE), "--out", str(self.folder / "built" / "demo")]
        self._do(data)
        self._do(["-m", "tongban.site.command", "city", "build"])

    def _do(self, command: Sequence[str]) -> None:
        environment = environment_of(self.city, self.folder / "built")
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise _not_played(done.stderr[-2000:])

    @contextmanager
    def _stage(self, name: str) -> Iterator["Stage"]:
        var = Path(shutil.copytree(self.folder / "built", self.folder / name))
        crew = Crew(var / "output")
        try:
            yield _open_stage(self.city, var, crew)
        finally:
            crew.stop()
            shutil.rmtree(var, ignore_errors=True)


@contextmanager
def rehearsal(pack: Path) -> Iterator[Rehearsal]:
    """Give a rehearsal of a pack in the city of the settings; its folder goes with the block."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-rehearsal-"))
    try:
        made = Rehearsal(folder, pack)
        made.prepare()
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment_of(city: Path, var: Path) -> dict[str, str]:
    """Give the environment of a node of its own, on the embedded store."""
    return {
        "TONGBAN_CITY": str(city),
        "TONGBAN_VAR": str(var),
        "TONGBAN_SECRET_KEY": "",
        "DATABASE_URL": f"sqlite:///{var}/tongban.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tongban.site.settings",
        "PYTHONPATH": os.pathsep.join([str(settings.ROOT / "src"), str(settings.ROOT)]),
    }


@dataclass(frozen=True)
class Stage:
    """A running node and the systems around it."""

    origin: str
    provider: Provider
    controls: Mapping[str, str]
    trust: Path

    def set(self, outside: items.Outside) -> None:
        """Have a system behave as the sample says."""
        told = {"mode": outside.mode, "times": outside.times, "operation": outside.operation}
        self._control(outside.system, "", {name: value for name, value in told.items() if value is not None})

    def registrations(self) -> dict[str, int]:
        """Count registrations where they were made."""
        return {name: int(self._control(name, "/registrations")["count"]) for name in COUNTED}

    def _control(self, system: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        method = "GET" if body is None else "POST"
        headers = {"X-Control-Token": CONTROL_TOKEN}
        answer = httpx.request(method, self.controls[system] + path, json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        shape: dict[str, Any] = answer.json()
        return shape


def _open_stage(city: Path, var: Path, crew: Crew) -> Stage:
    environment = environment_of(city, var)
    data, written = var / "demo", var / "demo" / "endpoints.json"
    command = ("-m", "demo.run", "--data", str(data), "--free-ports", "--control-token", CONTROL_TOKEN)
    crew.start(
        Program("outside", command, lambda _: written.exists(), environment=environment, restart=False)
    )
    endpoints = json.loads(written.read_text("utf-8"))
    (var / "endpoints.json").write_text(json.dumps(endpoints), "utf-8")
    port = _free_port()
    serving = ("-m", "tongban.site.command", "serve", "--port", str(port))
    crew.start(Program("node", serving, answers(port), environment=environment, restart=False))
    return Stage(
        origin=f"http://127.0.0.1:{port}",
        provider=Provider(endpoints["idp"], "tongban", "demo-idp-secret"),
        controls=json.loads((data / "controls.json").read_text("utf-8")),
        trust=var / "trust.json",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Play:
    """One sample on its stage."""

    stage: Stage
    pack: Path
    sample: items.Sample
    chance: SystemChance = field(default_factory=SystemChance)
    verified: dict[str, bool] = field(default_factory=dict)

    def phases(self) -> list[items.Observed]:
        """Do what each phase says, then look until what is expected is seen or the time is over."""
        for outside in self.sample.file.outside:
            self.stage.set(outside)
        me = self.applicant(self.sample.file.signed_in.number)
        seen: list[items.Observed] = []
        answer: dict[str, Any] = {}
        for number, phase in enumerate(self.sample.file.phases):
            for outside in phase.outside:
                self.stage.set(outside)
            answer = self._begin(me, phase) if number == 0 else self._go_on(me, answer, phase)
            seen.append(self._look(me, answer, phase.expect))
        me.close()
        return seen

    def applicant(self, number: str) -> Applicant:
        """Sign somebody in."""
        back_to = f"{self.stage.origin}/signed-in"
        token = sign_in(self.stage.provider, number, back_to=back_to, chance=self.chance)
        return Applicant(self.stage.origin, token, "en")

    def _key(self) -> str:
        return new_id(SystemClock().now(), self.chance)

    def _begin(self, me: Applicant, phase: items.Phase) -> dict[str, Any]:
        path = self.pack / "samples" / f"{self.sample.key}.json"
        _, body = read_sample(path, self.pack.name, _today())
        for who, given in phase.answers.items():
            body["answers"].setdefault(who, {}).update(given)
        key = self._key()
        return confirm_statements(me, me.file(body, key), statements_of(me, self.pack.name), key)

    def _go_on(self, me: Applicant, answer: dict[str, Any], phase: items.Phase) -> dict[str, Any]:
        if phase.answers:
            key = self._key()
            corrected = me.correct(answer["number"], phase.answers, key)
            answer = confirm_statements(me, corrected, statements_of(me, self.pack.name), key)
        parties = {str(party.ref): party for party in self.sample.parties()}
        for who in phase.confirms:
            other = self.applicant(parties[who].number)
            other.confirm(answer["number"])
            other.close()
        for contest in phase.contests:
            fact = next(f["id"] for f in me.facts(answer["number"]) if contest.fact in self._names(f))
            me.contest(answer["number"], fact, contest.said)
        return answer

    def _names(self, fact: Mapping[str, Any]) -> set[str]:
        """Give the names of a fact: by its participant, and by every role that the participant fills."""
        word = fact["element"].partition(".")[2]
        roles = [str(p.ref) for p in self.sample.parties() if str(p.same_as or p.ref) == fact["participant"]]
        return {f"{role}.{word}" for role in [fact["participant"], *roles]}

    def _look(self, me: Applicant, answer: dict[str, Any], expected: items.Expected) -> items.Observed:
        patience = budget(SEEN_WITHIN_S)
        seen = self._seen(me, answer, expected)
        while items.differences(expected, seen) and patience.left_s() > 0:
            time.sleep(LOOK_EVERY_S)
            seen = self._seen(me, answer, expected)
        return seen

    def _seen(self, me: Applicant, answer: dict[str, Any], expected: items.Expected) -> items.Observed:
        filing, facts = me.filing(answer["number"]), me.facts(answer["number"])
        plan = me.plan(answer["number"])["plan"]
        cases = {case["item"]: case for case in filing["cases"]}
        statuses = {
            name: "contested" if fact["contested"] else fact["status"]
            for fact in facts
            for name in self._names(fact)
        }
        kinds = [line["kind"] for line in filing["timeline"]]
        stops = answer["stops"]
        return items.Observed(
            status=filing["status"],
            stopped_by=tuple(stop["check"] for stop in stops),
            alternatives=max((len(stop["alternatives"]) for stop in stops), default=0),
            cases={key: cases[key]["state"] if key in cases else "none" for key in expected.cases},
            makers={key: case["maker"] for key, case in cases.items()},
            facts={name: statuses.get(name, "unknown") for name in expected.facts},
            notices=tuple(kind for kind in (NOTICE_OF.get(each, each) for each in kinds) if kind in NOTICES),
            corrections=sum(fact["contested"] for fact in facts),
            offered=self._offered(plan),
            pledged=self._pledged(plan) if "pledged" in kinds else (),
            fetched_about={who: self._fetched_about(who, answer["number"]) for who in expected.fetched_about},
            asked=plan["totals"]["here"]["all"],
            registrations=self.stage.registrations(),
            licences=sum(self._is_valid(me, case["licence"]) for case in filing["cases"]),
        )

    def _offered(self, plan: Mapping[str, Any]) -> tuple[str, ...]:
        asked = {planned["question"] for planned in plan["questions"]}
        pack = items.load_pack(self.pack)
        pledges = [pledge for item in pack.items for pledge in item.value.item.pledges]
        return tuple(sorted(pledge.id for pledge in pledges if pledge.asked_by in asked))

    def _fetched_about(self, who: str, number: str) -> int:
        """Sign in as a participant and count what they see that was fetched about them."""
        parties = {str(party.ref): party for party in self.sample.parties()}
        other = self.applicant(parties[who].number)
        found = len([fact for fact in other.facts(number) if fact["participant"] == who])
        other.close()
        return found

    def _pledged(self, plan: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(sorted({need["pledge"] for need in plan["needs"] if need["pledge"]}))

    def _is_valid(self, me: Applicant, identifier: str) -> bool:
        if identifier and not self.verified.get(identifier):
            report = verify(me.licence_file(identifier), self.stage.trust)
            self.verified[identifier] = report["verdict"] == "valid"
        return self.verified.get(identifier, False)


def _today() -> date:
    return civil_date(SystemClock().now())


def _not_played(said: str) -> SourceDown:
    return SourceDown(
        "rehearsal.not_ready",
        what=Text(f"演练环境未能建立。{said}", f"The rehearsal's node could not be built. {said}"),
        todo=Text("请先执行 tongban city check。", "Run `tongban city check` first."),
    )
