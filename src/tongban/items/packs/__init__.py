"""A pack on disk: its files read together, and the bundle that they make."""

from tongban.items.packs.making import Content, bundle_from, bundle_of, content_of
from tongban.items.packs.reading import Pack, load_pack

__all__ = ["Content", "Pack", "bundle_from", "bundle_of", "content_of", "load_pack"]
