"""In which form a paper is signed, and which papers no electronic form may have (电子签名法)."""

from collections.abc import Mapping
from typing import Final, Literal

from tongban.kernel.texts import Text

SignatureForm = Literal["none", "ordinary", "reliable", "not_electronic"]
"""Nothing to sign; confirmed by a person who has signed in; signed with a key (art. 13); paper alone."""

# 电子签名法 art. 3: what it does not let be electronic, and how the name of such a paper reads (found;
# docs/law/signatures.md). Its other cases were not read, so whoever declares a paper says not_electronic.
_EXCLUDED: Final[Mapping[Text, tuple[str, ...]]] = {
    Text("婚姻", "marriage"): ("婚姻", "结婚", "离婚", "未婚", "复婚"),
    Text("收养", "adoption"): ("收养",),
    Text("继承", "inheritance"): ("继承", "遗嘱", "遗产"),
}


def excluded(name: Text) -> Text | None:
    """Give the personal status that a paper of this name is about, where the law excludes it; else None."""
    return next((kind for kind, words in _EXCLUDED.items() if any(word in name.zh for word in words)), None)
