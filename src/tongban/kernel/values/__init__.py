"""Codes and amounts of public life, each parsed or explained: what is wrong, where, and what was expected."""
