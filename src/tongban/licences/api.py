"""The door of the licences."""

from tongban.licences.actions.again import counts_for_nothing, sign_again, signature_again
from tongban.licences.actions.codes import code_of
from tongban.licences.actions.keys import KeyWork, Turned, renew_key, revoke_key
from tongban.licences.actions.looking import look, look_within
from tongban.licences.actions.preparing import load_types, prepare
from tongban.licences.actions.presenting import (
    open_link,
    present,
    require_link,
    sign_presentation,
    withdraw_presentation,
)
from tongban.licences.actions.recovering import bring_forward
from tongban.licences.actions.signing import Signed, sign, sign_all, sign_pending, store_signature
from tongban.licences.actions.status import change_status, change_status_within
from tongban.licences.declared import ExtraPage, LicenceField, LicenceType, LicenceTypes, read_types
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
    Revocation,
    key_in_use,
    make_office_key,
    make_root_key,
    public_keys,
    read_trust,
    write_trust,
)
from tongban.licences.node_keys import log_vkeys, make_node_keys, publish_trust, trust_file
from tongban.licences.presenting import Showing, showable
from tongban.licences.profiles import SigningProfile, require_signers_known, signing_profile
from tongban.licences.queries import (
    Affected,
    Holder,
    Licence,
    Look,
    Presentation,
    StatusChange,
    affected_licences,
    history,
    licence,
    licence_in_force,
    licence_type,
    licence_types,
    licences_of,
    licences_of_case,
    licences_over,
    looks_at,
    newest_from,
    newest_of,
    presentation_of,
    presentations_of,
    read_identifier,
    standing_licence,
    versions,
    waiting_for_signature,
)
from tongban.licences.renderings.laying import drawn
from tongban.licences.renderings.making import MEDIA_TYPES, Format, Rendering, render
from tongban.licences.rules import LONGEST_CAUSE, Change, Operation, Status, Way
from tongban.licences.signer.algorithms import PROFILES
from tongban.licences.signer.client import DirectSigners, Signers, Signing, sign_everywhere
from tongban.licences.signer.journal import Journal
from tongban.licences.signer.keyfiles import Place, load_key, read_token_file
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.pool import SignerPool
from tongban.licences.signer.statements import Signature, Statement
from tongban.licences.source import LicenceSource
from tongban.licences.status_lists import publish_status_lists, status_place
from tongban.licences.wording import Page, pages_of, shown_in_words

__all__ = [
    "LONGEST_CAUSE",
    "MEDIA_TYPES",
    "PROFILES",
    "Affected",
    "Change",
    "DirectSigners",
    "ExtraPage",
    "Format",
    "Holder",
    "Journal",
    "KeyWork",
    "Licence",
    "LicenceField",
    "LicenceSource",
    "LicenceType",
    "LicenceTypes",
    "Look",
    "Office",
    "OfficeSigner",
    "Operation",
    "Page",
    "Place",
    "Presentation",
    "PublicKey",
    "Rendering",
    "Revocation",
    "Showing",
    "Signature",
    "Signed",
    "SignerPool",
    "Signers",
    "Signing",
    "SigningProfile",
    "Statement",
    "Status",
    "StatusChange",
    "Turned",
    "Way",
    "affected_licences",
    "bring_forward",
    "change_status",
    "change_status_within",
    "code_of",
    "counts_for_nothing",
    "drawn",
    "evidence_block",
    "evidence_file",
    "history",
    "key_in_use",
    "licence",
    "licence_file",
    "licence_in_force",
    "licence_type",
    "licence_types",
    "licences_of",
    "licences_of_case",
    "licences_over",
    "load_key",
    "load_types",
    "log_vkeys",
    "look",
    "look_within",
    "looks_at",
    "make_node_keys",
    "make_office_key",
    "make_root_key",
    "newest_from",
    "newest_of",
    "open_link",
    "pages_of",
    "prepare",
    "present",
    "presentation_of",
    "presentations_of",
    "public_keys",
    "publish_status_lists",
    "publish_trust",
    "read_identifier",
    "read_token_file",
    "read_trust",
    "read_types",
    "render",
    "renew_key",
    "require_link",
    "require_signers_known",
    "revoke_key",
    "showable",
    "shown_in_words",
    "sign",
    "sign_again",
    "sign_all",
    "sign_everywhere",
    "sign_pending",
    "sign_presentation",
    "sign_waiting",
    "signature_again",
    "signature_block",
    "signing_profile",
    "standing_licence",
    "status_place",
    "store_signature",
    "trust_file",
    "versions",
    "waiting_for_signature",
    "withdraw_presentation",
    "write_trust",
]
