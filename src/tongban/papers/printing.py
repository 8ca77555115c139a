"""Notices as pages to print and as files to verify."""

import json
from pathlib import Path
from typing import Final

from django.template import Context, Engine

from tongban.kernel.canonical import canonical
from tongban.kernel.texts import Language, Text
from tongban.licences import api as licences
from tongban.papers.queries import Notice, sealed_row
from tongban.papers.rules import written_day

NOTICE_FORMAT: Final = "tongban-notice/1"
# An engine of its own: a notice prints the same whatever templates a face has set up. It escapes all.
_PAGES: Final = Engine(dirs=[str(Path(__file__).with_name("templates"))], autoescape=True)

_WORDS: Final = {
    "articles": Text("依据", "Legal basis"),
    "remedies": Text("救济途径", "What you may do"),
    "sealed": Text("本文书已由出具机关电子签章", "Sealed electronically by the issuing office"),
    "not_sealed": Text("本文书尚未签章，不得使用", "Not sealed yet and not to be used"),
    "key": Text("签章密钥", "Sealing key"),
    "to": Text("致", "To"),
    "number": Text("编号", "No."),
}


def printable(notice: Notice, language: Language) -> str:
    """Give a notice as one HTML page that needs nothing else: laid out for A4, readable on a phone."""
    words = {name: text.spoken(language) for name, text in _WORDS.items()}
    stamp = words["sealed"] if notice.sealed else words["not_sealed"]
    return _PAGES.get_template("papers/notice.html").render(
        Context(
            {
                "lang": "zh-CN" if language == "zh" else "en",
                "words": words,
                "stamp": stamp,
                "notice": notice,
                "title": notice.title.spoken(language),
                "office": notice.office_name.spoken(language),
                "addressee": notice.addressee,
                "body": [paragraph.spoken(language) for paragraph in notice.body],
                "remedies": [remedy.spoken(language) for remedy in notice.remedies],
                "articles": [article.spoken(language) for article in notice.articles],
                "day": written_day(notice.date).spoken(language),
            }
        )
    )


def notice_file(number: str, *, trust: Path | None = None) -> bytes:
    """Give a sealed notice as a file that anybody can verify alone (docs/licence-files.md).

    Raises Conflict while there is neither a promise nor a proof of its evidence.
    """
    row = sealed_row(number)
    told = licences.read_trust(trust or licences.trust_file())
    return canonical(
        {
            "format": NOTICE_FORMAT,
            "notice": json.loads(row.content),
            "signature": licences.signature_block(row.statement, row.kid, row.seal, told),
            "evidence": licences.evidence_block(row.entry, row.promise),
            "trust": told,
        }
    )
