"""A whole node beside the other organisations' systems, for people who come in a real browser."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from demo.generate import generate
from demo.run import Systems, start_all
from tests.processes import Servers, own_environment
from tests.sources import ROOT

PEOPLE = 60


@dataclass
class Town:
    """A running node: its address, the systems around it, its folder."""

    address: str
    systems: Systems
    var: Path


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Build and start everything once for all journeys; all of it ends with them."""
    folder = tmp_path_factory.mktemp("node")
    var = folder / "var"
    generate(folder / "outside", people=PEOPLE, seed=5)
    port = _free_port()
    environment = {
        "TONGBAN_VAR": str(var),
        "TONGBAN_SECRET_KEY": "",
        "TONGBAN_PORT": str(port),
        "DATABASE_URL": f"sqlite:///{var}/node.sqlite3",
    }
    built = subprocess.run(
        [sys.executable, "-m", "tongban.site.command", "city", "build"],
        env={**own_environment(), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    running = Servers(folder)
    with start_all(folder / "outside") as systems:
        (var / "endpoints.json").write_text(json.dumps(systems.endpoints), "utf-8")
        serve = ["-m", "tongban.site.command", "serve", "--json", "--port", str(port)]
        started = running.start(serve, environment=environment)
        try:
            running.wait_until(
                started, lambda: "address" in running.output_of(started), "the node did not start"
            )
            yield Town(f"http://127.0.0.1:{port}", systems, var)
        finally:
            running.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sign_in(page: Page, person: str, *, by: str = "face") -> None:
    """Sign a person in at the identity provider's own page, by face unless another way is told."""
    page.get_by_role("radio", name=person).check()
    if page.locator("input[type=radio][name=method]").count():  # not where only a face check is offered
        page.locator(f"input[name=method][value={by}]").check()
    page.get_by_label("900100").fill("900100")
    page.locator("button[type=submit]").click()


Visitor = Callable[..., BrowserContext]


@pytest.fixture
def come(node: Town, visitor: Visitor) -> Callable[..., Page]:
    """Let a person come to the node's home page and sign in: come("李春燕", phone=True, script=False)."""

    def arrive(person: str = "", *, by: str = "face", **how: object) -> Page:
        context = visitor(**how)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto(node.address)
        if person:
            page.locator(".who a").first.click()
            sign_in(page, person, by=by)
        return page

    return arrive
