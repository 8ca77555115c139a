"""Asking witnesses to cosign a checkpoint, and what their answers come to (C2SP tlog-witness).

A witness that has cosigned what this log does not have contradicts it: the log was forked, or it and its
database were restored from old copies. One liar among the witnesses can say so; when so many say it that
the quorum cannot be reached any more, the log believes them.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tongban.kernel.errors import Invalid, SourceTrouble
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.notes import COSIGNATURE, Checkpoint, VerifierKey, parse_vkey, read_size, signers_of
from tongban.ledger.witnessing import SIZE_TYPE, Request

TRIES = 3  # the first guess at the old size, the size that the witness names, and once more in a race


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answered over HTTP."""

    status: int
    media_type: str
    body: bytes


Post = Callable[[str, bytes], Reply]


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness whose cosignatures count: its key, where it answers, and whose it is."""

    key: VerifierKey
    url: str
    organisation: str

    @property
    def name(self) -> str:
        return self.key.name


def reach_nobody(url: str, body: bytes) -> Reply:
    """Send nothing: for logs that have no witnesses."""
    raise AssertionError(f"nothing was to be sent to {url} ({len(body)} bytes)")


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Whose cosignatures a log asks for, how many it needs before it publishes, and what reaches them."""

    witnesses: tuple[KnownWitness, ...] = ()
    quorum: int = 0
    post: Post = reach_nobody

    def is_met_by(self, names: Mapping[str, str]) -> bool:
        """Say whether so many of the witnesses have cosigned."""
        return sum(witness.name in names for witness in self.witnesses) >= self.quorum

    def cannot_be_met(self, contradicting: int) -> bool:
        """Say whether the quorum is out of reach because of those who contradict."""
        return self.quorum > 0 and len(self.witnesses) - contradicting < self.quorum


NO_WITNESSES = WitnessPolicy()


def policy_of(witnesses: list[tuple[str, str, str]], quorum: int, post: Post) -> WitnessPolicy:
    """Make a policy of (vkey, URL, organisation); raises Invalid for a key that is none, or twice there."""
    known = tuple(
        KnownWitness(parse_vkey(vkey, type=COSIGNATURE), url, slug) for vkey, url, slug in witnesses
    )
    names, keys = {each.name for each in known}, {each.key.public_key for each in known}
    if not 0 <= quorum <= len(known) or len(names) != len(known) or len(keys) != len(known):
        raise Invalid(
            "ledger.witnesses_wrong",
            what=Text(
                "见证方配置有误：法定数超过见证方数，或名称、公钥重复。",
                "The quorum lies above the number of witnesses, or a name or key stands twice.",
            ),
            todo=Text("请改正 witnesses.yaml。", "Correct witnesses.yaml."),
        )
    return WitnessPolicy(known, quorum, post)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: cosignature lines by name, and why the others gave none.

    `contradicting` are those whose record this log does not continue.
    """

    lines: Mapping[str, str]
    silent: Mapping[str, Text]
    contradicting: Mapping[str, Text]


def ask_witnesses(
    policy: WitnessPolicy, note: str, checkpoint: Checkpoint, old: int, hash_at: tree.HashAt
) -> Asked:
    """Ask all witnesses at once; `old` is the first guess at the size that each has cosigned last."""
    lines: dict[str, str] = {}
    silent: dict[str, Text] = {}
    contradicting: dict[str, Text] = {}

    def ask(witness: KnownWitness) -> tuple[KnownWitness, "str | Text | _Contradiction"]:
        try:
            return witness, _ask(witness, note, checkpoint, old, hash_at, policy.post)
        except SourceTrouble as trouble:
            return witness, trouble.what
        except Invalid as wrong:
            return witness, wrong.what

    if not policy.witnesses:
        return Asked({}, {}, {})
    with ThreadPoolExecutor(len(policy.witnesses), thread_name_prefix="witness") as threads:
        for witness, said in threads.map(ask, policy.witnesses):
            if isinstance(said, str):
                lines[witness.name] = said
            elif isinstance(said, _Contradiction):
                contradicting[witness.name] = said.words
            else:
                silent[witness.name] = said
    return Asked(lines, silent, contradicting)


@dataclass(frozen=True, slots=True)
class _Contradiction:
    words: Text


def _ask(
    witness: KnownWitness, note: str, checkpoint: Checkpoint, old: int, hash_at: tree.HashAt, post: Post
) -> "str | Text | _Contradiction":
    for _ in range(TRIES):
        request = Request(old, tuple(tree.consistency_proof(old, checkpoint.size, hash_at)), note)
        reply = post(f"{witness.url}/add-checkpoint", request.body())
        if reply.status == 200:
            found = signers_of(note + reply.body.decode(errors="replace"), [witness.key])
            return found.get(witness.name) or Text(
                f"{witness.name} 的答复中没有其签名", f"{witness.name} answered without its cosignature"
            )
        if reply.status == 422 or (reply.status == 409 and reply.media_type != SIZE_TYPE):
            return _Contradiction(
                Text(
                    f"{witness.name} 见证过与此不同的日志（第 {checkpoint.size} 条以前）",
                    f"{witness.name} has cosigned another history of this log, up to {checkpoint.size}",
                )
            )
        if reply.status != 409:
            return Text(f"{witness.name} 拒绝（{reply.status}）", f"{witness.name} refused ({reply.status})")
        old = read_size(reply.body.decode(errors="replace").strip())
        if old > checkpoint.size:
            return _Contradiction(
                Text(
                    f"{witness.name} 已见证到 {old} 条，本日志只有 {checkpoint.size} 条",
                    f"{witness.name} has cosigned {old} entries, this log has {checkpoint.size}",
                )
            )
    return Text(f"{witness.name} 的记录一直在变", f"{witness.name} keeps changing its record")
