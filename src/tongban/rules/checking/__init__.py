"""The whitelist: what sqlglot read becomes a checked tree, or is refused with what to write instead."""

from tongban.rules.checking.entry import check_tree
from tongban.rules.checking.reader import GivenType

__all__ = ["GivenType", "check_tree"]
