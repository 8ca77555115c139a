"""The rows of one filing as they stand, each kind by one read that is composed once.

A filing is read again at every one of its steps; composing these anew took longer than the rest of a step.
"""

from tongban.cases.models import Act, Answer, Case, Contest, Fact, Filing, Participant, Pause, SignedPledge
from tongban.kernel.rows import Prepared

FILING = Prepared(lambda number: Filing.objects.filter(number=number), stand_in="\ue000")
LOCKED = Prepared(lambda key: Filing.objects.select_for_update().filter(pk=key))
LOCKED_BY_NUMBER = Prepared(
    lambda number: Filing.objects.select_for_update().filter(number=number), stand_in="\ue000"
)
PARTICIPANTS = Prepared(lambda filing: Participant.objects.filter(filing_id=filing).order_by("id"))
ANSWERS = Prepared(lambda filing: Answer.objects.filter(filing_id=filing).order_by("id"))
FACTS = Prepared(lambda filing: Fact.objects.filter(filing_id=filing).order_by("id"))
OPEN_CONTESTS = Prepared(lambda filing: Contest.objects.filter(filing_id=filing, outcome="open"))
CASES = Prepared(lambda filing: Case.objects.filter(filing_id=filing).order_by("position"))
OPEN_PAUSES = Prepared(lambda filing: Pause.objects.filter(case__filing_id=filing, ended_at__isnull=True))
ACTS = Prepared(lambda filing: Act.objects.filter(case__filing_id=filing).order_by("id"))
SIGNED_PLEDGES = Prepared(lambda case: SignedPledge.objects.filter(case_id=case, state="signed"))
