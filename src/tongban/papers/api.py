"""The door of the papers."""

from tongban.papers.actions.again import seal_again
from tongban.papers.actions.materials import set_retention, take_paper, take_up, upload
from tongban.papers.actions.notices import (
    Sealed,
    issue_notice,
    seal_pending,
    seals_for,
    store_seals,
)
from tongban.papers.jobs import keep_retention, sweep
from tongban.papers.letters import LettersFile, letters_of, read_letters
from tongban.papers.printing import notice_file, printable
from tongban.papers.queries import (
    Material,
    Notice,
    affected_notices,
    has_notice,
    material_file,
    materials,
    materials_of,
    notice,
    notices_of,
    remedies_of,
)
from tongban.papers.recognition import FileKind
from tongban.papers.rules import ON_LICENCES, Collection, Grounds, Necessity, NoticeKind, written_day
from tongban.papers.scanning import CommandScanner, NoScanner, Scanner, ScanVerdict, scanner_of
from tongban.papers.storing import StoredUpload, store_upload

__all__ = [
    "ON_LICENCES",
    "Collection",
    "CommandScanner",
    "FileKind",
    "Grounds",
    "LettersFile",
    "Material",
    "Necessity",
    "NoScanner",
    "Notice",
    "NoticeKind",
    "ScanVerdict",
    "Scanner",
    "Sealed",
    "StoredUpload",
    "affected_notices",
    "has_notice",
    "issue_notice",
    "keep_retention",
    "letters_of",
    "material_file",
    "materials",
    "materials_of",
    "notice",
    "notice_file",
    "notices_of",
    "printable",
    "read_letters",
    "remedies_of",
    "scanner_of",
    "seal_again",
    "seal_pending",
    "seals_for",
    "set_retention",
    "store_seals",
    "store_upload",
    "sweep",
    "take_paper",
    "take_up",
    "upload",
    "written_day",
]
