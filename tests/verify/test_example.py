"""The published example of a licence file stays what the platform makes and what the verifier reads.

To write it anew after a change of the format: `TONGBAN_WRITE_EXAMPLE=1 pytest tests/verify/test_example.py`.
"""

import json
import os
from typing import Any

from tests.verify.conftest import EXAMPLE, Handed
from tongban_verify import Verdict


def test_the_example_has_the_shape_of_a_licence_file_made_today(handed: Handed) -> None:
    if os.environ.get("TONGBAN_WRITE_EXAMPLE"):
        EXAMPLE.write_bytes(handed.data + b"\n")
    assert _shape(json.loads(EXAMPLE.read_bytes())) == _shape(handed.tree)


def test_the_example_verifies(specimen: Handed) -> None:
    assert specimen.verify().verdict is Verdict.VALID


def _shape(value: Any) -> Any:
    """Give the names and kinds of a value without its contents; a list is the shape of its first."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(inner) for inner in value[:1]]
    return type(value).__name__
