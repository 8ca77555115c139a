"""Check digits as each organisation's old system computes them."""

import re
from datetime import date

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I O S V Z
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
MOBILE = re.compile(r"100[0-9]{8}")  # 100 is no real prefix; the demonstration alone admits it
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_CREDIT = re.compile(f"[{CREDIT_ALPHABET}]{{18}}")


def resident_id(area: str, birth: date, sequence: int) -> str:
    """Compose a resident ID (GB 11643-1999); an odd sequence is a man's, an even one a woman's."""
    body = f"{area}{birth.year:04d}{birth:%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, RESIDENT_WEIGHTS, strict=True))
    return body + RESIDENT_CHECKS[total % 11]


def is_resident_id(number: str) -> bool:
    """Say whether format, birth date and check digit are right; the area is not looked at."""
    if not _RESIDENT.fullmatch(number):
        return False
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return resident_id(number[:6], birth, int(number[14:17])) == number


def credit_code(division: str, organisation8: str, *, department: str = "9", category: str = "1") -> str:
    """Compose a unified social credit code (GB 32100-2015) around an organisation code (GB 11714)."""
    body = f"{department}{category}{division}{organisation8}{_organisation_check(organisation8)}"
    return body + _credit_check(body)


def is_credit_code(code: str) -> bool:
    """Say whether the alphabet and both check characters are right."""
    if not _CREDIT.fullmatch(code):
        return False
    return _organisation_check(code[8:16]) == code[16] and _credit_check(code[:17]) == code[17]


def _credit_check(body: str) -> str:
    total = sum(CREDIT_ALPHABET.index(c) * weight for c, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def _organisation_check(organisation8: str) -> str:
    total = sum(int(c, 36) * weight for c, weight in zip(organisation8, ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def is_iso_day(text: str) -> bool:
    """Say whether the text is YYYY-MM-DD in the calendar."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
