"""What an identity token must hold before anybody is believed (OpenID Connect Core §3.1.3.7). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from tongban.kernel.assurance import RANKS
from tongban.kernel.errors import NotAllowed
from tongban.kernel.texts import Text
from tongban.registry import api as registry

ALGORITHMS = ["RS256"]  # never "none", never a symmetric one under a public key
LEEWAY_S = 60  # clocks of two organisations


@dataclass(frozen=True, slots=True)
class Identified:
    """Who the provider says it is, and how surely."""

    identity_type: str
    number: str
    name: str
    assurance: int


def read_token(
    token: str, keys: Mapping[str, Any], *, issuer: str, client: str, nonce: str, now: datetime
) -> Identified:
    """Give who a token identifies; raises NotAllowed for one that is not for us, now, and this once."""
    try:
        known = KeySet.import_key_set(cast(KeySetSerialization, dict(keys)))
        claims = jwt.decode(token, known, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError) as trouble:
        raise not_believed("signature") from trouble
    moment = now.timestamp()
    audience = claims.get("aud")
    ours = audience == client or (isinstance(audience, list) and client in audience)
    wrongs = {
        "iss": claims.get("iss") != issuer,
        "aud": not ours,
        "azp": claims.get("azp", client) != client,
        "exp": not _is_number(claims.get("exp")) or claims["exp"] + LEEWAY_S < moment,
        "iat": not _is_number(claims.get("iat")) or claims["iat"] - LEEWAY_S > moment,
        "nonce": not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "acr": claims.get("acr") not in RANKS,
        "id_type": claims.get("id_type") != registry.RESIDENT_ID,
        "id_number": not claims.get("id_number"),
        "name": not claims.get("name"),
    }
    for claim, is_wrong in wrongs.items():
        if is_wrong:
            raise not_believed(claim)
    return Identified(
        str(claims["id_type"]), str(claims["id_number"]), str(claims["name"]), RANKS[claims["acr"]]
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def not_believed(what: str) -> NotAllowed:
    """Say that an identification does not hold, naming what of it."""
    return NotAllowed(
        "portal.not_identified",
        what=Text(
            f"身份认证结果未通过核对（{what}），未予登录。",
            f"The identification does not hold ({what}); nobody is signed in.",
        ),
        todo=Text("请回到首页重新登录。", "Go to the home page and sign in again."),
    )
