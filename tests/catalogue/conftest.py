"""A city's files, and a node that has loaded them."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.sources import ROOT
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry

NOW = datetime(2026, 11, 2, 10, 20, 30, tzinfo=SHANGHAI)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of the demonstration city's catalogue, to be spoilt."""
    copy = tmp_path / "city"
    shutil.copytree(ROOT / "cities" / "yunxi" / "catalogue", copy / "catalogue")
    return copy


@pytest.fixture
def loaded(database: None, city: Path) -> Path:
    """A node whose registry and catalogue are loaded; gives the city it was loaded from."""
    registry.load_city(ROOT / "cities" / "yunxi", now=NOW, chance=SystemChance())
    catalogue.load(city, now=NOW, chance=SystemChance())
    return city
