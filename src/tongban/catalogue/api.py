"""The door of the catalogue."""

from tongban.catalogue.actions import Loaded, load, withdraw_grant
from tongban.catalogue.book import Book, Epoch, make_book
from tongban.catalogue.loading import CityCatalogue, read_city
from tongban.catalogue.queries import book, epoch
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

__all__ = [
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
    "read_city",
    "withdraw_grant",
    "within",
]
