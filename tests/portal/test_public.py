"""What anybody reads before signing in."""

from tests.portal.visiting import Visit


def test_the_home_page_says_what_can_be_done(visit: Visit) -> None:
    page = visit.open("/")
    assert page.status == 200
    assert "开办企业" in page.text
