"""The check characters of the national codes, as mathematics over plain texts.

GB 11643-1999 (ISO 7064 MOD 11-2), GB 11714, GB 32100-2015 and GB/T 36904 (ISO 7064 MOD 37,36).
"""

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def of_resident_id(body: str) -> str:
    """Give the 18th character that belongs to the first 17 digits (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, RESIDENT_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def of_credit_code(body: str) -> str:
    """Give the 18th character that belongs to the first 17 (GB 32100-2015)."""
    weighed = zip(body, CREDIT_WEIGHTS, strict=True)
    total = sum(CREDIT_ALPHABET.index(character) * weight for character, weight in weighed)
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def of_organisation_code(body: str) -> str:
    """Give the ninth character that belongs to the first eight of an organisation code (GB 11714)."""
    weighed = zip(body, ORGANISATION_WEIGHTS, strict=True)
    total = sum(ALPHANUMERIC.index(character) * weight for character, weight in weighed)
    remainder = (11 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def of_licence_identifier(body: str) -> str:
    """Give the check character of an identifier without dots and root (ISO 7064 MOD 37,36)."""
    product = 36
    for character in body:
        total = (product + ALPHANUMERIC.index(character)) % 36 or 36
        product = total * 2 % 37
    return ALPHANUMERIC[(37 - product) % 36]
