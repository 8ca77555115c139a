"""What every system does on the command line: bind, say so, serve, and die with its parent."""

import argparse
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from demo.host import Host, System

SHANGHAI = timezone(timedelta(hours=8))  # one time zone since 1991; no table of zones needed
DEFAULT_TOKEN = "demo-control"  # noqa: S105 - opens nothing but a simulation on loopback
_PR_SET_PDEATHSIG = 1


class NotReady(Exception):
    """The system cannot start; the message says what to do."""


def shanghai_now() -> datetime:
    """The time on this organisation's own clock."""
    return datetime.now(SHANGHAI).replace(microsecond=0)


@dataclass(frozen=True)
class Settings:
    """What the command line says; `key` is the secret that this organisation gave its partners."""

    name: str
    data: Path
    port: int
    public_url: str
    key: str
    token: str = DEFAULT_TOKEN
    redirects: tuple[str, ...] = ()
    now: Callable[[], datetime] = shanghai_now


def default_key(name: str) -> str:
    """The demonstration secret of a system."""
    return f"demo-{name}-secret" if name == "idp" else f"demo-{name}-key"


def require(path: Path) -> Path:
    """The path, or NotReady where the generator has not made it."""
    if not path.exists():
        raise NotReady(f"{path} is missing: first run  python -m demo.generate --out {path.parent.parent}")
    return path


def serve(name: str, build: Callable[[Settings], System], arguments: list[str] | None = None) -> int:
    """Run one system until it is told to stop; prints one line of JSON once it listens."""
    asked = _parse(name, arguments)
    if asked.die_with:
        _die_with(asked.die_with)
    try:
        host = Host(asked.port)
    except OSError:
        print(f"{name}: port {asked.port} is in use; choose another with --port", file=sys.stderr)
        return 1
    settings = Settings(
        name=name,
        data=Path(asked.data),
        port=host.port,
        public_url=(asked.public_url or f"http://127.0.0.1:{host.port}").rstrip("/"),
        key=asked.key or default_key(name),
        token=asked.control_token,
        redirects=tuple(asked.redirect),
    )
    try:
        host.admit(build(settings))
    except NotReady as reason:
        print(f"{name}: {reason}", file=sys.stderr)
        return 1
    print(json.dumps({"name": name, "port": host.port}), flush=True)
    try:
        host.serve_forever()
    except KeyboardInterrupt:
        host.server_close()
    return 0


def _parse(name: str, arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m demo.{name}", description="See demo/PROTOCOLS.md.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--data", required=True, help="this system's own folder")
    parser.add_argument("--public-url", help="address that others use (default: http://127.0.0.1:PORT)")
    parser.add_argument("--control-token", default=os.environ.get("DEMO_CONTROL_TOKEN", DEFAULT_TOKEN))
    parser.add_argument("--key", help="the secret given to partners")
    parser.add_argument("--redirect", action="append", default=[], help="idp: one more redirect URI")
    parser.add_argument("--die-with", type=int, default=0, metavar="PID", help="end when this parent ends")
    return parser.parse_args(arguments)


def _die_with(parent: int) -> None:
    # The kernel ends this process when its parent does, however it does: no orphans hold the ports.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(0)
