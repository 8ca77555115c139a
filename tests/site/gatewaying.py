"""Gateways as processes over one built node, and a market office's system that asks them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo.characters import PERSONS
from demo.generate import generate
from tests.exchange.gateway.consumers import Consumer, Message
from tests.processes import ROOT, Servers, own_environment
from tests.promises.nodes import own_store
from tongban.exchange.gateway.wire import WINDOW_S
from tongban.kernel.clock import SystemClock

ORIGIN = "http://share.yunxi.example"
BARS: Mapping[str, Any] = {
    "purpose": "open-company",
    "case": "MKT-2026-00017",
    "elements": ["person.office_bar_until"],
    "key": {"person.resident_id": PERSONS["li_chunyan"].resident_id},
}
RESOURCE = "market.office_bars"


@dataclass
class Gateways:
    """A node whose gateways all answer to one origin, at ports of their own."""

    environment: Mapping[str, str]
    market: Consumer = field(default_factory=lambda: Consumer(Ed25519PrivateKey.generate(), ORIGIN))

    def start(self, servers: Servers, port: int) -> "subprocess.Popen[bytes]":
        """Start one more gateway and return when it listens."""
        here = {"TONGBAN_GATEWAY": f"127.0.0.1:{port}", "TONGBAN_GATEWAY_ORIGIN": ORIGIN}
        line = ["-m", "tongban.site.command", "gateway", "run"]
        started = servers.start(line, environment={**self.environment, **here})
        servers.wait_for_port(started, port)
        return started

    def signed(self, asked: Mapping[str, Any] = BARS) -> Message:
        """Give a signed request; any thread may ask for one.

        It is dated ahead, within the window, so that it still counts when a busy machine has started anew.
        """
        ahead = SystemClock().now() + timedelta(seconds=WINDOW_S - 10)
        return self.market.sign(RESOURCE, asked, at=ahead, nonce=token_hex(16))

    def command(self, *line: str) -> Any:
        """Run a command of the node's and give what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "tongban.site.command", *line, "--json"],
            cwd=ROOT,
            env={**own_environment(), **self.environment},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return json.loads(done.stdout)


def send(port: int, message: Message) -> tuple[int, dict[str, str], bytes]:
    """Send a request to whatever listens at a port, and give what it answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            message.method, message.url.removeprefix(ORIGIN), message.body, {**message.headers, "Host": "x"}
        )
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@contextmanager
def open_gateways(folder: Path) -> Iterator[Gateways]:
    """Build a node on a store of its own, with the market's register behind it and its key registered."""
    var = folder / "var"
    var.mkdir(mode=0o700)
    generate(folder / "outside", people=40, seed=7)
    (var / "endpoints.json").write_text(json.dumps({"market": str(folder / "outside/market/market.db")}))
    with own_store(var) as url:
        environment = {"TONGBAN_VAR": str(var), "TONGBAN_SECRET_KEY": "", "DATABASE_URL": url}
        opened = Gateways(environment)
        opened.command("city", "build")
        public = folder / "market.pub"
        public.write_bytes(opened.market.public_pem)
        by = ("--by", "security.yunxi.ning", "--because", "接入共享网关")
        opened.command("consumer", "register", "market.990121", "--key", str(public), *by)
        yield opened
