"""Every write of the registry."""

from tongban.registry.actions.accounts import (
    give_credentials,
    make_demonstration_accounts,
    revoke_credentials,
    set_credentials,
    set_roles,
)
from tongban.registry.actions.consumers import (
    register_consumer_key,
    replace_consumer_key,
    withdraw_consumer_key,
)
from tongban.registry.actions.loading import Loaded, load_city
from tongban.registry.actions.signing_in import forget_failures, sign_in
from tongban.registry.actions.subjects import subject_for

__all__ = [
    "Loaded",
    "forget_failures",
    "give_credentials",
    "load_city",
    "make_demonstration_accounts",
    "register_consumer_key",
    "replace_consumer_key",
    "revoke_credentials",
    "set_credentials",
    "set_roles",
    "sign_in",
    "subject_for",
    "withdraw_consumer_key",
]
