"""A witness over HTTP: add-checkpoint for logs, and one page that says what it stands for."""

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tongban.kernel.clock import Clock
from tongban.ledger.notes import VerifierKey
from tongban.ledger.witness.keeping import Witness
from tongban.ledger.witnessing import MAX_REQUEST_BYTES

CONCURRENCY = 64  # requests that wait at once; more are turned away


def application(witness: Witness, key: VerifierKey, clock: Clock) -> Starlette:
    """Give the ASGI application of one witness."""

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAX_REQUEST_BYTES:
                return PlainTextResponse("the request is too long\n", 413)
        answer = await run_in_threadpool(witness.add_checkpoint, bytes(body), now=clock.now())
        return Response(answer.body, answer.status, media_type=answer.media_type)

    async def about(_request: Request) -> Response:
        heads = await run_in_threadpool(witness.heads)
        lines = [str(key), "", *(f"{origin} {head.size} {head.root.hex()}" for origin, head in heads.items())]
        lines += [f"accusations: {len(await run_in_threadpool(witness.accusations))}"]
        return PlainTextResponse("\n".join(lines) + "\n")

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/", about, methods=["GET"]),
        ]
    )


def serve_witness(witness: Witness, key: VerifierKey, clock: Clock, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        application(witness, key, clock),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=CONCURRENCY,
        timeout_keep_alive=30,
    )
    uvicorn.Server(config).run()
