"""The demonstration city and a small one that tests may break."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from tongban.kernel.clock import SHANGHAI
from tongban.kernel.ids import Chance, SystemChance
from tongban.registry import api as registry

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
YUNXI = Path(__file__).resolve().parents[2] / "cities" / "yunxi"

DIVISIONS = """\
divisions:
  - {code: "990100", name: {zh: 云溪市, en: Yunxi}, since: 2000-01-01}
  - {code: "990121", name: {zh: 云东县, en: Yundong}, parent: "990100", since: 2000-01-01}
  - {code: "990121001", name: {zh: 城关镇, en: Chengguan}, parent: "990121", since: 2000-01-01}
"""
ORGANISATIONS = """\
organisations:
  - id: market.990100
    name: {zh: 市局, en: city office}
    credit_code: 11990100310100007Y
    nature: 1
    division: "990100"
    since: 2000-01-01
  - id: market.990121
    name: {zh: 县局, en: county office}
    credit_code: 11990121310121000D
    nature: 1
    division: "990121"
    line_superior: market.990100
    since: 2000-01-01
    powers:
      - {item: "990131001000", basis: {zh: 某条例, en: a regulation}, mark: recalled, since: 2000-01-01}
    delegations:
      - item: "990131001000"
        to: market.990121001
        division: "990121001"
        kind: entrusted
        basis: {zh: 许可法第二十四条, en: Art. 24}
        since: 2026-01-01
  - id: market.990121001
    name: {zh: 镇政府, en: town government}
    credit_code: 11990121310121019A
    nature: 1
    division: "990121001"
    line_superior: market.990121
    since: 2000-01-01
"""
STAFF = """\
staff:
  - {login: county.chen, name: 陈, organisation: market.990121, roles: [approver], since: 2026-01-01}
  - {login: county.he, name: 何, organisation: market.990121, roles: [leader], since: 2026-01-01}
  - {login: security.ning, name: 宁, organisation: market.990100, roles: [security_admin], since: 2026-01-01}
"""

Write = Callable[..., Path]


def replaced(text: str, changes: list[tuple[str, str]]) -> str:
    """Give a file's text with its changes, each of which must be possible."""
    for old, new in changes:
        assert old in text, f"the small city has no {old!r}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def city(tmp_path: Path) -> Write:
    """Write a small city, with replacements in its files: city(staff=[("old", "new")])."""

    def write(**changes: list[tuple[str, str]]) -> Path:
        texts: Mapping[str, str] = {
            "divisions": DIVISIONS,
            "organisations": ORGANISATIONS,
            "staff": STAFF,
        }
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(replaced(text, changes.get(name, [])), "utf-8")
        return tmp_path

    return write


@pytest.fixture
def chance() -> Chance:
    return SystemChance()


@pytest.fixture
def yunxi(database: None, chance: Chance) -> None:
    """The demonstration city in the store."""
    registry.load_city(YUNXI, now=NOW, chance=chance)


@pytest.fixture
def key(tmp_path: Path, chance: Chance) -> registry.SecondFactorKey:
    return registry.make_second_factor_key(tmp_path / "keys" / "second-factor.key", chance)
