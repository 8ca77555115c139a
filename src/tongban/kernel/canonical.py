"""One byte form for every JSON value that is hashed or signed (RFC 8785)."""

from hashlib import sha256

import rfc8785

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text


def canonical(value: object) -> bytes:
    """Give the RFC 8785 form of a JSON value: the same value is the same bytes, everywhere.

    Refuses what JSON cannot carry unchanged: integers beyond 2^53 - 1, NaN and infinities, lone
    surrogates, keys that are not strings, and types that are not JSON's.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # the refusal below is the check
    except (rfc8785.CanonicalizationError, UnicodeError) as trouble:
        raise Invalid(
            "canonical.not_json",
            what=Text(
                zh=f"该数据无法写成规范 JSON：{trouble}。",
                en=f"This value has no canonical JSON form: {trouble}.",
            ),
            todo=Text(
                zh="请只使用文本、布尔值、列表、对象和绝对值不超过 2^53-1 的整数；大数请写成文本。",
                en="Use texts, booleans, lists, objects, integers to 2^53 - 1; write larger ones as texts.",
            ),
        ) from trouble


def digest(value: object) -> str:
    """Give the SHA-256 of a value's canonical form, in 64 lower-case hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()
