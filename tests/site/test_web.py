"""What the web tells every browser, whatever page it is."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from tongban.site.headers import PolicyMiddleware, content_policy


def test_a_node_says_that_it_answers_and_whether_it_writes(database: None) -> None:
    answer = Client().get("/health")
    assert answer.status_code == 200
    assert answer.json()["read_only"] is False


def test_pages_run_no_script_that_they_did_not_bring(database: None) -> None:
    headers = Client().get("/health").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_forms_end_here_and_where_the_settings_say() -> None:
    assert content_policy([]).endswith("form-action 'self'")
    assert content_policy(["https://id.example"]).endswith("form-action 'self' https://id.example")


def test_a_page_may_ask_for_a_stricter_policy_of_its_own() -> None:
    strict = PolicyMiddleware(
        lambda _: HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})
    )
    assert strict(HttpRequest()).headers["Content-Security-Policy"] == "default-src 'none'"


def test_a_stranger_host_name_is_not_answered(database: None) -> None:
    assert Client().get("/health", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize(
    ("accepted", "language"), [("en", "en"), ("zh-CN,zh;q=0.9", "zh-hans"), ("fr", "zh-hans")]
)
def test_pages_speak_chinese_unless_english_is_asked_for(
    database: None, accepted: str, language: str
) -> None:
    answer = Client().get("/health", headers={"accept-language": accepted})
    assert answer.headers["Content-Language"] == language


def test_no_admin_site_is_installed() -> None:
    assert [app for app in settings.INSTALLED_APPS if "admin" in app] == []
