"""The door of the face for machines."""

from tongban.rest.interface import interface

urls = interface.urls

__all__ = ["urls"]
