"""What `make fuzz` does with the bytes it makes up: each target ends with a verdict, or is a finding.

The bytes are laid before the verifier as they are, and also where only somebody with every key could put
them: inside what is signed. Run by tools/fuzz.py, never by pytest.
"""

import json
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["tongban_verify"]):
    import tongban_verify
    from tongban_verify import algorithms, cbor, notes, sm2
    from tongban_verify.codes import COSE
    from tongban_verify.strict import Unreadable
    from tongban_verify.tlog_proof import HEADING
    from tongban_verify.trust import Doubt, with_witnesses

from tests.verify.forging import (
    FINGERPRINT,
    FORGERS,
    LOG,
    NOON,
    ORIGIN,
    STAGES,
    forge,
    forge_presentation,
    places_in,
    trust_statement,
    with_value_at,
    written,
)
from tests.verify.sm2_ones import SM2_VKEY, signed_by_sm2
from tests.verify.test_codes import ADDRESS, CLAIMS, forge_code
from tongban.kernel.cbor import encoded
from tongban.ledger.notes import VerifierKey
from tongban.ledger.tiles import grow
from tongban.ledger.tree import Range, append, leaf_hash

KINDS = ("licence", "notice", "evidence", "receipt")
ANCHOR = tongban_verify.anchor_from_fingerprint(FINGERPRINT)
TRUSTING = tongban_verify.anchor_from_bytes(written(trust_statement()))
LEAF = b'{"commitment":"%064x","hour":"2026-11-23T04Z","kind":"case.decided","version":1}'
LEAVES = [LEAF % at for at in range(300)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
FILES = dict(grow(0, LEAVES, HASHES, lambda _: None))
BODY = f"{ORIGIN}\n{len(LEAVES)}\n{b64encode(append(Range(), HASHES).root()).decode()}\n"
PEM = b"-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"


def spoken(report: tongban_verify.Report) -> None:
    """Hold that a report says one line in each language that a terminal does not obey."""
    for language in ("zh", "en"):
        sentence = report.sentence(language)
        if not sentence or set(sentence) & set("\n\r\x1b\u202e"):
            raise AssertionError(repr(sentence))
    json.dumps(report.as_dict())


def files(data: bytes) -> None:
    """Licence, notice, evidence and proof files, as they come."""
    spoken(tongban_verify.verify_file(data, ANCHOR, NOON))
    spoken(tongban_verify.verify_file(HEADING + data, ANCHOR, NOON))


def any_value(data: bytes) -> Any:
    """Read bytes as JSON, or as the text that they are."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")


def signed(data: bytes) -> None:
    """Any JSON value in any place of a file, hashed and signed with every key that it needs."""
    chosen = atheris.FuzzedDataProvider(data)
    kind, stage = chosen.PickValueInList(list(KINDS)), chosen.PickValueInList(list(STAGES))
    place, by = chosen.ConsumeUInt(2), chosen.PickValueInList(sorted(FORGERS))
    rest = chosen.ConsumeBytes(4096)
    value = any_value(rest)

    def alter(part: str, found: Any) -> Any:
        places = places_in(found)
        return with_value_at(found, places[place % len(places)], value) if part == stage else found

    try:
        file = forge(kind, alter, by=FORGERS[by])
    except (ValueError, TypeError, RecursionError):  # the forger's own trouble with what JSON cannot carry
        return
    spoken(tongban_verify.verify_file(file, ANCHOR, NOON))


def presented(data: bytes) -> None:
    """Any JSON value in any place of a presentation or status list that an office signed, and plain bytes."""
    chosen = atheris.FuzzedDataProvider(data)
    stage, place = chosen.PickValueInList(["claims", "shown", "list", "bare"]), chosen.ConsumeUInt(2)
    rest = chosen.ConsumeBytes(4096)
    if stage == "bare":
        spoken(tongban_verify.verify_presentation(rest, TRUSTING, NOON, status_list=rest))
        return
    value = any_value(rest)

    def alter(part: str, found: Any) -> Any:
        places = places_in(found)
        return with_value_at(found, places[place % len(places)], value) if part == stage else found

    with suppress(ValueError, TypeError, RecursionError):  # the forger's own trouble, before the verifier's
        presentation, listed = forge_presentation(alter)
        judge(presentation, listed)


def judge(presentation: bytes, listed: bytes) -> None:
    """Verify outside the forger's excuses: what goes wrong here is a finding."""
    try:
        spoken(tongban_verify.verify_presentation(presentation, TRUSTING, NOON, status_list=listed))
    except Exception as trouble:
        raise AssertionError("the verifier failed") from trouble


def coded(data: bytes) -> None:
    """Any bytes as the claims, the header or the parts of a QR code, signed by an office, and plain bytes."""
    chosen = atheris.FuzzedDataProvider(data)
    part, alg = chosen.PickValueInList(["claims", "header", "message"]), chosen.PickValueInList(sorted(COSE))
    rest = chosen.ConsumeBytes(600)
    if part == "message":
        code = b"%s#%d" % (ADDRESS.encode(), int.from_bytes(b"\xd2" + rest))
    else:
        value: Any = {}
        with suppress(Unreadable):
            value = cbor.decoded(rest)
        code = forge_code(**{part: value}, alg=alg)
    spoken(tongban_verify.verify_file(code, TRUSTING, NOON))


def trust(data: bytes) -> None:
    """Trust files, root keys in PEM, fingerprints and the keys of witnesses."""
    for given in (data, PEM % data, PEM % b64encode(data)):
        with suppress(Unreadable, Doubt):
            tongban_verify.anchor_from_bytes(given)
    text = data.decode("utf-8", "replace")
    with suppress(ValueError):
        tongban_verify.anchor_from_fingerprint(text)
    with suppress(ValueError):
        with_witnesses(TRUSTING, text.split("\n"), None)


def log(data: bytes) -> None:
    """Any bytes in the place of any file of a log, its checkpoint signed or not."""
    chosen = atheris.FuzzedDataProvider(data)
    path = chosen.PickValueInList([*sorted(FILES), "checkpoint", "body", "origin", "pruned", "said"])
    rest = chosen.ConsumeBytes(16384)
    body = BODY
    if path == "body":
        body = rest.decode("utf-8", "replace")
    elif path == "origin":
        body = f"{ORIGIN}\n" + rest.decode("utf-8", "replace")
    served = {**FILES, "checkpoint": noted(body), path: rest}
    if path == "said":
        said = rest.decode("utf-8", "replace")
        served["pruned"] = noted(f"tongban ledger pruned 1\n{ORIGIN}\n{said}\n")

    def read(name: str, most: int) -> bytes | None:
        return served[name][: most + 1] if name in served else None

    spoken(tongban_verify.verify_log(read, TRUSTING, NOON))


def noted(body: str) -> bytes:
    """Give a note that the log signed."""
    hint = VerifierKey(ORIGIN, LOG.public_key().public_bytes_raw()).key_id
    return f"{body}\n— {ORIGIN} {b64encode(hint + LOG.sign(body.encode())).decode()}\n".encode()


def keys(data: bytes) -> None:
    """Public keys and signatures of each algorithm, and the keys of logs and witnesses."""
    for alg, read in algorithms.ALGORITHMS.items():
        with suppress(ValueError):
            read(data)(b"message", data[:64].ljust(64, b"\0"))
        algorithms.verifier(alg, FORGERS[alg].root.spki)(data, data[-64:])
    with suppress(ValueError):
        sm2.verify(sm2.read_public(FORGERS["sm2sig_sm3"].root.spki[:-64] + data[:64]), data, data[-64:])
    text = data.decode("utf-8", "replace")
    for reader in (notes.read_log_key, notes.read_witness_key):
        with suppress(ValueError):
            reader(text)
    with suppress(ValueError):
        notes.with_sm2(LOG_KEY, text)
    notes.sm2_fault(text, ANNOUNCED)


LOG_KEY = notes.read_log_key(str(VerifierKey(ORIGIN, LOG.public_key().public_bytes_raw())))
ANNOUNCED = notes.with_sm2(LOG_KEY, SM2_VKEY)

SEEDS: dict[str, list[bytes]] = {
    "files": [forge(kind) for kind in KINDS],
    "signed": [bytes([at]) * 4 + b'{"a":[1,null,"x"]}' for at in range(12)],
    "presented": [bytes([at]) * 3 + b'{"zh":[1,null,"x"]}' for at in range(12)],
    "coded": [bytes([at]) * 2 + encoded(dict(CLAIMS)) for at in range(3)],
    "trust": [written(trust_statement()), *(b64encode(each.root.spki) for each in FORGERS.values())],
    "log": [*(FILES[path] for path in sorted(FILES)), BODY.encode(), b"256\n2029-12-31"],
    "keys": [
        *(each.root.spki for each in FORGERS.values()),
        SM2_VKEY.encode(),
        signed_by_sm2(f"{BODY}\n").encode(),
    ],
}
TARGETS: dict[str, Callable[[bytes], None]] = {
    "files": files,
    "signed": signed,
    "presented": presented,
    "coded": coded,
    "trust": trust,
    "log": log,
    "keys": keys,
}


def main() -> None:
    target, corpus, *options = sys.argv[1:]
    for number, seed in enumerate(SEEDS[target]):
        (Path(corpus) / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], corpus, *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
