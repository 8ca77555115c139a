"""With which algorithm each organisation signs, as the city declares it (cities/<name>/signing.yaml)."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tongban.kernel.declarations import Declaration, load, read
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import PROFILES


class SignsOtherwise(Declaration):
    """One organisation whose key is of another algorithm than the profile's."""

    organisation: Annotated[str, Field(max_length=60)]
    algorithm: Literal["sm2sig_sm3", "Ed25519", "ES256"]


class SigningProfile(Declaration):
    """signing.yaml: the node's profile, and who signs otherwise."""

    profile: Literal["guomi", "international"]
    otherwise: tuple[SignsOtherwise, ...] = ()

    @property
    def algorithm(self) -> str:
        """The algorithm of the profile: that of the root key, and of every organisation not named."""
        return PROFILES[self.profile]

    @property
    def is_guomi(self) -> bool:
        """Whether the node itself is of the 国密 profile: its logs' checkpoints, and what it seals."""
        return self.profile == "guomi"

    def algorithm_of(self, organisation: str) -> str:
        """Give the algorithm of an organisation's key."""
        named = (each.algorithm for each in self.otherwise if each.organisation == organisation)
        return next(named, self.algorithm)


def signing_profile(city: Path) -> SigningProfile:
    """Read how a city's organisations sign."""
    return load(city / "signing.yaml", SigningProfile)


def require_signers_known(city: Path, organisations: Collection[str]) -> None:
    """Refuse a signing.yaml that names an organisation which the city does not declare, at its line."""
    declared = read(city / "signing.yaml", SigningProfile)
    for place, each in enumerate(declared.value.otherwise):
        if each.organisation not in organisations:
            raise declared.error(
                ("otherwise", place, "organisation"),
                what=Text(
                    f"organisations.yaml 中没有 {each.organisation}。",
                    f"organisations.yaml has no {each.organisation}.",
                ),
                todo=Text("请改正，或先登记该机构。", "Correct it, or declare the organisation there."),
            )
