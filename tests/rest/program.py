"""What a program of an applicant does: speaks JSON and carries a token."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bench.town import CHARACTERS

FILLED_BY_FOUNDER = {"director": ["applicant"], "shareholder": ["applicant"]}


@dataclass
class Answer:
    """A status and what came with it."""

    status: int
    body: Any
    headers: Any
    content: bytes


@dataclass
class Program:
    """A client that sends a token with everything."""

    token: str
    client: Client = field(default_factory=Client)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        given: dict[str, Any] = {}
        if body is not None:
            given = {"data": json.dumps(body), "content_type": "application/json"}
        sent = self.client.generic(method, f"/api/v1{path}", headers=named, **given)
        is_json = "json" in sent.headers.get("Content-Type", "")
        body = json.loads(sent.content) if is_json else None
        return Answer(sent.status_code, body, sent.headers, sent.content)

    def hand_in(
        self, path: str, content: bytes, *, name: str = "a.pdf", confirmed: bool = True, **headers: str
    ) -> Answer:
        """Send a document to where it is asked for, as a form does."""
        named = {each.replace("_", "-"): value for each, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        form = {"file": SimpleUploadedFile(name, content), **({"confirmed": "true"} if confirmed else {})}
        sent = self.client.post(f"/api/v1{path}", form, headers=named)
        return Answer(sent.status_code, json.loads(sent.content), sent.headers, sent.content)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: object) -> Answer:
        return self.send("PUT", path, body)

    def file(self, key: str = "first", **changes: object) -> Answer:
        """File a company in one request."""
        return self.post("/filings", filing(**changes), Idempotency_Key=key)


def filing(
    *, trade_word: str = "燕归来", address: str = "east_shop", submit: bool = True, **company: object
) -> dict[str, Any]:
    """Give a whole filing of a small noodle company as a program sends it."""
    return {
        "bundle": "open-company",
        "division": CHARACTERS["addresses"][address]["division"],
        "notice_read": True,
        "submit": submit,
        "participants": FILLED_BY_FOUNDER,
        "answers": {
            "company": {
                "trade_word": trade_word,
                "industry": "餐饮",
                "form": "有限公司",
                "scope": ["餐饮服务"],
                "registered_capital_cents": 10_000_000,
                "premises_right": "rent",
                "term_years": 0,
                "articles": "model",
                "accounting_rules": "small",
                "invoice_needed": True,
                "staff_count": 2,
                "fund_ratio_percent": 5,
                "account_day": "2026-12-01",
                **company,
            },
            "place": {"address_code": CHARACTERS["addresses"][address]["code"]},
            "applicant": {
                "company_post": "director_manager",
                "contribution_method": "money",
                "truthful": True,
                "name_liability": True,
                "beneficial_owner": True,
                "hand_over": True,
                "accepts_post": True,
                "signs_articles": True,
                "no_supervisor": True,
            },
        },
    }
