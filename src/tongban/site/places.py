"""Where site keeps what is its own, in the folder of everything the node writes."""

from pathlib import Path

from django.conf import settings

from tongban.registry import api as registry


def second_factor_key() -> Path:
    """Give the file of the key that seals staff's second factors at rest."""
    return registry.second_factor_file(Path(settings.VAR) / "keys")


def demonstration_seed() -> Path:
    """Give the file from which a demonstration's staff accounts are derived; no real city has one."""
    return Path(settings.VAR) / "keys" / "demonstration-seed"


def gateway_key() -> Path:
    """Give the file of the key by which the gateway signs its answers."""
    return Path(settings.VAR) / "keys" / "gateway.pem"


def sockets() -> Path:
    """Give the folder of the signers' sockets."""
    return Path(settings.VAR) / "run"


def outputs() -> Path:
    """Give the folder of what the programs write to their standard output and error."""
    return Path(settings.VAR) / "output"


def uploads() -> Path:
    """Give the folder of what people hand in; no web server ever serves it."""
    return Path(settings.VAR) / "uploads"


def status_lists() -> Path:
    """Give the folder of the offices' status lists, which any web server may serve."""
    return Path(settings.VAR) / "status-lists"


def endpoints() -> Path:
    """Give the node's own addresses of other organisations' systems, laid over the city's."""
    return Path(settings.VAR) / "endpoints.json"


def anchor() -> Path:
    """Give the node's own settings of the time-stamp authority that anchors its logs."""
    return Path(settings.VAR) / "anchor.json"


def witnesses() -> Path:
    """Give the node's own list of witnesses: their keys and where they answer."""
    return Path(settings.VAR) / "witnesses.json"
