"""The other organisations' systems behind real ports, and roads that lead to them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.generate import generate
from tests.demo.hosting import MORNING, Hosted, Hosting, host_system
from tests.sources import ROOT
from tongban.exchange.api import Connector, Endpoint, Journal, Road, open_road, read_endpoints
from tongban.kernel.clock import SetClock
from tongban.kernel.ids import SystemChance

CITY = ROOT / "cities" / "yunxi"
Opening = Callable[..., Road]


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated city of 300 people, for reading."""
    folder = tmp_path_factory.mktemp("people")
    generate(folder, people=300, seed=7)
    return folder


@pytest.fixture
def hosted(tmp_path: Path, people: Path) -> Iterator[Hosting]:
    """Start systems by name, each over its own copy of its data; all end with the test."""
    running: list[Hosted] = []

    def start(name: str) -> Hosted:
        data = tmp_path / name
        data.mkdir(exist_ok=True)
        if (people / name).exists():
            shutil.copytree(people / name, data, dirs_exist_ok=True)
        running.append(host_system(name, data))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def clock() -> SetClock:
    """The clock that breakers rest by."""
    return SetClock(MORNING)


@pytest.fixture
def opened(clock: SetClock) -> Iterator[Opening]:
    """Open a road over hosted systems by the city's own connectors; it closes with the test."""
    roads: list[Road] = []

    def open_to(*systems: Hosted, extra: tuple[Connector, ...] = (), journal: Journal | None = None) -> Road:
        here = {name: at for one in systems for name, at in addresses(one).items()}
        roads.append(
            open_road(
                CITY / "connectors",
                read_endpoints(CITY / "endpoints.yaml", here),
                extra,
                clock=clock,
                chance=SystemChance(),
                journal=journal,
                pause=lambda _: None,
            )
        )
        return roads[-1]

    yield open_to
    for road in roads:
        road.close()


def addresses(system: Hosted) -> dict[str, str]:
    """Say where one hosted system is, under the names that endpoints have."""
    name = system.system.name
    if name == "market":
        return {"market": str(system.data / "market.db"), "market_desk": system.url}
    if name == "land":
        return {"land": str(system.data / "drop")}
    return {name: f"{system.url}/ws/zhixing" if name == "court" else system.url}


def endpoint(at: str) -> Endpoint:
    """Make an endpoint with a key."""
    return Endpoint(at=at, secrets={"key": "demo-key"})
