"""How much may be sent at once."""

from django.test import Client
from pytest_django import Settings


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(database: None, settings: Settings) -> None:
    settings.BODY_LIMIT_BYTES = 1024 * 1024
    sent = {"file": "x" * (1024 * 1024)}
    answer = Client(headers={"accept-language": "en"}).post("/filings/1/form/", sent)
    assert answer.status_code == 413
    assert "More than 1 MB was sent at once" in answer.content.decode()


def test_a_length_that_is_no_number_is_refused(database: None) -> None:
    answer = Client().generic("POST", "/filings/1/form/", b"x", CONTENT_LENGTH="many")
    assert answer.status_code == 413


def test_what_fits_is_let_through(database: None) -> None:
    assert Client().post("/nowhere/", {"q": "x"}).status_code == 404
