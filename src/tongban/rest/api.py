"""The door of the face for machines."""

from tongban.rest.interface import interface
from tongban.rest.problems import unrouted

urls = interface.urls

__all__ = ["unrouted", "urls"]
