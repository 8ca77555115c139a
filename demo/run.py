"""Run all systems of the demonstration city as children of one parent."""

import argparse
import json
import os
import selectors
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from demo.program import DEFAULT_TOKEN

PORTS = {
    "idp": 8701,
    "police": 8702,
    "market": 8703,
    "land": 8704,
    "court": 8705,
    "tax": 8706,
    "social": 8707,
    "medical": 8708,
    "fund": 8709,
    "bank": 8710,
    "seal": 8711,
}
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0


class CannotStart(Exception):
    """A system did not come up; the message says which, and why by its own words."""


@dataclass
class Systems:
    """The running systems, by name."""

    folder: Path
    ports: dict[str, int]
    token: str = DEFAULT_TOKEN
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def endpoints(self) -> dict[str, str]:
        """Where each system is found: a URL, or a path for those read as files."""
        addresses = {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        return addresses | {
            "market_desk": addresses["market"],
            "market": str((self.folder / "market" / "market.db").resolve()),
            "land": str((self.folder / "land" / "drop").resolve()),
            "court": addresses["court"] + "/ws/zhixing",
        }

    @property
    def controls(self) -> dict[str, str]:
        """The control address of each system."""
        return {name: f"http://127.0.0.1:{port}/_control" for name, port in self.ports.items()}

    def control(self, name: str) -> "Remote":
        """The control of one system."""
        return Remote(self.controls[name], self.token)

    def start(self, name: str) -> None:
        """Start a system that was killed, at the port it had."""
        self.children[name] = _spawn(name, self.folder, self.ports[name], self.token)
        self.ports |= _await(self.folder, {name: self.children[name]})

    def kill(self, name: str) -> None:
        """End one system without warning, as a power cut would."""
        child = self.children.pop(name)
        child.kill()
        child.wait()
        _close(child)

    def stop(self) -> None:
        """End every system that this object started."""
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            _close(child)
        self.children.clear()

    def __enter__(self) -> "Systems":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True)
class Remote:
    """The control interface of one running system (PROTOCOLS.md §12)."""

    url: str
    token: str

    def state(self) -> dict[str, object]:
        """Mode and counts."""
        return self._ask("")

    def set(self, mode: str, **more: object) -> dict[str, object]:
        """Change the mode: `seconds`, `times`, `operation` as the interface takes them."""
        return self._ask("", {"mode": mode, **more})

    def registrations(self) -> list[dict[str, object]]:
        """Every registration in this organisation's own store, oldest first."""
        kept = self._ask("/registrations")["registrations"]
        return list(kept) if isinstance(kept, list) else []

    def reset(self) -> dict[str, object]:
        """Forget registrations and counts and be normal."""
        return self._ask("/reset", {})

    def command(self, name: str, **values: object) -> dict[str, object]:
        """One more control, such as land's `drop` and `address`."""
        return self._ask(f"/{name}", values)

    def _ask(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"X-Control-Token": self.token})  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            answer: dict[str, object] = json.load(reply)
        return answer


def start_all(folder: Path, ports: Mapping[str, int] | None = None, token: str = DEFAULT_TOKEN) -> Systems:
    """Start every system over generated data, on free ports unless told, and wait until each listens.

    Raises CannotStart, having stopped the others. The children end when this process does, however it
    does; call this from a thread that outlives them, as the kernel watches the thread that forked.
    """
    asked = dict.fromkeys(PORTS, 0) | dict(ports or {})
    systems = Systems(folder, asked, token)
    try:
        for name, port in asked.items():
            systems.children[name] = _spawn(name, folder, port, token)
        systems.ports = _await(folder, systems.children)
    except BaseException:
        systems.stop()
        raise
    _write(folder / "endpoints.json", systems.endpoints)
    _write(folder / "controls.json", systems.controls)
    return systems


def _spawn(name: str, folder: Path, port: int, token: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        f"demo.{name}",
        "--port",
        str(port),
        "--data",
        str(folder.resolve() / name),
    ]
    root = Path(__file__).resolve().parent.parent
    # A file, as a pipe that nobody empties would stop a talkative system.
    with _log(folder, name).open("wb") as log:
        return subprocess.Popen(
            [*command, "--die-with", str(os.getpid())],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "DEMO_CONTROL_TOKEN": token},
        )


def _log(folder: Path, name: str) -> Path:
    path = folder / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _await(folder: Path, children: Mapping[str, subprocess.Popen[bytes]]) -> dict[str, int]:
    ports: dict[str, int] = {}
    deadline = time.monotonic() + START_TIMEOUT_S
    with selectors.DefaultSelector() as selector:
        for name, child in children.items():
            assert child.stdout is not None  # noqa: S101 - opened with a pipe
            selector.register(child.stdout, selectors.EVENT_READ, name)
        while len(ports) < len(children):
            ready = selector.select(deadline - time.monotonic())
            if not ready:
                missing = ", ".join(name for name in children if name not in ports)
                raise CannotStart(f"no answer within {START_TIMEOUT_S:g} s from: {missing}")
            for found, _ in ready:
                name = found.data
                ports[name] = _said(folder, name, children[name])
                selector.unregister(found.fileobj)
    return {name: ports[name] for name in children}


def _said(folder: Path, name: str, child: subprocess.Popen[bytes]) -> int:
    assert child.stdout is not None  # noqa: S101
    line = child.stdout.readline()
    if line:
        return int(json.loads(line)["port"])
    child.wait()
    raise CannotStart(_last_words(folder, name) or f"{name} ended with {child.returncode}")


def _last_words(folder: Path, name: str) -> str:
    return _log(folder, name).read_text(encoding="utf-8", errors="replace").strip()


def _close(child: subprocess.Popen[bytes]) -> None:
    if child.stdout:
        child.stdout.close()


def _write(path: Path, value: Mapping[str, str]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.rename(path)


def table(systems: Systems) -> str:
    """What runs where."""
    lines = [f"{'system':<9}{'port':>6}  {'pid':>8}  endpoint"]
    endpoints = systems.endpoints
    for name, port in systems.ports.items():
        lines.append(f"{name:<9}{port:>6}  {systems.children[name].pid:>8}  {endpoints[name]}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run until one system ends or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m demo.run", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder made by python -m demo.generate")
    parser.add_argument("--free-ports", action="store_true", help="take free ports instead of 8701–8711")
    parser.add_argument("--control-token", default=os.environ.get("DEMO_CONTROL_TOKEN", DEFAULT_TOKEN))
    asked = parser.parse_args(arguments)
    try:
        systems = start_all(asked.data, None if asked.free_ports else PORTS, asked.control_token)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    with systems, suppress(KeyboardInterrupt):
        print(table(systems), flush=True)
        _watch(systems)
        return 1
    return 0


def _watch(systems: Systems) -> None:
    """Wait until any system ends; say which."""
    with selectors.DefaultSelector() as selector:
        for name, child in systems.children.items():
            assert child.stdout is not None  # noqa: S101
            selector.register(child.stdout, selectors.EVENT_READ, name)
        ended = selector.select()[0][0].data  # standard output closes when a child ends
    child = systems.children[ended]
    child.wait()
    print(f"{ended} ended: {_last_words(systems.folder, ended)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
