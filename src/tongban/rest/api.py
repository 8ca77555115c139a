"""The door of the face for machines."""

from tongban.rest.interface import interface
from tongban.rest.problems import failed, not_a_request, unrouted

urls = interface.urls

__all__ = ["failed", "not_a_request", "unrouted", "urls"]
