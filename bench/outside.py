"""The other organisations' systems on loopback, over a small city's people; started when first asked for."""

import atexit
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from tongban.kernel.ids import SystemChance
from tongban.site.applicant import Provider, sign_in
from tongban.site.processes import Crew, Program

PEOPLE = 300  # besides the fixed characters, who file


@dataclass(frozen=True)
class Outside:
    """The running systems: where each is found, and the process that is parent of all."""

    endpoints: Mapping[str, str]
    pid: int

    def token_of(self, number: str, *, back_to: str) -> str:
        """Sign a person in at the identity provider; give their access token."""
        provider = Provider(self.endpoints["idp"], "tongban", "demo-idp-secret")
        return sign_in(provider, number, back_to=back_to, chance=SystemChance())


@cache
def outside() -> Outside:
    """Give the systems; they end with the benchmark."""
    data = Path(settings.VAR) / "demo"
    written = data / "endpoints.json"
    made = [sys.executable, "-m", "demo.generate", "--people", str(PEOPLE), "--out", str(data)]
    subprocess.run(made, cwd=settings.ROOT, check=True, stdout=subprocess.DEVNULL)
    crew = Crew(Path(settings.VAR) / "output")
    atexit.register(crew.stop)
    command = ("-m", "demo.run", "--data", str(data), "--free-ports")
    there = {"PYTHONPATH": str(settings.ROOT)}
    running = crew.start(
        Program("outside", command, lambda _: written.exists(), environment=there, restart=False)
    )
    return Outside(json.loads(written.read_text("utf-8")), running.process.pid)
