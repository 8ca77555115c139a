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
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.items import api as items
from tongban.kernel.clock import SystemClock, budget
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.site.accounts import accounts_of
from tongban.site.applicant import Applicant, Provider
from tongban.site.city import city_file
from tongban.site.first_filing import verify
from tongban.site.playing import CONTROL_TOKEN, Controls, Player, Scene
from tongban.site.processes import Crew, Program, answers

PEOPLE = 300  # besides the fixed characters, who play
SEEN_WITHIN_S = 60.0
LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class Rehearsal:
    """A built city and its data, copied for each sample."""

    folder: Path
    pack: Path

    def run(self, sample: items.Sample) -> Sequence[items.Observed]:
        """Play every phase of a sample; give what was seen after each."""
        with self._stage(sample.key) as stage:
            path = self.pack / "samples" / f"{sample.key}.json"
            return Play(stage, self.pack, Player(stage.scene, self.pack.name, path, "en")).phases()

    @property
    def city(self) -> Path:
        return self.folder / "city"

    def prepare(self) -> None:
        """Copy the city with this pack in it, make its people, build the node once."""
        shutil.copytree(settings.CITY, self.city)
        # Whoever plays is synthetic: this copy admits them and gives its officers accounts, whatever
        # the city itself is.
        told = city_file(self.city).model_copy(update={"demonstration": True})
        (self.city / "city.yaml").write_text(told.model_dump_json(), "utf-8")
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
        keys = self.folder / "built-opening-keys"
        if keys.is_dir():
            shutil.copytree(keys, self.folder / f"{name}-opening-keys")
        crew = Crew(var / "output")
        try:
            yield _open_stage(self.city, var, crew)
        finally:
            crew.stop()
            shutil.rmtree(var, ignore_errors=True)
            shutil.rmtree(self.folder / f"{name}-opening-keys", ignore_errors=True)


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
        "TONGBAN_OPENING_KEYS": "",
        "TONGBAN_SECRET_KEY": "",
        "DATABASE_URL": f"sqlite:///{var}/tongban.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tongban.site.settings",
        "PYTHONPATH": os.pathsep.join([str(settings.ROOT / "src"), str(settings.ROOT)]),
    }


@dataclass(frozen=True)
class Stage:
    """A running node, the systems around it, and the root that its licences are verified by."""

    scene: Scene
    controls: Controls
    trust: Path


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
    controls = Controls(json.loads((data / "controls.json").read_text("utf-8")), CONTROL_TOKEN)
    seed = bytes.fromhex((var / "keys" / "demonstration-seed").read_text("ascii"))
    scene = Scene(
        origin=f"http://127.0.0.1:{port}",
        provider=Provider(endpoints["idp"], "tongban", "demo-idp-secret"),
        controls=controls,
        staff=lambda: accounts_of(city, seed, SystemClock().now()),
    )
    return Stage(scene, controls, trust=var / "trust.json")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Play:
    """One sample on its stage."""

    stage: Stage
    pack: Path
    player: Player
    verified: dict[str, bool] = field(default_factory=dict)

    def phases(self) -> list[items.Observed]:
        """Do what each phase says, then look until what is expected is seen or the time is over."""
        me = self.player.applicant(self.player.sample.file.signed_in.number)
        seen: list[items.Observed] = []
        answer: dict[str, Any] = {}
        for number, phase in enumerate(self.player.sample.file.phases):
            begun = number > 0
            answer = self.player.go_on(me, answer, phase) if begun else self.player.begin(me, phase)
            seen.append(self._look(me, answer, phase.expect))
        me.close()
        return seen

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
            for name in self.player.names(fact)
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
            notices=tuple(notice["kind"] for notice in me.notices(answer["number"])),
            corrections=sum(fact["contested"] for fact in facts),
            offered=self._offered(plan),
            pledged=self._pledged(plan) if "pledged" in kinds else (),
            fetched_about={who: self._fetched_about(who, answer["number"]) for who in expected.fetched_about},
            asked=plan["totals"]["here"]["all"],
            registrations=self.stage.controls.registrations(),
            licences=sum(self._is_valid(me, case["licence"]) for case in filing["cases"]),
        )

    def _offered(self, plan: Mapping[str, Any]) -> tuple[str, ...]:
        asked = {planned["question"] for planned in plan["questions"]}
        pack = items.load_pack(self.pack)
        pledges = [pledge for item in pack.items for pledge in item.value.item.pledges]
        return tuple(sorted(pledge.id for pledge in pledges if pledge.asked_by in asked))

    def _fetched_about(self, who: str, number: str) -> int:
        """Sign in as a participant and count what they see that was fetched about them."""
        other = self.player.participant(who)
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


def _not_played(said: str) -> SourceDown:
    return SourceDown(
        "rehearsal.not_ready",
        what=Text(f"演练环境未能建立。{said}", f"The rehearsal's node could not be built. {said}"),
        todo=Text("请先执行 tongban city check。", "Run `tongban city check` first."),
    )
