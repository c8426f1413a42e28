"""Two certificates that another body issued: the demo's register confirms one, and knows the other under another name."""

import datetime as dt

from certificates.selectors import externals_of
from certificates.services import external, register
from portal.accounts.models import User

TODAY = "S000052000000260007777"
"""Known to the demo's register as issued on whatever day it is asked about: for whoever walks the road to the claim."""
NUMBERS = ("S000052000000260001234", "S000052000000260009012")


def show(learner: User, *, at: dt.datetime) -> int:
    """Gives how many are new."""
    if externals_of(learner).exists():
        return 0
    for number in NUMBERS:
        external.report(
            learner,
            number=number,
            kind="level",
            occupation="焊工",
            level=4,
            issuer_name="贵州示例职业技能等级认定机构（虚构）",
            issued_on=dt.date(2025, 6, 20),
            agreed=True,
            at=at,
        )
        asked = register.take_up(at=at)
        register.told(asked, register.ask(asked, at=at), at=at)
    return len(NUMBERS)
