"""How surely a person who signs in is identified: levels as the identity provider says them. Pure."""

from collections.abc import Mapping
from typing import Literal

from tongban.kernel.errors import StepUpNeeded
from tongban.kernel.texts import Text

Level = Literal["L2", "L3"]
RANKS: Mapping[str, int] = {"L2": 2, "L3": 3}  # what is kept of a sign-in; anything less identifies nobody
WORDS: Mapping[str, Text] = {
    "L2": Text("手机验证码", "a code on the mobile"),
    "L3": Text("人脸核验", "a face check"),
}


def reaches(assurance: int, level: Level) -> bool:
    """Say whether somebody identified as surely as this reaches a level."""
    return assurance >= RANKS[level]


def step_up(level: Level) -> StepUpNeeded:
    """Say that it takes a surer sign-in, and how one asks for it (OpenID Connect Core 3.1.2.1)."""
    way = WORDS[level]
    return StepUpNeeded(
        "assurance.step_up",
        what=Text(
            f"办理本事项须以{way.zh}（{level}）确认身份，本次登录未达到该等级。",
            f"This asks to be identified by {way.en} ({level}); this sign-in is less sure than that.",
        ),
        todo=Text(
            f"请以{way.zh}重新登录后再次提交，已填写的内容不会丢失；程序以 acr_values={level} 请求登录。",
            f"Sign in again by {way.en} and send it again; nothing that was filled in is lost. "
            f"A program asks for the sign-in with acr_values={level}.",
        ),
        level=level,
    )
