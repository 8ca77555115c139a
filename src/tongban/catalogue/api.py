"""The door of the catalogue."""

from tongban.catalogue.actions import Loaded, load, note_seen, withdraw_grant
from tongban.catalogue.book import Book, Epoch, make_book
from tongban.catalogue.freshness import STANDINGS, Seen, Standing, standing
from tongban.catalogue.loading import CityCatalogue, read_city
from tongban.catalogue.queries import book, epoch, sightings
from tongban.catalogue.rules import (
    Basis,
    Claim,
    Element,
    ElementType,
    Grant,
    Resource,
    Value,
    WhenNone,
    claims_of,
    conflict,
    first_conflict,
    within,
)
from tongban.catalogue.speaking import in_words
from tongban.catalogue.wording import (
    CLASSES,
    COVERAGES,
    DELIVERIES,
    FORMATS,
    GRADES,
    OPENINGS,
    RANKS,
    SHARE_CLASSES,
    UPDATES,
    WHEN_NONE,
)

__all__ = [
    "CLASSES",
    "COVERAGES",
    "DELIVERIES",
    "FORMATS",
    "GRADES",
    "OPENINGS",
    "RANKS",
    "SHARE_CLASSES",
    "STANDINGS",
    "UPDATES",
    "WHEN_NONE",
    "Basis",
    "Book",
    "CityCatalogue",
    "Claim",
    "Element",
    "ElementType",
    "Epoch",
    "Grant",
    "Loaded",
    "Resource",
    "Seen",
    "Standing",
    "Value",
    "WhenNone",
    "book",
    "claims_of",
    "conflict",
    "epoch",
    "first_conflict",
    "in_words",
    "load",
    "make_book",
    "note_seen",
    "read_city",
    "sightings",
    "standing",
    "withdraw_grant",
    "within",
]
