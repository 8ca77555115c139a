"""The organisations' systems over a small generated city."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.generate import generate
from tests.demo.hosting import Hosted, Hosting, host_system


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated city of 400 people, for reading."""
    folder = tmp_path_factory.mktemp("city")
    generate(folder, people=400, seed=11)
    return folder


@pytest.fixture
def hosted(tmp_path: Path, city: Path) -> Iterator[Hosting]:
    """Start systems by name, each over its own copy of its data; all end with the test."""
    running: list[Hosted] = []

    def start(name: str) -> Hosted:
        data = tmp_path / name
        if not data.exists():
            data.mkdir()
            if (city / name).exists():
                shutil.copytree(city / name, data, dirs_exist_ok=True)
        running.append(host_system(name, data))
        return running[-1]

    yield start
    for one in running:
        one.stop()
