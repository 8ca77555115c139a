"""The door of the ledger."""

from tongban.ledger.actions import EntryRef, complete_recovered, promise, record
from tongban.ledger.anchors import Anchored, AnchorPolicy, Checked, anchor_due, check_anchors, read_roots
from tongban.ledger.asking import NO_WITNESSES, Reply, WitnessPolicy, policy_of
from tongban.ledger.audit import check_ledger, verify_against_store
from tongban.ledger.classes import KEPT_FOR_A_TIME
from tongban.ledger.fields import Kind
from tongban.ledger.forgetting import Forgotten, due_to_forget, finish_forgetting, forget_due
from tongban.ledger.jobs import Sequenced, sequence
from tongban.ledger.keys import (
    LogSigner,
    PublicLogKey,
    load_log_key,
    make_log_key,
    make_sm2_log_key,
    public_log_key,
)
from tongban.ledger.kinds import KINDS
from tongban.ledger.monitoring import Followed, Monitor, what_was_done
from tongban.ledger.notes import SM2, VerifierKey, parse_vkey
from tongban.ledger.openings import PeriodForgotten, opening, seal_key_bytes
from tongban.ledger.places import keys_folder, logs_folder
from tongban.ledger.pruning import PrunedLog, prune_due
from tongban.ledger.queries import (
    Head,
    Recovered,
    ShownEntry,
    head,
    is_read_only,
    latest,
    leaf_hashes,
    log_names,
    offices_without_contents,
    openings_of,
    proof,
    recovered,
    recovered_identifiers,
    recovered_page,
    require_writable,
)
from tongban.ledger.recovery import recover
from tongban.ledger.retention import Kept, Schedule, check_schedule
from tongban.ledger.rules import Opening, Promise, Proof, disclose, read_opening, read_promise, read_proof
from tongban.ledger.tlog_proofs import tlog_proof
from tongban.ledger.verification import Report, reader, verify
from tongban.ledger.witness import (
    Witness,
    make_witness,
    open_witness,
    serve_witness,
    trust_log,
    witness_key,
)

__all__ = [
    "KEPT_FOR_A_TIME",
    "KINDS",
    "NO_WITNESSES",
    "SM2",
    "AnchorPolicy",
    "Anchored",
    "Checked",
    "EntryRef",
    "Followed",
    "Forgotten",
    "Head",
    "Kept",
    "Kind",
    "LogSigner",
    "Monitor",
    "Opening",
    "PeriodForgotten",
    "Promise",
    "Proof",
    "PrunedLog",
    "PublicLogKey",
    "Recovered",
    "Reply",
    "Report",
    "Schedule",
    "Sequenced",
    "ShownEntry",
    "VerifierKey",
    "Witness",
    "WitnessPolicy",
    "anchor_due",
    "check_anchors",
    "check_ledger",
    "check_schedule",
    "complete_recovered",
    "disclose",
    "due_to_forget",
    "finish_forgetting",
    "forget_due",
    "head",
    "is_read_only",
    "keys_folder",
    "latest",
    "leaf_hashes",
    "load_log_key",
    "log_names",
    "logs_folder",
    "make_log_key",
    "make_sm2_log_key",
    "make_witness",
    "offices_without_contents",
    "open_witness",
    "opening",
    "openings_of",
    "parse_vkey",
    "policy_of",
    "promise",
    "proof",
    "prune_due",
    "public_log_key",
    "read_opening",
    "read_promise",
    "read_proof",
    "read_roots",
    "reader",
    "record",
    "recover",
    "recovered",
    "recovered_identifiers",
    "recovered_page",
    "require_writable",
    "seal_key_bytes",
    "sequence",
    "serve_witness",
    "tlog_proof",
    "trust_log",
    "verify",
    "verify_against_store",
    "what_was_done",
    "witness_key",
]
