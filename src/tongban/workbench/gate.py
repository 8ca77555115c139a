"""Slowing down whoever guesses at sign-in from one address; the registry's lock guards each single login.

Kept in the memory of one process and bounded: what is forgotten when it is full is the address that has
been quiet longest. Attempts that succeed are given back, so that a hall of clerks behind one address can
all sign in at nine.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock

from tongban.kernel.errors import TongbanError
from tongban.kernel.texts import Text

MOST_FAILURES = 20
WITHIN = timedelta(minutes=5)
MOST_ADDRESSES = 10_000


class TooManyAttempts(TongbanError):
    """Too many failed sign-ins came from one address."""

    status = 429


class Gate:
    """Counts failed sign-ins by address within a window that slides."""

    def __init__(
        self, *, most: int = MOST_FAILURES, within: timedelta = WITHIN, addresses: int = MOST_ADDRESSES
    ) -> None:
        self._most, self._within, self._addresses = most, within, addresses
        self._lock = Lock()
        self._tried: OrderedDict[str, deque[datetime]] = OrderedDict()

    def enter(self, address: str, now: datetime) -> None:
        """Count an attempt before anything is checked; raises TooManyAttempts when there were too many."""
        with self._lock:
            tried = self._tried.setdefault(address, deque(maxlen=self._most))
            self._tried.move_to_end(address)
            while tried and tried[0] <= now - self._within:
                tried.popleft()
            if len(tried) == self._most:
                raise _too_many(tried[0] + self._within - now)
            tried.append(now)
            while len(self._tried) > self._addresses:
                self._tried.popitem(last=False)

    def give_back(self, address: str) -> None:
        """Take back the last attempt of an address: it was no guess."""
        with self._lock:
            tried = self._tried.get(address)
            if tried:
                tried.pop()

    def forget(self) -> None:
        """Begin again, as a process that starts does."""
        with self._lock:
            self._tried.clear()

    def __len__(self) -> int:
        return len(self._tried)


def address_of(meta: Mapping[str, str]) -> str:
    """Give the address a request came from.

    The web listens on loopback behind a proxy that appends whom it heard; what a visitor wrote into that
    header before it is not believed. A v6 address stands for its /64, which one household has.
    """
    heard = meta.get("REMOTE_ADDR", "")
    if _is_loopback(heard) and meta.get("HTTP_X_FORWARDED_FOR"):
        heard = meta["HTTP_X_FORWARDED_FOR"].rpartition(",")[2].strip()
    try:
        address = ip_address(heard)
    except ValueError:
        return "unknown"
    return str(address) if address.version == 4 else address.exploded[:19]


def _is_loopback(written: str) -> bool:
    try:
        return ip_address(written).is_loopback
    except ValueError:
        return False


def _too_many(wait: timedelta) -> TooManyAttempts:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return TooManyAttempts(
        "workbench.too_many_attempts",
        what=Text("该地址登录失败次数过多。", "Too many sign-ins from this address have failed."),
        todo=Text(f"请{minutes}分钟后再试。", f"Try again in {minutes} minutes."),
    )
