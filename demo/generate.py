"""Make the data of 云溪市: every organisation's own store, and the answer key of planted errors."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random

from demo.control import Mood
from demo.land import Archive
from demo.making import fixed
from demo.making.enterprises import Founding
from demo.making.people import City, Registrar, TooMany
from demo.making.records import Records
from demo.making.stores import Stores

VERSION = 1  # raise it when the same seed gives other data
DEFAULT_ON = date(2026, 11, 2)
PROGRESS_EVERY = 50_000


@dataclass(frozen=True)
class Made:
    """What was made, as `generated.json` keeps it."""

    version: int
    people: int
    seed: int
    on: str
    counts: dict[str, int]


def generate(
    out: Path,
    *,
    people: int = 20_000,
    seed: int = 1,
    on: date = DEFAULT_ON,
    again: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Made:
    """Make the city in a folder; the same arguments give the same data, and nothing is made twice.

    Besides `people` the fixed characters are always there. Raises TooMany beyond the synthetic ID space.
    """
    manifest = out / "generated.json"
    earlier = _read(manifest)
    if (
        not again
        and earlier
        and (earlier.version, earlier.people, earlier.seed, earlier.on)
        == (
            VERSION,
            people,
            seed,
            f"{on}",
        )
    ):
        return earlier
    manifest.unlink(missing_ok=True)  # half-made data must not look whole
    stores = Stores(out)
    chance = Random(seed)
    city = City(chance, Registrar(), on)
    records = Records(stores, city, Founding(chance, on), chance, on)
    fixed.write(records)
    done, reported = 0, 0
    for members in city.households(people):
        records.household(members)
        done += len(members)
        if progress and done - reported >= PROGRESS_EVERY:
            reported = done
            progress(done)
    stores.finish()
    _drop(out / "land", on)
    made = Made(VERSION, people, seed, f"{on}", stores.counts())
    manifest.write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
    return made


def _drop(land: Path, on: date) -> None:
    for folder in ("archive", "drop", "drop.away"):
        shutil.rmtree(land / folder, ignore_errors=True)
    Archive(land).lay(on, Mood())


def _read(manifest: Path) -> Made | None:
    try:
        return Made(**json.loads(manifest.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def main(arguments: list[str] | None = None) -> int:
    """Run on the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="folder of the city's data")
    parser.add_argument("--on", type=date.fromisoformat, default=DEFAULT_ON, help="the city as of this day")
    parser.add_argument("--again", action="store_true", help="make it anew though it is there")
    asked = parser.parse_args(arguments)
    if asked.people < 0:
        parser.error("--people is a number from 0")
    try:
        made = generate(
            asked.out, people=asked.people, seed=asked.seed, on=asked.on, again=asked.again, progress=_say
        )
    except TooMany as reason:
        print(reason, file=sys.stderr)
        return 1
    print(json.dumps(asdict(made), ensure_ascii=False))
    return 0


def _say(done: int) -> None:
    print(f"{done:,} people", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
