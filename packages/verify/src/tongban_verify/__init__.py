"""An independent verifier of Tongban licences, notices, evidence and logs.

It shares no code with Tongban, imports neither Django nor a database, and for a file asks nobody on a
network: what it says follows from the file, the root key it was told to trust, and the time.
"""

from tongban_verify.documents import verify_file, verify_licence
from tongban_verify.fetching import from_address, from_folder
from tongban_verify.logs import verify_log
from tongban_verify.page import page
from tongban_verify.presentations import verify_presentation
from tongban_verify.report import Reason, Report, Verdict
from tongban_verify.trust import Anchor, anchor_from_bytes, anchor_from_fingerprint

__all__ = [
    "Anchor",
    "Reason",
    "Report",
    "Verdict",
    "anchor_from_bytes",
    "anchor_from_fingerprint",
    "from_address",
    "from_folder",
    "page",
    "verify_file",
    "verify_licence",
    "verify_log",
    "verify_presentation",
]
