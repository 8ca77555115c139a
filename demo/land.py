"""The land office: keeps unified addresses, and drops them as files in a folder every day."""

import contextlib
import hashlib
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from demo.control import Control, Mood
from demo.host import System
from demo.land_files import STATUS_NUMBERS, USAGE_NUMBERS, Place, write_csv, write_xlsx
from demo.program import Settings, require, serve

SCHEMA = """
CREATE TABLE DZ (
  code TEXT PRIMARY KEY, text TEXT NOT NULL, division TEXT NOT NULL, town TEXT NOT NULL, usage TEXT NOT NULL,
  status TEXT NOT NULL, updated TEXT NOT NULL) WITHOUT ROWID;
"""
DAYS_KEPT = 7
FORMS: Mapping[str, tuple[str, Callable[[Path, Iterator[Place]], int]]] = {
    "990121": ("csv", write_csv),
    "990122": ("xlsx", write_xlsx),
}
OTHER_COLUMNS = "id,addr,remark\r\n1,柳荫街,\r\n"


class Archive:
    """The office's own store and the complete files it has made, a folder a day."""

    def __init__(self, folder: Path) -> None:
        """Work in this folder: `land.db`, `archive/`, and `drop/`, which others read."""
        self.store = folder / "land.db"
        self.archive = folder / "archive"
        self.drop = folder / "drop"
        self.away = folder / "drop.away"
        self.changed = folder / "changed"  # a mark: the store differs from the last files made
        self.archive.mkdir(parents=True, exist_ok=True)
        if self.away.exists():  # a killed program left it so
            self.away.rename(self.drop)
        self.drop.mkdir(exist_ok=True)

    def make(self, day: date) -> list[Path]:
        """Make a day's files, or link the last day's where nothing changed since; returns them."""
        folder = self.archive / f"{day:%Y%m%d}"
        earlier = sorted(path for path in self.archive.iterdir() if path.is_dir())
        anew = self.changed.exists() or not earlier
        if not anew and folder in earlier:
            return sorted(folder.iterdir())
        folder.mkdir(exist_ok=True)
        for division, (ending, write) in FORMS.items():
            path = folder / f"addresses_{day:%Y%m%d}.{ending}"
            path.unlink(missing_ok=True)  # never write through a link into another day's file
            if anew:
                write(path, self._places(division))
            else:
                os.link(next(earlier[-1].glob(f"*.{ending}")), path)
        self.changed.unlink(missing_ok=True)
        return sorted(folder.iterdir())

    def lay(self, day: date, mood: Mood) -> None:
        """Lay a day's files into the drop folder as the mode says."""
        if mood.mode == "down":
            self.drop.rename(self.away)
            return
        for whole in self.make(day):
            target = self.drop / whole.name
            part, ready = target.with_name(target.name + ".part"), target.with_name(target.name + ".ok")
            for old in (ready, target, part):  # the mark goes first, as a reader trusts it
                old.unlink(missing_ok=True)
            if mood.mode == "slow":
                os.link(whole, part)
            elif mood.mode == "failing":
                with whole.open("rb") as file:
                    target.write_bytes(file.read(whole.stat().st_size // 2))
            elif mood.mode == "wrong":
                target.write_bytes(OTHER_COLUMNS.encode())
                _mark(target, ready, 1)
            else:
                os.link(whole, part)
                part.rename(target)
                _mark(target, ready, self._count("990121" if target.suffix == ".csv" else "990122"))
        self._forget_old_days()

    def change(self, code: str, usage: str, status: str, day: date) -> bool:
        """Correct one address in the office's own store; False where there is no such address."""
        self.changed.touch()
        with contextlib.closing(sqlite3.connect(self.store)) as store, store:
            done = store.execute(
                "UPDATE DZ SET usage = ?, status = ?, updated = ? WHERE code = ?",
                (usage, status, f"{day}", code),
            )
            return done.rowcount == 1

    def _places(self, division: str) -> Iterator[Place]:
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            for row in store.execute("SELECT * FROM DZ WHERE division = ? ORDER BY code", (division,)):
                yield Place(*row)

    def _count(self, division: str) -> int:
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            return int(store.execute("SELECT count(*) FROM DZ WHERE division = ?", (division,)).fetchone()[0])

    def _forget_old_days(self) -> None:
        days = sorted(path.name for path in self.archive.iterdir())
        for old in days[:-DAYS_KEPT]:
            for path in [*self.drop.glob(f"addresses_{old}.*"), *(self.archive / old).iterdir()]:
                path.unlink()
            (self.archive / old).rmdir()


class LandOffice:
    """The office at work: its day, its mode, its corrections."""

    def __init__(self, archive: Archive, now: Callable[[], datetime]) -> None:
        self.archive, self.now = archive, now
        self._lock = threading.RLock()
        self._mood = Mood()
        self._timer: threading.Timer | None = None

    def day(self) -> date:
        """The civil date in Shanghai."""
        return self.now().date()

    def meet(self, mood: Mood) -> None:
        """Lay today's files anew, as the mode says."""
        with self._lock:
            if self.archive.away.exists():
                self.archive.away.rename(self.archive.drop)
            self._mood = mood
            self._lay(self.day())

    def drop(self, asked: Mapping[str, object]) -> Mapping[str, object]:
        """Control: drop a day's files at once."""
        text = asked.get("date") or f"{self.day():%Y%m%d}"
        day = datetime.strptime(str(text), "%Y%m%d").date()  # noqa: DTZ007 - a date without a clock
        with self._lock:
            if self._mood.mode == "down":
                raise ValueError("the drop folder is away; set mode normal first")
            self._lay(day)
        return {"date": f"{day:%Y%m%d}", "files": sorted(path.name for path in self.archive.drop.iterdir())}

    def address(self, asked: Mapping[str, object]) -> Mapping[str, object]:
        """Control: correct one address in the office's own store; it shows in the next drop."""
        code, usage, status = (str(asked.get(name, "")) for name in ("code", "usage", "status"))
        if usage not in USAGE_NUMBERS or status not in STATUS_NUMBERS:
            raise ValueError(f"usage is one of {list(USAGE_NUMBERS)}, status one of {list(STATUS_NUMBERS)}")
        with self._lock:
            if not self.archive.change(code, usage, status, self.day()):
                raise ValueError(f"no address {code}")
        return {"code": code, "usage": usage, "status": status}

    def every_midnight(self, ended: threading.Event) -> None:
        """Drop each new day's files until ended."""
        while not ended.wait(_until_midnight(self.now())):
            with self._lock:
                if self._mood.mode != "down":
                    self._lay(self.day())

    def _lay(self, day: date) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self.archive.lay(day, self._mood)
        if self._mood.mode == "slow":
            self._timer = threading.Timer(self._mood.seconds, self._late, (day,))
            self._timer.daemon = True
            self._timer.start()

    def _late(self, day: date) -> None:
        with self._lock:
            if self._mood.mode == "slow":
                self.archive.lay(day, Mood())


def _until_midnight(now: datetime) -> float:
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds() + 1


def _mark(target: Path, ready: Path, rows: int) -> None:
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    # Written aside and renamed: a reader never sees half a mark.
    part = ready.with_name(ready.name + ".part")
    part.write_text(f"rows={rows}\nsha256={digest}\n", encoding="ascii")
    part.rename(ready)


def build(settings: Settings) -> System:
    """The office's system over its own folder; drops today's files before it answers."""
    require(settings.data / "land.db")
    office = LandOffice(Archive(settings.data), settings.now)
    office.meet(Mood())
    threading.Thread(target=office.every_midnight, args=(threading.Event(),), daemon=True).start()
    return System(
        name=settings.name,
        control=Control((), modes=("normal", "slow", "failing", "wrong", "down")),
        token=settings.token,
        on_mood=office.meet,
        more_controls={"drop": office.drop, "address": office.address},
    )


if __name__ == "__main__":
    sys.exit(serve("land", build))
