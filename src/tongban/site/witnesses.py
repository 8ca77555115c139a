"""Who witnesses this node's logs: declared by the city, known to the node by key and address.

`witnesses.yaml` in the city's folder names the offices and how many of them must cosign. The node's own
`witnesses.json` holds what each office has told: its key and where it answers. Only who stands there counts.
"""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Self

import httpx
from pydantic import Field, model_validator

from tongban.kernel import declarations
from tongban.kernel.declarations import Declaration
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.site import places

TIMEOUT_S = 2.0  # a witness that takes longer is asked again at the next publication
MOST_BYTES = 64 * 1024

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9./-]{2,99}$")]


class WitnessDeclared(Declaration):
    """One office that witnesses, and the name of its key: a schema-less URL of its own."""

    organisation: Annotated[str, Field(max_length=60)]
    name: Name


class WitnessFile(Declaration):
    """witnesses.yaml: who witnesses the logs, and how many of them must have cosigned a checkpoint."""

    quorum: Annotated[int, Field(ge=0, le=20)]
    witnesses: tuple[WitnessDeclared, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        names = [each.name for each in self.witnesses]
        if self.quorum > len(names) or len(set(names)) != len(names):
            raise ValueError("the quorum lies above the number of witnesses, or a name stands twice")
        return self


def declared_witnesses(city: Path) -> WitnessFile:
    """Read the city's witnesses; a city without the file has none."""
    path = city / "witnesses.yaml"
    return declarations.load(path, WitnessFile) if path.is_file() else WitnessFile(quorum=0)


def require_witnesses_known(city: Path, organisations: Collection[str]) -> None:
    """Refuse a witnesses.yaml that names an organisation which the city does not declare, at its line."""
    path = city / "witnesses.yaml"
    if not path.is_file():
        return
    declared = declarations.read(path, WitnessFile)
    for index, witness in enumerate(declared.value.witnesses):
        if witness.organisation not in organisations:
            raise declared.error(
                ("witnesses", index, "organisation"),
                what=Text(
                    f"organisations.yaml 中没有机构 {witness.organisation}。",
                    f"organisations.yaml does not have {witness.organisation}.",
                ),
                todo=Text("请改正，或先声明该机构。", "Correct it, or declare the organisation."),
            )


def witness_policy() -> ledger.WitnessPolicy:
    """Give whom this node asks to cosign: those that its own witnesses.json names, with their keys."""
    path = places.witnesses()
    if not path.is_file():
        return ledger.NO_WITNESSES
    told = json.loads(path.read_text("utf-8"))
    known = [(each["vkey"], each["url"], each["organisation"]) for each in told["witnesses"]]
    return ledger.policy_of(known, int(told["quorum"]), post)


def write_witnesses(quorum: int, known: list[dict[str, str]]) -> None:
    """Write the node's witnesses.json: of each its organisation, vkey and URL."""
    told = {"quorum": quorum, "witnesses": known}
    places.witnesses().write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def post(url: str, body: bytes) -> ledger.Reply:
    """Send a checkpoint to a witness; raises SourceDown when it does not answer in time."""
    try:
        with httpx.stream("POST", url, content=body, timeout=TIMEOUT_S, follow_redirects=False) as answer:
            said = bytearray()
            for part in answer.iter_bytes():
                said += part
                if len(said) > MOST_BYTES:
                    break
            media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
            return ledger.Reply(answer.status_code, media_type, bytes(said))
    except httpx.HTTPError as trouble:
        raise SourceDown(
            "ledger.witness_silent",
            what=Text(f"见证方 {url} 没有应答", f"The witness at {url} did not answer"),
            todo=Text("稍后会自动再次请求。", "It is asked again by itself soon."),
        ) from trouble
