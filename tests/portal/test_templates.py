"""What every page keeps to: both languages, no script or style inside, labels, headings, contrast."""

import re
from pathlib import Path

import pytest

from tests.portal.filling import answers, begun
from tests.portal.visiting import Page, Visit
from tests.sources import ROOT

TEMPLATES = sorted(ROOT.glob("src/tongban/*/templates/**/*.html"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAY = re.compile(r"""\{%\s*say\s+(?P<zh>"[^"]*"|'[^']*')\s+(?P<en>"[^"]*"|'[^']*')""")
OF_THE_FACES = [path for path in TEMPLATES if "papers" not in path.parts]  # notices have their own page


@pytest.mark.parametrize("path", OF_THE_FACES, ids=lambda path: path.name)
def test_every_sentence_of_a_template_is_said_in_both_languages(path: Path) -> None:
    text = path.read_text("utf-8")
    for said in SAY.finditer(text):
        zh, en = said["zh"][1:-1], said["en"][1:-1]
        assert CHINESE.search(zh) or not re.search("[A-Za-z]", zh) or zh in {"English", "en"}, zh
        assert not CHINESE.search(en) or en in {"中文"}, en
        assert set(re.findall(r"\{\w+\}", zh)) == set(re.findall(r"\{\w+\}", en)), zh
    bare = SAY.sub("", text)
    bare = re.sub(r"\{#.*?#\}", "", bare, flags=re.DOTALL)
    assert CHINESE.findall(bare) == []


@pytest.mark.parametrize("path", OF_THE_FACES, ids=lambda path: path.name)
def test_no_template_holds_script_or_style_of_its_own(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOURS = dict(
    re.findall(
        r"--([a-z-]+): (#[0-9a-f]{6});", (ROOT / "src/tongban/site/static/site.css").read_text("utf-8")
    )
)
GROUNDS = {
    "ink": "paper mist sky amber-mist red-mist green-mist",
    "soft": "paper mist sky amber-mist",
    "blue": "paper sky amber-mist red-mist",
    "blue-deep": "paper sky",
    "paper": "blue blue-deep red",
    "red": "paper red-mist",
    "green": "green-mist",
    "amber": "amber-mist",
}
TEXT_ON = [(text, ground) for text, grounds in GROUNDS.items() for ground in grounds.split()]


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5  # WCAG 2.2, 1.4.3 AA


@pytest.mark.parametrize(("line", "ground"), [("edge", "paper"), ("focus", "ink"), ("focus", "blue")])
def test_borders_of_fields_and_the_focus_can_be_seen(line: str, ground: str) -> None:
    assert contrast(COLOURS[line], COLOURS[ground]) >= 3  # WCAG 2.2, 1.4.11 AA


def well_made(page: Page) -> None:
    """Assert what a checker of accessibility looks for first in a page's structure."""
    read = page.read
    assert read.lang in {"zh-hans", "en"}
    assert len(read.ids) == len(set(read.ids)), [id for id in read.ids if read.ids.count(id) > 1]
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(read.headings, read.headings[1:], strict=False))
    for control in read.controls:
        named = control.get("id") in read.labels or control.get("aria-label") or control.get("aria-hidden")
        assert named, control
    for control in read.controls:
        for id in control.get("aria-describedby", "").split():
            assert id in read.ids, control
    for link in read.links:
        if link.startswith("#"):
            assert link[1:] in read.ids, link
    assert all(script.get("src", "").startswith("/static/") for script in read.scripts)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_is_well_made_and_light(visit: Visit, language: str) -> None:
    visit.client.get("/language/" + ("en" if language == "en" else "zh-hans"))
    for address in ("/", "/matters/open-company/", "/matters/open-company/start/", "/verify/", "/nowhere/"):
        well_made(visit.open(address))
    visit.as_person("li_chunyan")
    visit.client.get("/language/" + ("en" if language == "en" else "zh-hans"))
    form = begun(visit)
    wrong = visit.press(form, do="submit", fill=answers(trade_word=""))
    more = visit.press(wrong, do="add:shareholder", fill=answers())
    fewer = visit.press(more, do="remove:shareholder.1")
    done = visit.press(fewer, do="submit")
    pages = [
        form,
        wrong,
        more,
        done,
        *(visit.open(a) for a in ("/", "/filings/", "/licences/", f"{done.address}facts/")),
    ]
    pages += [
        visit.open(next(link for link in done.read.links if part in link))
        for part in ("/licences/1.", "/notices/")
    ]
    for page in pages:
        assert page.status in {200, 422}, page.address
        well_made(page)
        assert len(page.html.encode()) < 80_000, (page.address, len(page.html))
        if language == "en":
            assert "{" not in page.text
