"""Background work of the registry."""

from datetime import datetime

from tongban.registry.actions import forget_failures


def tidy(now: datetime) -> int:
    """Forget sign-in failures that are a day old; run daily, harmless to run again."""
    return forget_failures(now)
