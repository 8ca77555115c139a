"""A real time-stamp authority on this machine: OpenSSL's own, behind a tiny server, with its own root."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from cryptography.x509 import Certificate

from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.ledger.anchors import read_roots

# Without `certs`: OpenSSL would add them out of DER order, and strict readers refuse that.
CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """One authority; `is_down` answers nothing, `tampers` changes one byte of each answer."""

    folder: Path
    is_down: bool = False
    tampers: bool = False
    asked: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"]
        self._openssl("req", "-x509", *key, "-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.pem")
        self._openssl("req", *key[:5], "-subj", "/CN=TSA", "-keyout", "tsa.key", "-out", "tsa.csr")
        (self.folder / "ext").write_text("extendedKeyUsage = critical,timeStamping\n", "utf-8")
        issuer = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650"]
        self._openssl("x509", "-req", "-in", "tsa.csr", *issuer, "-extfile", "ext", "-out", "tsa.pem")
        (self.folder / "serial").write_text("01\n", "utf-8")
        (self.folder / "conf").write_text(CONFIG.format(folder=self.folder), "utf-8")

    @property
    def roots(self) -> tuple[Certificate, ...]:
        return read_roots((self.folder / "root.pem").read_bytes())

    def answer(self, query: bytes) -> bytes:
        """Answer a query, as a client without a wire sees it."""
        self.asked += 1
        if self.is_down:
            raise SourceDown(
                "t", what=Text("时间戳机构不通", "the authority is down"), todo=Text("等", "wait")
            )
        (self.folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "conf", "-queryfile", "query", "-out", "answer")
        found = (self.folder / "answer").read_bytes()
        return found[:-1] + bytes([found[-1] ^ 1]) if self.tampers else found

    def agrees(self, text: bytes, answer: bytes) -> bool:
        """Ask OpenSSL itself whether an answer is over a text."""
        (self.folder / "text").write_bytes(text)
        (self.folder / "given").write_bytes(answer)
        check = ["ts", "-verify", "-data", "text", "-in", "given", "-CAfile", "root.pem"]
        done = subprocess.run(["openssl", *check], cwd=self.folder, capture_output=True, check=False)
        return done.returncode == 0

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve over HTTP at the address given."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/timestamp-query"
                query = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(503 if authority.is_down else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                if not authority.is_down:
                    self.wfile.write(authority.answer(query))

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, check=True)
