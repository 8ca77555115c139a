"""One byte form for every JSON value that is hashed or signed (RFC 8785)."""

from hashlib import sha256
from json.encoder import encode_basestring as quoted

import rfc8785

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

LARGEST = 2**53 - 1  # what every reader of JSON holds exactly
WORDS = {None: "null", True: "true", False: "false"}


def canonical(value: object) -> bytes:
    """Give the RFC 8785 form of a JSON value: the same value is the same bytes, everywhere.

    Refuses what JSON cannot carry unchanged: integers beyond 2^53 - 1, NaN and infinities, lone
    surrogates, keys that are not strings, and types that are not JSON's.
    """
    try:
        return _written(value).encode()
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


def _written(value: object) -> str:
    """Write what evidence is made of as text; anything else, and every refusal, is the library's.

    The library writes byte by byte in Python, and a filing asks for a thousand such forms: this takes a
    third of its time. A subclass is not what it looks like to `type` and goes the library's way too.
    """
    kind = type(value)
    if kind is str:
        return quoted(value)  # type: ignore[arg-type]  # a str, by the line above
    if value is None or kind is bool:
        return WORDS[value]  # type: ignore[index]  # None, True or False
    if kind is int and -LARGEST <= value <= LARGEST:  # type: ignore[operator]
        return str(value)
    if kind is list or kind is tuple:
        return f"[{','.join(map(_written, value))}]"  # type: ignore[call-overload]
    if kind is dict and all(type(key) is str for key in value):  # type: ignore[attr-defined]
        return _written_object(value)  # type: ignore[arg-type]
    return rfc8785.dumps(value).decode()  # type: ignore[arg-type]  # the caller explains its refusal


def _written_object(value: dict[str, object]) -> str:
    """Write the keys by their UTF-16 units; ASCII alone sorts the same by itself."""
    keys = sorted(value)
    if not "".join(keys).isascii():
        keys.sort(key=lambda key: key.encode("utf-16be"))
    return f"{{{','.join([f'{quoted(key)}:{_written(value[key])}' for key in keys])}}}"


def digest(value: object) -> str:
    """Give the SHA-256 of a value's canonical form, in 64 lower-case hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()
