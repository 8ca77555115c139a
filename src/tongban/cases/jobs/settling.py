"""Having an office sign and seal at once what an officer has just done, where its signer answers."""

from tongban.cases.workplace import Workplace
from tongban.kernel.errors import SourceTrouble
from tongban.licences import api as licences
from tongban.papers import api as papers


def settle_licence(case_number: str, *, at: Workplace) -> str:
    """Sign and seal what was done to a case's licence; give the version that stands after it.

    A signer that is silent is asked again by the worker: until then the version before stands.
    """
    now = at.clock.now()
    try:
        newest = licences.licences_of_case(case_number)[-1].identifier
        licences.sign_pending(newest, at.signers, now, chance=at.chance, log_signer=at.log_signer)
        papers.seal_pending(at.signers, now, case_numbers=[case_number], log_signer=at.log_signer)
    except SourceTrouble:
        pass
    return licences.standing_licence(case_number).identifier
