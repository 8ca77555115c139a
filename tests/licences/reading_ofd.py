"""ofd.js, a reader of OFD that was not written here: what it reads, draws and says of a seal, in a browser.

The browser is driven by a process of its own: its loop and the store of a test do not go together.
"""

import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from tests.browser import chromium_or_skip, chromium_started
from tools.apart import file_from_npm

OFD_JS, MEMBER = "ofd.js@0.2.6", "lib/ofd.umd.min.js"  # Apache-2.0; it takes nothing from elsewhere
SHA512 = (
    "a810b86c3e5f0b67bea968366a9ea96a3014d5197f1bafa5e8d53131581d7174"
    "ed8d671d452603e9eeb758682628012e1387e39a7b732176703836b08d6990bb"
)
SHARP = 2  # dots of the picture for each of the screen
READ = """async ([file, compare]) => {
  const bytes = Uint8Array.from(atob(file), (each) => each.charCodeAt(0));
  const [read] = await new Promise((success, fail) =>
    ofd.parseOfdDocument({ ofd: new File([bytes], "a.ofd"), success, fail }));
  const pages = ofd.renderOfd(800, read);
  document.body.replaceChildren(...pages);
  const seals = [...document.querySelectorAll("[name=seal_img_div]")];
  const sealed = compare ? [...(window.toBeChecked ?? new Map()).values()].flat() : [];
  const small = sealed.filter((member) => member.fileData.length < 20_000);
  return {
    pages: pages.map((page) => [...page.querySelectorAll("text")].map((each) => each.textContent).join("")),
    signatures: seals.map((each) => JSON.parse(each.dataset.signedInfo).VerifyRet),
    digests: small.map((member) => ofd.digestCheck([member])),
  };
}"""


@dataclass(frozen=True)
class Read:
    """What the reader has found: the text and a picture of each page, and whether its seals hold."""

    pages: list[str]
    pictures: list[Image.Image]
    signatures: list[bool]  # of each seal, over what it says
    digests: list[bool]  # of each small member that is sealed, in no order, whether it is as it was sealed


def read_elsewhere(file: bytes, folder: Path, *, compare: bool = False) -> Read:
    """Have ofd.js read an OFD; without npm or Chromium the test is counted as skipped.

    `compare` has it compare the SM3 of sealed members under 20,000 bytes: it takes a second for 10,000.
    """
    program = chromium_or_skip()
    try:
        library = file_from_npm(OFD_JS, MEMBER, sha512=SHA512)
    except subprocess.CalledProcessError:
        library = None
    if library is None:
        pytest.skip(f"npm cannot bring {OFD_JS}: sudo apt-get install npm")
    given = folder / "read.ofd"
    given.write_bytes(file)
    asked: list[str | Path] = [
        sys.executable,
        "-m",
        "tests.licences.reading_ofd",
        program,
        library,
        given,
        str(int(compare)),
    ]
    said = json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout)
    pictures = [Image.open(folder / f"{page}.png").convert("L") for page in range(len(said["pages"]))]
    return Read(pictures=pictures, **said)


def main(program: str, library: Path, given: Path, *, compare: bool) -> None:
    """Read one file, say what was found as JSON, and leave a picture of each page beside it."""
    with chromium_started(program) as browser:
        page = browser.new_page(device_scale_factor=SHARP)
        page.set_content("<!doctype html><meta charset=utf-8><body></body>")
        page.add_script_tag(path=library)
        said = page.evaluate(READ, [b64encode(given.read_bytes()).decode(), compare])
        for place, drawn in enumerate(page.query_selector_all("body > div")):
            drawn.screenshot(path=given.parent / f"{place}.png")
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), compare=sys.argv[4] == "1")
