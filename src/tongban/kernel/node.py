"""The installation itself: which jurisdiction it serves and where its things lie."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Node:
    """One installation serving one jurisdiction (DESIGN: every public id carries its node).

    `code` is the six-digit division it serves; `city` the folder that the city owns; `var` the
    folder of everything the node writes: database, logs, uploads, keys. A `demonstration` admits people
    and telephones that are nobody's.
    """

    code: str
    name: str
    city: Path
    var: Path
    demonstration: bool = False
