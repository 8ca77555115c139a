"""Keys, signers and offices that every licence test may use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tongban.kernel.clock import SHANGHAI, SetClock
from tongban.kernel.ids import Chance, SeededChance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.keys import make_office_key
from tongban.licences.signer.algorithms import ALGORITHMS
from tongban.licences.signer.client import DirectSigners
from tongban.licences.signer.journal import Journal
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.office import OfficeSigner
from tongban.registry import api as registry

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
MARKET, TAX = "market.990121", "tax.990100"
CASE = "11990121310121000D4990131001000202611230001"
BUSINESS_LICENCE = "11100000MB0143028R001"
HOLDER = licences.Holder("001", "91990121MA000001X8", "云东县知味面馆有限公司")
CONTENT = {
    "name": "云东县知味面馆有限公司",
    "credit_code": "91990121MA000001X8",
    "kind": "有限责任公司（自然人独资）",
    "legal_representative": "沈知味",
    "registered_capital_cents": 10_000_000,
    "established_on": "2026-11-23",
    "address": "云东县城关镇青石路8号",
    "scope": ["餐饮服务"],
    "registry": "云东县市场监督管理局",
}


@pytest.fixture(params=ALGORITHMS)
def alg(request: pytest.FixtureRequest) -> str:
    """Each algorithm that an office's key may be of."""
    return str(request.param)


@pytest.fixture
def keys(tmp_path: Path, alg: str) -> Path:
    """A folder with the keys of two offices."""
    folder = tmp_path / "keys"
    for place, office in enumerate((MARKET, TAX)):
        make_office_key(office, folder, now=NOON, chance=SeededChance(bytes([place])), alg=alg)
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


@dataclass(frozen=True)
class Issuing:
    """A node that can issue: the demonstration city's offices, their signers, the log and its publisher."""

    clock: SetClock
    chance: Chance
    signers: licences.Signing
    log_signer: ledger.LogSigner

    def load_city(self) -> None:
        """Load the city's offices and licence types."""
        registry.load_city(Path(settings.CITY), now=self.now, chance=self.chance)
        licences.load_types(Path(settings.CITY))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def prepare(self, case_number: str = CASE, **changes: Any) -> licences.Licence:
        """Prepare a business licence, committed."""
        wanted: dict[str, Any] = {
            "type_code": BUSINESS_LICENCE,
            "issuer": MARKET,
            "holder": HOLDER,
            "content": CONTENT,
            "decision_entry": "01M8398F2DRCWFZRK5XGM38AK4",
            "now": self.now,
            "chance": self.chance,
        }
        return prepare_alone(case_number=case_number, **{**wanted, **changes})

    def issue(self, case_number: str = CASE, **changes: Any) -> licences.Licence:
        """Prepare and sign a business licence."""
        identifier = self.prepare(case_number, **changes).identifier
        licences.sign_pending(
            identifier, self.signers, self.now, chance=self.chance, log_signer=self.log_signer
        )
        return licences.licence(identifier)

    def change(self, identifier: str, change: licences.Change) -> None:
        """Change a licence's status and have that signed."""
        licences.change_status(identifier, change, now=self.now, chance=self.chance)
        licences.sign_pending(
            identifier, self.signers, self.now, chance=self.chance, log_signer=self.log_signer
        )

    def publish(self) -> None:
        """Publish the logs."""
        ledger.sequence(ledger.logs_folder(), self.log_signer, self.now, holder="test")


@whole
def prepare_alone(type_code: str, **wanted: Any) -> licences.Licence:
    """Prepare in a transaction of its own, as a case's action would among other things."""
    return licences.prepare(type_code, **wanted)


@pytest.fixture(params=licences.PROFILES)
def profile(request: pytest.FixtureRequest) -> licences.SigningProfile:
    """Each of the two profiles, without exception."""
    return licences.SigningProfile(profile=request.param)


@pytest.fixture
def issuing(database: None, profile: licences.SigningProfile) -> Iterator[Issuing]:
    """The demonstration city with keys for the offices that these tests issue for."""
    clock, chance = SetClock(NOON), SeededChance(b"licences")
    keys = ledger.keys_folder()
    ledger.make_log_key(keys, "990100")
    if profile.is_guomi:
        ledger.make_sm2_log_key(keys, SeededChance(b"log"))
    registry.load_city(Path(settings.CITY), now=NOON, chance=chance)
    licences.load_types(Path(settings.CITY))
    licences.make_node_keys((MARKET, TAX), profile=profile, now=NOON, chance=SeededChance(b"keys"))
    made = {
        office: OfficeSigner(office, load_key(keys / office), Journal(keys.parent / "signed" / office), clock)
        for office in (MARKET, TAX)
    }
    yield Issuing(clock, chance, DirectSigners(made), ledger.load_log_key(keys, "990100"))
    for signer in made.values():
        signer.close()
    ledger.check_ledger()
