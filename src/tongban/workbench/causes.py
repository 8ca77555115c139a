"""The causes for which somebody opened things in this session; each look is recorded under its cause."""

from django.contrib.sessions.backends.base import SessionBase

CAUSES = "causes"
MOST_KEPT = 20  # the session is a row: what was opened longest ago is asked for again


def remember_cause(session: SessionBase, thing: str, cause: str) -> None:
    """Keep why a thing was opened until the session ends."""
    kept = {name: said for name, said in session.get(CAUSES, {}).items() if name != thing}
    names = list(kept)[-(MOST_KEPT - 1) :]
    session[CAUSES] = {**{name: kept[name] for name in names}, thing: cause}


def cause_of(session: SessionBase, thing: str) -> str:
    """Give why a thing was opened in this session; empty when it was not."""
    return str(session.get(CAUSES, {}).get(thing, ""))
