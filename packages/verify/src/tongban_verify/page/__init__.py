"""The same verifier as one page for a browser: nothing is fetched by it and nothing is sent by it.

Its parts stand beside this file and are put together here, with the words and tables of the Python
verifier in them, so that both say the same. tests/verify/test_page.py drives one set of files through both.
"""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from tongban_verify.documents import ENTRIES, STATUS_REASONS
from tongban_verify.presentations import UNNAMED
from tongban_verify.report import LONGEST, PROVED_BY_LIST, REASONS, UNDECIDED, UNREADABLE
from tongban_verify.sd_jwt import MOST_DISCLOSURES
from tongban_verify.signed import TIES
from tongban_verify.status_list import LARGEST_LIST
from tongban_verify.status_list import REASONS as REASONS_LISTED
from tongban_verify.strict import DEEPEST, LARGEST_FILE
from tongban_verify.tokens import LARGEST_TOKEN

# In the order in which they stand on the page; each uses only what stands before it.
_SCRIPTS: Final = (
    "strict",
    "report",
    "algorithms",
    "notes",
    "trust",
    "tokens",
    "evidence",
    "documents",
    "codes",
    "face",
)


@cache
def page() -> bytes:
    """Give the whole page: one file without any address in it, as good from a disk as from a server."""
    whole = _part("page.html")
    for name, text in (("policy", policy()), ("style", _part("page.css")), ("script", _script())):
        whole = whole.replace(f"[[{name}]]", text)
    return whole.encode()


@cache
def policy() -> str:
    """Give the Content-Security-Policy that stands in the page: its own script and style and no network."""
    script, style = (
        b64encode(sha256(text.encode()).digest()).decode() for text in (_script(), _part("page.css"))
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}';"
        " base-uri 'none'; form-action 'none'"
    )


@cache
def _script() -> str:
    tables = {
        "reasons": {code: {"zh": zh, "en": en} for code, (zh, en) in REASONS.items()},
        "undecided": sorted(UNDECIDED),
        "unreadable": sorted(UNREADABLE),
        "longest": LONGEST,
        "deepest": DEEPEST,
        "largestFile": LARGEST_FILE,
        "entries": [[*key, *said] for key, said in ENTRIES.items()],
        "statuses": dict(STATUS_REASONS),
        "largestToken": LARGEST_TOKEN,
        "largestList": LARGEST_LIST,
        "mostDisclosures": MOST_DISCLOSURES,
        "listed": REASONS_LISTED,
        "unnamed": UNNAMED,
        "proved": PROVED_BY_LIST,
        "ties": {kind: [tie.entry, tie.number, tie.digest] for kind, tie in TIES.items()},
    }
    # `<` could end the script or begin a comment within it.
    written = json.dumps(tables, ensure_ascii=False).replace("<", "\\u003c")
    parts = [f'"use strict";\nconst TABLES = {written};\n', *(_part(f"{name}.js") for name in _SCRIPTS)]
    return "\n".join(parts)


def _part(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")
