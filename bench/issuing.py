"""How fast licences are issued with their evidence, each prepared in a durable transaction of its own."""

import time
from collections.abc import Mapping
from itertools import count

from django.db import connection, transaction

from bench.filings import town
from bench.rows import Measure
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import SystemChance
from tongban.kernel.transactions import whole
from tongban.licences import api as licences

LICENCES = 200
AT_ONCE = 50  # signatures asked for and stored together, as many as a worker takes of what waits
OFFICE, TYPE = "market.990121", "11100000MB0143028R001"
CASE = "11990121310121000D499013100100020261123"
HOLDER = licences.Holder("001", "91990121MA000001X8", "云东县知味面馆有限公司")
CONTENT: Mapping[str, object] = {
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
BARE = "CREATE TABLE IF NOT EXISTS bare_licence (id INTEGER PRIMARY KEY, content BLOB)"
BARE_BYTES = 3_500  # of a licence's row and its entry

_numbers = count(1)
_own_ms: list[float] = []
_bare: list[float] = []


@whole
def _prepare(number: int) -> str:
    made = licences.prepare(
        TYPE,
        issuer=OFFICE,
        holder=HOLDER,
        content=CONTENT,
        case_number=f"{CASE}{number:04d}",
        decision_entry="01M8398F2DRCWFZRK5XGM38AK4",
        now=SystemClock().now(),
        chance=SystemChance(),
    )
    return made.identifier


@whole
def _store(signed: list[licences.Signed]) -> None:
    for each in signed:
        licences.store_signature(each, now=SystemClock().now(), chance=SystemChance())


def issued() -> float:
    """Licences a second from the decision to a stored signature with the log's promise."""
    place = town().workplace
    start, worked = time.perf_counter(), time.process_time()
    for _ in range(0, LICENCES, AT_ONCE):
        made = [_prepare(next(_numbers)) for _ in range(AT_ONCE)]
        signed, silent = licences.sign_all(
            made, place.signers, now=SystemClock().now(), log_signer=place.log_signer
        )
        if silent is not None:
            raise silent
        _store(signed)
    _own_ms.append((time.process_time() - worked) / LICENCES * 1000)
    return LICENCES / (time.perf_counter() - start)


def bare() -> float:
    """Rows of about the same size a second, each in a durable transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(BARE)
    start = time.perf_counter()
    for _ in range(LICENCES):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare_licence (content) VALUES (%s)", [bytes(BARE_BYTES)])
    _bare.append(LICENCES / (time.perf_counter() - start))
    return _bare[-1]


def _why() -> str:
    return (
        f"the disk took {min(_bare):,.0f} to {max(_bare):,.0f} bare durable transactions a second meanwhile;"
        f" a licence is {min(_own_ms):.2g} ms of this process's own work"
    )


MEASURES = (
    Measure(
        "licences.issued",
        "licences/s",
        issued,
        target=500,
        beside=bare,
        note=f"SM2, a durable transaction each with its evidence, then signed and stored {AT_ONCE} at a time;"
        " floor: the same bytes inserted bare, a durable transaction each",
        why=_why,
    ),
)
