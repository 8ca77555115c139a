"""The town behind the interface for machines, as the tests of that interface have it."""

from tests.rest.conftest import accounts, provider

__all__ = ["accounts", "provider"]
