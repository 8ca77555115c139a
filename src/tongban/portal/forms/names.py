"""How the fields of a form are called, so that what comes back is known again. Pure."""

import re

from tongban.items import api as items

_ROLE = re.compile(r"([a-z][a-z_]*)(?:\.([0-9]{1,3}))?")


def answer(ref: items.Ref, question: str) -> str:
    """Name the answer to a question about a participant."""
    return f"answer:{ref}:{question}"


def words(ref: items.Ref, question: str) -> str:
    """Name the words by which the answer to a question is looked for."""
    return f"words:{ref}:{question}"


def tick(ref: items.Ref, confirmation: str) -> str:
    """Name the confirmation of a statement by a participant."""
    return f"tick:{ref}:{confirmation}"


def party(ref: items.Ref, part: str) -> str:
    """Name a part (who, number, name) of saying who a participant is."""
    return f"party:{ref}:{part}"


def paper(item: str, material: str) -> str:
    """Name the upload of a document."""
    return f"paper:{item}.{material}"


def paper_confirmed(item: str, material: str) -> str:
    """Name the tick by which whoever hands in a document confirms it."""
    return f"paper_confirmed:{item}.{material}"


def anchor(name: str) -> str:
    """Give the id in the page of a field of that name."""
    return re.sub(r"[^a-z0-9_]", "-", name)


def read_ref(text: str) -> items.Ref | None:
    """Read a participant as it stands in a field's name."""
    shape = _ROLE.fullmatch(text)
    return None if shape is None else items.Ref(shape[1], int(shape[2] or 0))


def read_field(name: str, kind: str) -> tuple[items.Ref, str] | None:
    """Read the name of a field of that kind (answer, tick) as participant and word."""
    parts = name.split(":")
    ref = read_ref(parts[1]) if len(parts) == 3 and parts[0] == kind else None
    return None if ref is None else (ref, parts[2])
