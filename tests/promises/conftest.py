"""Every attempt has the whole city in process; at its end the logs are published and verified whole."""

from tests.cases.conftest import town

__all__ = ["town"]
