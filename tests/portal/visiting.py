"""A visitor without script: reads a page, fills its fields, presses a button, as a browser would send it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bench.town import Town
from tests.cases.acting import await_carriers
from tongban.cases import api as cases
from tongban.kernel.clock import budget, civil_date
from tongban.registry import api as registry
from tongban.registry.queries import signed_in

Fields = dict[str, list[str]]


class _Reader(HTMLParser):
    """Collects what a person sees and what a form would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], Fields]] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.headings: list[int] = []
        self.scripts: list[dict[str, str]] = []
        self.lang = ""
        self._silent = 0
        self._select: str | None = None
        self._labelled = 0
        self._aside: dict[str, Fields] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag in {"style", "script", "title"}:
            self._silent += 1
        if tag == "script":
            self.scripts.append(given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.labels.add(given.get("for", ""))
        if tag == "form":
            self.forms.append((given, {}))
        if tag in {"input", "select", "textarea"}:
            self._control(tag, given)
        if tag == "option" and self._select and self.forms:
            fields = self.forms[-1][1]
            if "selected" in given or self._select not in fields:
                fields[self._select] = [given.get("value", "")]

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if given.get("type") != "hidden":
            self.controls.append(given)
        self._select = given.get("name") if tag == "select" else None
        if not self.forms or tag != "input" or given.get("type") in {"submit", "file"}:
            return
        if given.get("type") in {"radio", "checkbox"} and "checked" not in given:
            return
        self.forms[-1][1].setdefault(given.get("name", ""), []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script", "title"}:
            self._silent -= 1
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))


@dataclass
class Page:
    """One page as it came."""

    address: str
    status: int
    html: str
    headers: Mapping[str, str]
    read: _Reader = field(init=False)

    def __post_init__(self) -> None:
        self.read = _Reader()
        self.read.feed(self.html)

    @property
    def text(self) -> str:
        return " ".join(self.read.words)

    def form(self, action: str = "") -> Fields:
        """Give what the form of that action would send, as it stands."""
        for given, fields in self.read.forms:
            if given.get("method") == "post" and (given.get("action") or "") == action:
                return {name: list(values) for name, values in fields.items()}
        raise AssertionError(f"no form for {action!r} on {self.address}")


@dataclass
class Visit:
    """One visitor."""

    town: Town
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1"))

    def as_person(self, name: str, *, assurance: int = 3) -> registry.Subject:
        """Be signed in as one of the fixed characters, who was identified by face at least once."""
        person = self.town.subject(name)
        self._sign_in(subject_id=person.id, assurance=assurance)
        return person

    def as_staff(self, staff: registry.Staff) -> None:
        """Be signed in as staff, as the workbench leaves it."""
        entered = signed_in(staff.id, on=civil_date(self.town.now))
        self._sign_in(staff_id=staff.id, staff_mark=entered.mark)

    def _sign_in(self, **kept: int | str) -> None:
        self.client.cookies.clear()
        session = self.client.session
        session.update(kept)
        session.save()

    def open(self, address: str, **headers: str) -> Page:
        """Read a page, following where it leads."""
        answer = self.client.get(address, follow=True, headers=headers)
        chain = getattr(answer, "redirect_chain", [])
        return _page(urljoin(address, chain[-1][0]) if chain else address, answer)

    def press(
        self,
        page: Page,
        *,
        do: str = "",
        action: str = "",
        fill: Mapping[str, str | list[str]] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Page:
        """Fill some fields of a page's form, press a button, and read what comes."""
        sent = page.form(action)
        for name, value in (fill or {}).items():
            sent[name] = [value] if isinstance(value, str) else list(value)
        if do:
            sent["do"] = [do]
        data: dict[str, object] = dict(sent)
        for name, content in (files or {}).items():
            data[name] = SimpleUploadedFile(f"{name.rpartition('.')[2]}.pdf", content)
        there = action or urlsplit(page.address).path
        answer = self.client.post(there, data)
        if answer.status_code not in {302, 303}:
            return _page(there, answer)
        # What is read next is read once: where a look is evidence, two would be one too many.
        self._work_beside_the_pages()
        return self.open(urljoin(there, answer.headers["Location"]))

    def _work_beside_the_pages(self) -> None:
        """Do what a node's worker does: finish what a page had no time for."""
        await_carriers()
        while cases.work_once(at=self.town.workplace, limit=budget(60)):
            pass


def _page(address: str, answer: object) -> Page:
    content = getattr(answer, "content", b"")
    return Page(address, answer.status_code, content.decode(), answer.headers)  # type: ignore[attr-defined]
