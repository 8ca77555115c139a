"""A whole log, from a folder or a web server: the one that was signed, to the last bit, or none."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.forging import LOG, NOON, ORIGIN, trust_statement
from tests.verify.sm2_ones import SM2_VKEY, signed_by_sm2
from tests.verify.test_command import run
from tests.verify.test_witnesses import SIGNERS, VKEYS
from tongban.kernel.canonical import canonical
from tongban.ledger.notes import VerifierKey, cosign
from tongban.ledger.tiles import grow
from tongban.ledger.tree import Range, append, leaf_hash
from tongban_verify import Report, Verdict, anchor_from_bytes, from_address, from_folder, verify_log
from tongban_verify.fetching import _whole
from tongban_verify.logs import Unreached
from tongban_verify.trust import with_witnesses

TRUST = json.dumps(trust_statement()).encode()
ANCHOR = anchor_from_bytes(TRUST)
SIZES = (0, 1, 2, 255, 256, 257, 700, 65_536 + 300)


def leaf(number: int, **other: object) -> bytes:
    shape = {"version": 1, "kind": "case.decided", "hour": "2026-11-23T04Z", "commitment": f"{number:064x}"}
    return canonical({**shape, "office": "market.990100", **other})


def signed(size: int, root: bytes) -> bytes:
    """Sign a checkpoint as the log does."""
    body = f"{ORIGIN}\n{size}\n{b64encode(root).decode()}\n"
    hint = VerifierKey(ORIGIN, LOG.public_key().public_bytes_raw()).key_id
    return f"{body}\n— {ORIGIN} {b64encode(hint + LOG.sign(body.encode())).decode()}\n".encode()


@dataclass
class Kept:
    """The files of a log, by their paths; read as the verifier reads any."""

    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, leaves: list[bytes]) -> "Kept":
        hashes = [leaf_hash(each) for each in leaves]
        files = dict(grow(0, leaves, hashes, lambda _: None))
        root = append(Range(), hashes).root()
        return cls({**files, "checkpoint": signed(len(leaves), root)})

    def read(self, path: str, most: int) -> bytes | None:
        found = self.files.get(path)
        return None if found is None else found[: most + 1]

    def verify(self) -> Report:
        return verify_log(self.read, ANCHOR, NOON)

    def codes(self) -> list[str]:
        return [reason.code for reason in self.verify().reasons]

    def written_to(self, folder: Path) -> Path:
        for path, data in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder


LEAVES = [leaf(number) for number in range(700)]
KEPT = Kept.of(LEAVES)


@pytest.mark.parametrize("size", SIZES)
def test_a_log_of_any_size_is_verified_whole(size: int) -> None:
    report = Kept.of([leaf(number) for number in range(size)]).verify()
    assert report.verdict is Verdict.VALID, report.sentence("en")
    assert f"全部 {size} 条存证" in report.sentence("zh")
    assert f"all of its {size} entries" in report.sentence("en")


@settings(max_examples=300)
@given(st.sampled_from(sorted(KEPT.files)), st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_no_flipped_bit_in_any_file_leaves_a_log_valid(path: str, place: float, bit: int) -> None:
    spoilt = bytearray(KEPT.files[path])
    spoilt[int(place * len(spoilt))] ^= 1 << bit
    report = Kept({**KEPT.files, path: bytes(spoilt)}).verify()
    assert report.verdict is Verdict.INVALID
    assert report.sentence("zh")


@given(st.sampled_from(sorted(KEPT.files)), st.binary(max_size=300), st.booleans())
def test_no_bytes_in_the_place_of_a_file_make_it_fail_or_valid(path: str, data: bytes, behind: bool) -> None:
    put = KEPT.files[path] + data if behind else data
    report = Kept({**KEPT.files, path: put}).verify()
    assert (report.verdict is Verdict.VALID) == (put == KEPT.files[path])


@pytest.mark.parametrize("path", [path for path in sorted(KEPT.files) if path != "checkpoint"])
def test_a_file_that_its_checkpoint_counts_is_missed_by_name(path: str) -> None:
    report = Kept({other: data for other, data in KEPT.files.items() if other != path}).verify()
    assert [reason.code for reason in report.reasons] == ["log_missing"]
    assert path in report.sentence("zh")


def test_the_full_file_may_stand_where_the_partial_one_was() -> None:
    grown = Kept.of([leaf(number) for number in range(768)])
    assert grown.verify().verdict is Verdict.VALID
    assert Kept({**grown.files, "checkpoint": KEPT.files["checkpoint"]}).codes() == ["log_missing"]
    with_the_upper_tile = {path: data for path, data in KEPT.files.items() if path.startswith("tile/1/")}
    older = Kept({**grown.files, **with_the_upper_tile, "checkpoint": KEPT.files["checkpoint"]})
    assert older.verify().verdict is Verdict.VALID


def test_an_entry_that_was_exchanged_with_all_its_tiles_leads_to_another_root() -> None:
    forked = Kept.of([leaf(9999), *LEAVES[1:]])
    assert Kept({**forked.files, "checkpoint": KEPT.files["checkpoint"]}).codes() == ["log_root"]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"{}",
        b"\xff",
        leaf(1, version=2),
        leaf(1, more="x"),
        leaf(1, kind="a\nb"),
        leaf(1, commitment="00"),
        leaf(1, hour="2026-11-23T04:05Z"),
        b" " + leaf(1),
        json.dumps(json.loads(leaf(1))).encode(),
    ],
)
def test_what_no_entry_may_be_is_found_though_the_log_signed_it(odd: bytes) -> None:
    report = Kept.of([*LEAVES[:3], odd]).verify()
    assert [(reason.code, reason.place) for reason in report.reasons] == [
        ("log_entry", "tile/entries/000.p/4#3")
    ]


def test_a_log_that_others_signed_or_that_nobody_vouches_for_is_told_apart() -> None:
    assert [reason.code for reason in verify_log(KEPT.read, None, NOON).reasons] == ["no_statement"]
    other = anchor_from_bytes(json.dumps(trust_statement(logs=[VKEYS[0]])).encode())
    assert verify_log(KEPT.read, other, NOON).verdict is Verdict.INVALID
    assert [reason.code for reason in verify_log(Kept().read, ANCHOR, NOON).reasons] == ["no_log"]
    wanted = with_witnesses(ANCHOR, VKEYS, 2)
    assert [reason.code for reason in verify_log(KEPT.read, wanted, NOON).reasons] == ["not_witnessed"]
    note = KEPT.files["checkpoint"].decode()
    body = note.split("\n\n")[0] + "\n"
    lines = "".join(cosign(body, name, SIGNERS[name], time=1_790_000_000) for name in ("court", "fund"))
    cosigned = Kept({**KEPT.files, "checkpoint": (note + lines).encode()})
    assert verify_log(cosigned.read, wanted, NOON).verdict is Verdict.VALID


def test_a_log_whose_node_announces_an_sm2_key_is_signed_by_it_too(tmp_path: Path) -> None:
    anchor = anchor_from_bytes(json.dumps(trust_statement(logs_sm2=[SM2_VKEY])).encode())
    note = KEPT.files["checkpoint"].decode()
    both = Kept({**KEPT.files, "checkpoint": signed_by_sm2(note).encode()})
    report = verify_log(both.read, anchor, NOON)
    assert report.verdict is Verdict.VALID
    assert "检查点签名（含 SM2）、全部 700 条存证" in report.sentence("zh")
    assert "its checkpoint (SM2 too), all of" in report.sentence("en")
    assert verify_log(both.read, ANCHOR, NOON).verdict is Verdict.VALID
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps(trust_statement(logs_sm2=[SM2_VKEY])))
    told = run(str(KEPT.written_to(tmp_path / "log")), "--trust", str(trust), "--lang", "zh")
    assert (told.returncode, "缺少该节点所公布的 SM2 签名" in told.stdout.decode()) == (1, True)
    line = signed_by_sm2(note.replace("\n700\n", "\n701\n")).splitlines(keepends=True)[-1]
    wrong = Kept({**KEPT.files, "checkpoint": (note + line).encode()})
    assert [reason.code for reason in verify_log(wrong.read, anchor, NOON).reasons] == ["checkpoint_sm2"]


class Server:
    """A web server over a log's files, which may answer anything instead."""

    def __init__(self) -> None:
        self.kept = KEPT
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                path = self.path.removeprefix("/logs/decisions/")
                data = server.kept.files.get(path)
                code, headers, body = server.answers.get(
                    path, (404 if data is None else 200, {}, data or b"")
                )
                self.send_response(code)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._http.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._http.server_port}/logs/decisions"

    def verify(self) -> Report:
        return verify_log(from_address(self.address), ANCHOR, NOON)

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server()
    yield serving
    serving.close()


def test_a_log_at_an_address_is_verified_like_one_in_a_folder(server: Server, tmp_path: Path) -> None:
    assert server.verify().verdict is Verdict.VALID
    assert verify_log(from_folder(KEPT.written_to(tmp_path)), ANCHOR, NOON).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("checkpoint", (500, {}, b""), "no_log"),
        ("checkpoint", (302, {"Location": "file:///etc/passwd"}, b""), "no_log"),
        ("checkpoint", (200, {}, b"x" * 100_000), "checkpoint"),
        ("checkpoint", (200, {"Content-Length": "9000"}, b"cut short"), "no_log"),
        ("tile/0/000", (302, {"Location": "/logs/decisions/tile/0/001"}, b""), "log_unreached"),
        ("tile/0/000", (503, {}, b""), "log_unreached"),
        ("tile/0/000", (410, {}, b""), "log_missing"),
        ("tile/entries/000", (200, {"Content-Length": "999999"}, b"cut short"), "log_unreached"),
        ("tile/entries/000", (200, {}, b"\xff" * 20_000_000), "log_entry"),
    ],
)
def test_whatever_a_server_answers_there_is_a_verdict_and_nothing_is_followed(
    server: Server, path: str, answer: tuple[int, dict[str, str], bytes], code: str
) -> None:
    server.answers[path] = answer
    assert [reason.code for reason in server.verify().reasons] == [code]
    assert "/logs/decisions/tile/0/001" not in server.asked


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://x/", "http://", "http://x/?a", "https://x/#a", "logs", "http://[::"],
)
def test_an_address_of_another_kind_is_none(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_address(address)


def test_a_file_that_drips_for_ever_is_given_up() -> None:
    class Dripping:
        length = None

        def read(self, _: int) -> bytes:
            return b"x"

    seconds = count()
    elapsed: Callable[[], float] = lambda: float(next(seconds))  # noqa: E731
    with pytest.raises(Unreached, match="slow"):
        _whole(Dripping(), 10_000, elapsed)  # type: ignore[arg-type]


def test_the_command_ends_with_the_code_of_each_outcome(server: Server, tmp_path: Path) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(TRUST)
    folder = KEPT.written_to(tmp_path / "log")
    asked = ["--trust", str(trust)]
    for place in (str(folder), server.address, server.address + "/"):
        told = run(place, *asked)
        assert (told.returncode, told.stdout.decode()[:14]) == (0, "Valid: the log"), told.stderr
    server.answers["tile/0/001"] = (503, {}, b"")
    assert run(server.address, *asked).returncode == 2
    (folder / "tile/0/001").write_bytes(KEPT.files["tile/0/000"])
    told = run(str(folder), *asked)
    assert told.returncode == 1
    assert "tile/0/001" in told.stdout.decode()
    assert run(str(folder)).returncode == 2
    for nothing in (str(tmp_path), "http://127.0.0.1:1/logs", "file:///etc/passwd", "http://", "x"):
        told = run(nothing, *asked)
        assert told.returncode == 3, nothing
        assert told.stdout.decode().startswith("Unreadable: ")
