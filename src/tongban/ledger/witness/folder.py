"""The folder of a witness: its key, its name, the logs that it knows, and what it cosigned."""

import json
from pathlib import Path

from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.ledger.disk import DISK, PRIVATE_FILE, replace_file
from tongban.ledger.keys import load_log_key, make_log_key, public_log_key
from tongban.ledger.notes import COSIGNATURE, VerifierKey, parse_vkey
from tongban.ledger.witness.keeping import Witness

NAME_FILE = "witness.json"
LOGS_FILE = "logs.txt"
STATE = "cosigned"


def make_witness(folder: Path, name: str) -> VerifierKey:
    """Make a witness of that name (a schema-less URL of the office's own), or give the one that is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / STATE).mkdir(exist_ok=True, mode=0o700)
    if public_log_key(folder) is None:
        make_log_key(folder, "witness")
    if not (folder / NAME_FILE).exists():
        replace_file(DISK, folder / NAME_FILE, json.dumps({"name": name}).encode(), PRIVATE_FILE)
        DISK.fsync_folder(folder)
    return witness_key(folder)


def witness_key(folder: Path) -> VerifierKey:
    """Give the key by which a witness's cosignatures are known; raises NotFound where there is no witness."""
    public = public_log_key(folder)
    if public is None or not (folder / NAME_FILE).exists():
        raise NotFound(
            "ledger.no_witness",
            what=Text(f"{folder} 中没有见证方。", f"There is no witness in {folder}."),
            todo=Text("请先执行 tongban witness init。", "Run `tongban witness init` first."),
        )
    name: str = json.loads((folder / NAME_FILE).read_bytes())["name"]
    return VerifierKey(name, public.public_key, COSIGNATURE)


def trust_log(folder: Path, vkey: str) -> VerifierKey:
    """Have a witness know a log by its key; raises Invalid for what is no key. Twice is harmless."""
    witness_key(folder)
    key = parse_vkey(vkey)
    known = logs_of(folder)
    if key not in known:
        lines = "".join(f"{each}\n" for each in (*known, key))
        replace_file(DISK, folder / LOGS_FILE, lines.encode(), PRIVATE_FILE)
        DISK.fsync_folder(folder)
    return key


def logs_of(folder: Path) -> tuple[VerifierKey, ...]:
    """Give the keys of the logs that a witness knows, one a line in its file."""
    path = folder / LOGS_FILE
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return tuple(parse_vkey(line) for line in lines if line.strip() and not line.startswith("#"))


def open_witness(folder: Path) -> Witness:
    """Open the witness of a folder for cosigning."""
    key = witness_key(folder)
    return Witness(key.name, load_log_key(folder, "witness"), logs_of(folder), folder / STATE)
