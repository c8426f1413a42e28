"""The policy engine: plain Python, no Django, no network, no clock.

    record = evaluate(read_policies(document), facts)

`words` (sentences) and `dates` serve `facts` (reading them); `rules` says what a rule answers, `eligibility`, `frequency` and
`amounts` decide; `body` reads a policy, `paper` its JSON, and `engine` makes the record; `memory` makes the same for many claims.
"""

from subsidies.policy.body import Policy, fingerprint, json_schema, read_policies, read_policy
from subsidies.policy.engine import APPROVE, ENGINE, NEEDS_EVIDENCE, REJECT, FactsError, evaluate
from subsidies.policy.memory import Evaluator
from subsidies.policy.paper import PaperError, read_json
from subsidies.policy.shape import PolicyError

__all__ = [
    "APPROVE",
    "ENGINE",
    "NEEDS_EVIDENCE",
    "REJECT",
    "Evaluator",
    "FactsError",
    "PaperError",
    "Policy",
    "PolicyError",
    "evaluate",
    "fingerprint",
    "json_schema",
    "read_json",
    "read_policies",
    "read_policy",
]
