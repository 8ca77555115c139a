"""Somebody who tries pages: reads them, sends their forms, and what they read that is not theirs to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.portal.visiting import Visit
from tests.promises.p3_no_share_without_right.matrix import (
    DESK,
    NOBODY,
    PEOPLE,
    names_known_to,
)
from tests.promises.p3_no_share_without_right.world import Matter, World, fetched, identity

TOKEN = "t" * 32  # a form of ours, as far as CSRF goes
# Where an officer, with a cause, reads what was fetched; and papers that name people in full.
OPENED = frozenset({"workbench:facts"})
PAPERS = frozenset({"workbench:notice", "workbench:material", "portal:notice", "portal:notice-file"})


@dataclass(frozen=True)
class Seen:
    """What a page answered."""

    status: int
    body: str
    leads_to: str

    def words(self, address: str, matter: Matter) -> tuple[int, str]:
        """Give the answer as it would be for any number: what the visitor themselves wrote is taken out."""
        body = self.body
        for said in (address, quote(address, safe=""), matter.number, matter.case, matter.licence):
            body = body.replace(said, "N")
        lines = (line for line in body.splitlines() if "csrfmiddlewaretoken" not in line)
        return self.status, "\n".join(lines)


@dataclass
class Walker:
    """A visitor of the matrix, signed in as who they are."""

    world: World
    name: str
    visit: Visit = field(init=False)
    known: Mapping[str, bool] = field(init=False)

    def __post_init__(self) -> None:
        self.visit = Visit(self.world.town)
        if self.name in PEOPLE:
            self.visit.as_person(self.name)
        elif self.name != NOBODY:
            self.visit.as_staff(self.world.staff(self.name))
        self.visit.client.cookies["csrftoken"] = TOKEN
        self.known = names_known_to(self.world, self.name)

    def read(self, address: str, *, language: str = "zh") -> Seen:
        return _seen(self.visit.client.get(address, headers={"accept-language": language}))

    def send(self, address: str, sent: Mapping[str, str]) -> Seen:
        return _seen(self.visit.client.post(address, {"csrfmiddlewaretoken": TOKEN, **sent}))

    def secrets_in(self, body: str, page: str, matter: Matter) -> list[str]:
        """Give what of other people's stands on a page and is not for this visitor to read there."""
        officer = self.world.works_on(self.name, matter) and bool(DESK & self.world.staff(self.name).roles)
        found = []
        for person in self.world.everybody_named():
            if person == self.name:
                continue
            name, number = identity(person)
            hidden = [] if page in OPENED and person in matter.people and officer else list(fetched(person))
            if person not in self.known:
                hidden.append(name)
            if not self.known.get(person) or (officer and page not in OPENED | PAPERS):
                hidden.append(number)
            found += [f"{value} of {person}" for value in hidden if value in body]
        return found


def _seen(answer: Any) -> Seen:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    body = whole.decode("utf-8", errors="replace")
    return Seen(answer.status_code, body, answer.headers.get("Location", ""))
