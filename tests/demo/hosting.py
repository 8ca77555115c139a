"""A system of another organisation in this process, behind a real port, with a clock that tests set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import httpx

from demo import bank, court, fund, idp, land, market, medical, police, seal, social, tax
from demo.host import Host, System
from demo.program import SHANGHAI, Settings, default_key

PROGRAMS: dict[str, ModuleType] = {
    "idp": idp,
    "police": police,
    "market": market,
    "land": land,
    "court": court,
    "tax": tax,
    "social": social,
    "medical": medical,
    "fund": fund,
    "bank": bank,
    "seal": seal,
}
MORNING = datetime(2026, 11, 2, 10, 20, 30, tzinfo=SHANGHAI)
FIRM = "91990121MA9K0001XE"
PERSON = "990121198803129020"
TOKEN = {"X-Control-Token": "demo-control"}


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


@dataclass
class Hosted:
    """One system behind a real port."""

    system: System
    host: Host
    clock: Clock
    data: Path
    client: httpx.Client = field(init=False)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.host.port}"

    def control(self, mode: str, **more: object) -> httpx.Response:
        return self.command("", mode=mode, **more)

    def command(self, path: str, **body: object) -> httpx.Response:
        return self.client.post(f"/_control{path}", json=body, headers=TOKEN)

    def state(self) -> dict[str, object]:
        return dict(self.client.get("/_control", headers=TOKEN).json())

    def registrations(self) -> list[dict[str, object]]:
        return list(self.client.get("/_control/registrations", headers=TOKEN).json()["registrations"])

    def stop(self) -> None:
        self.client.close()
        self.host.shutdown()
        self.host.server_close()
        if self.system.desk:
            self.system.desk.close()


Hosting = Callable[[str], Hosted]


def host_system(name: str, data: Path) -> Hosted:
    """Build one system over its data and let it answer; `Hosted.stop` ends it."""
    clock, host = Clock(), Host(0)
    pauses: list[float] = []
    url = f"http://127.0.0.1:{host.port}"
    settings = Settings(name, data, host.port, url, default_key(name), now=clock)
    built = PROGRAMS[name].build(settings)
    system = System(**{**vars(built), "pause": pauses.append})
    host.admit(system)
    host.start()
    return Hosted(system, host, clock, data, pauses=pauses)
