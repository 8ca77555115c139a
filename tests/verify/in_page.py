"""The page that verifies, opened in a browser without a network."""

from base64 import b64encode
from typing import Any

from playwright.sync_api import FilePayload, Page

from tests.verify.vectors import Vector

SAY = """async (vectors) => {
  const bytes = (text) => fromBase64(text);
  const said = [];
  for (const { data, trusted, now, listed } of vectors) {
    let anchor = null;
    if (trusted?.file) anchor = await anchorFromBytes(bytes(trusted.file));
    else if (trusted !== null) anchor = anchorFromFingerprint(trusted);
    const report = await verifyFile(bytes(data), anchor, moment(now), listed === null ? null : bytes(listed));
    const [zh, en] = [report.sentence("zh"), report.sentence("en")];
    said.push({ verdict: report.verdict, codes: report.codes, zh, en });
  }
  return said;
}"""


def differing(shown: Page, vectors: list[Vector]) -> list[dict[str, Any]]:
    """Drive vectors through the page and through Python, and give those of which they say other things."""
    sent = [
        {
            "data": b64encode(each.data).decode(),
            "trusted": each.trusted
            if not isinstance(each.trusted, bytes)
            else {"file": b64encode(each.trusted).decode()},
            "now": each.now.isoformat(),
            "listed": None if each.status_list is None else b64encode(each.status_list).decode(),
        }
        for each in vectors
    ]
    said = shown.evaluate(SAY, sent)
    expected = [each.expected() for each in vectors]
    return [
        {"name": vector.name, "page": page, "python": python}
        for vector, page, python in zip(vectors, said, expected, strict=True)
        if page != python
    ]


def file_of(data: bytes, name: str = "file.json") -> FilePayload:
    return {"name": name, "mimeType": "application/json", "buffer": data}
