"""One bounded HTTP request: explicit timeouts, one total time, a limit on the body, no redirects.

A request that never left is told apart from one that left and was not answered: only the former says
that nothing can have happened there.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from tongban.exchange.connectors.troubles import no_answer, unreachable
from tongban.exchange.mapping import wrong
from tongban.kernel.clock import budget
from tongban.kernel.texts import Text

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


class Caller:
    """The HTTP client of one connector: reads keep connections alive, acts take a fresh one each.

    On a kept connection that the other side just closed, a request lost before it was read looks the
    same as an answer lost after the work was done; acts must not meet that doubt needlessly.
    """

    def __init__(self, source: str, *, connections: int, max_bytes: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._kept = _client(httpx.Limits(max_connections=connections, max_keepalive_connections=connections))
        self._fresh = _client(httpx.Limits(max_connections=connections, max_keepalive_connections=0))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout_s: float,
        fresh: bool = False,
    ) -> Answer:
        """Send one request and read the whole answer; raise SourceDown or SourceWrong."""
        client = self._fresh if fresh else self._kept
        patience = budget(timeout_s)
        try:
            with client.stream(
                method,
                url,
                headers=dict(headers),
                params=dict(query) if query else None,
                content=content,
                timeout=httpx.Timeout(timeout_s),
            ) as response:
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > self._max_bytes:
                        raise wrong(
                            self._source,
                            f"应答超过 {self._max_bytes} 字节",
                            f"the answer is over {self._max_bytes} bytes",
                        )
                    if patience.left_s() <= 0:
                        raise no_answer(self._source, Text("超时", "it took too long"))
                return Answer(response.status_code, dict(response.headers), bytes(body))
        except _NEVER_LEFT as trouble:
            raise unreachable(self._source) from trouble
        except httpx.TimeoutException as trouble:
            raise no_answer(self._source, Text("超时", "it took too long")) from trouble
        except httpx.TransportError as trouble:
            raise no_answer(self._source, Text("连接中断", "the connection broke off")) from trouble
        except httpx.InvalidURL as trouble:
            raise unreachable(self._source) from trouble

    def close(self) -> None:
        """Close the connections."""
        self._kept.close()
        self._fresh.close()


@cache
def _trust() -> ssl.SSLContext:
    """Give the one set of trusted roots; reading it anew for each client takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)


def _client(limits: httpx.Limits) -> httpx.Client:
    # No proxies or certificates from the environment: where a call goes is declared, not inherited.
    return httpx.Client(
        limits=limits,
        verify=_trust(),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "tongban", "Accept-Encoding": "identity"},
    )
