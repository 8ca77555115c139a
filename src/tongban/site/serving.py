"""The programs of a node in service: signers, web, worker, and the gateway where there is one."""

from django.conf import settings

from tongban.site.processes import Crew, Program, answers, require_free, says
from tongban.site.store import Address

THREADS = 8  # of the web; a thread waits for a source most of its time


def web(port: int) -> Program:
    """The pages and the machine interface, by Granian on loopback; a proxy in front ends TLS."""
    return Program(
        "web",
        (
            *("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(settings.WEB_WORKERS), "--blocking-threads", str(THREADS)),
            *("--no-ws", "--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "10"),
            "tongban.site.wsgi:application",
        ),
        ready=answers(port),
        ports=(port,),
        ports_moved_by="TONGBAN_PORT",
    )


def gateway(address: Address) -> Program:
    """The gateway for other organisations' systems, by Granian; a proxy in front ends TLS."""
    return Program(
        "gateway",
        (
            *("-m", "granian", "--interface", "asgi", "--http", "1"),
            *("--host", address.host, "--port", str(address.port)),
            *("--workers", str(settings.GATEWAY_WORKERS), "--workers-kill-timeout", "10"),
            *("--no-ws", "--no-access-log", "--log-level", "warning"),
            "tongban.site.asgi:application",
        ),
        ready=answers(address.port, address.host),
        ports=(address.port,),
        host=address.host,
        ports_moved_by="TONGBAN_GATEWAY",
    )


def worker() -> Program:
    """What carries waiting filings on, publishes the logs and watches the clocks."""
    return Program("worker", ("-m", "tongban.site.command", "worker"), ready=says("ready"))


def signers() -> Program:
    """One process for each office, with that office's key and no other."""
    return Program("signers", ("-m", "tongban.site.command", "signers"), ready=says("ready"))


def serve(crew: Crew, port: int) -> None:
    """Start a node's programs; returns when all are ready. The caller watches and stops the crew."""
    programs = [signers(), web(port), worker()]
    if settings.GATEWAY is not None:
        programs.append(gateway(settings.GATEWAY))
    require_free(programs)
    crew.start_together(programs)
