"""What every test may use."""

import pytest


@pytest.fixture
def database(transactional_db: None) -> None:
    """A real database whose transactions commit: the actions under test open their own."""
