"""Keys, signers and offices that every licence test may use."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tongban.kernel.clock import SHANGHAI, SetClock
from tongban.kernel.ids import SeededChance
from tongban.licences.keys import make_office_key
from tongban.licences.signer.client import DirectSigners
from tongban.licences.signer.journal import Journal
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.office import OfficeSigner

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
MARKET, TAX = "market.990121", "tax.990100"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with the keys of two offices."""
    folder = tmp_path / "keys"
    for place, office in enumerate((MARKET, TAX)):
        make_office_key(office, folder, now=NOON, chance=SeededChance(bytes([place])))
    return folder


@pytest.fixture
def signers(keys: Path, tmp_path: Path) -> Iterator[DirectSigners]:
    """The same two offices' signers, called directly."""
    made = {
        office: OfficeSigner(
            office, load_key(keys / office), Journal(tmp_path / "signed" / office), SetClock(NOON)
        )
        for office in (MARKET, TAX)
    }
    yield DirectSigners(made)
    for signer in made.values():
        signer.close()
