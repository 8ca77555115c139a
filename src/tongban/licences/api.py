"""The door of the licences."""

from tongban.licences.actions.preparing import load_types, prepare
from tongban.licences.actions.signing import Signed, sign, sign_all, sign_pending, store_signature
from tongban.licences.actions.status import change_status, change_status_within
from tongban.licences.declared import LicenceField, LicenceType, LicenceTypes, read_types
from tongban.licences.files import (
    evidence_block,
    evidence_file,
    licence_file,
    signature_block,
)
from tongban.licences.jobs import sign_waiting
from tongban.licences.keys import (
    Office,
    PublicKey,
    make_office_key,
    make_root_key,
    public_keys,
    read_trust,
    write_trust,
)
from tongban.licences.node_keys import log_vkeys, make_node_keys, publish_trust, trust_file
from tongban.licences.profiles import SigningProfile, require_signers_known, signing_profile
from tongban.licences.queries import (
    Holder,
    Licence,
    StatusChange,
    history,
    licence,
    licence_type,
    licence_types,
    licences_of,
    licences_of_case,
    read_identifier,
    versions,
    waiting_for_signature,
)
from tongban.licences.rules import Change, Operation, Status
from tongban.licences.signer.algorithms import PROFILES
from tongban.licences.signer.client import DirectSigners, Signers, Signing
from tongban.licences.signer.journal import Journal
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.pool import SignerPool
from tongban.licences.signer.statements import Signature, Statement
from tongban.licences.source import LicenceSource

__all__ = [
    "PROFILES",
    "Change",
    "DirectSigners",
    "Holder",
    "Journal",
    "Licence",
    "LicenceField",
    "LicenceSource",
    "LicenceType",
    "LicenceTypes",
    "Office",
    "OfficeSigner",
    "Operation",
    "PublicKey",
    "Signature",
    "Signed",
    "SignerPool",
    "Signers",
    "Signing",
    "SigningProfile",
    "Statement",
    "Status",
    "StatusChange",
    "change_status",
    "change_status_within",
    "evidence_block",
    "evidence_file",
    "history",
    "licence",
    "licence_file",
    "licence_type",
    "licence_types",
    "licences_of",
    "licences_of_case",
    "load_key",
    "load_types",
    "log_vkeys",
    "make_node_keys",
    "make_office_key",
    "make_root_key",
    "prepare",
    "public_keys",
    "publish_trust",
    "read_identifier",
    "read_trust",
    "read_types",
    "require_signers_known",
    "sign",
    "sign_all",
    "sign_pending",
    "sign_waiting",
    "signature_block",
    "signing_profile",
    "store_signature",
    "trust_file",
    "versions",
    "waiting_for_signature",
    "write_trust",
]
