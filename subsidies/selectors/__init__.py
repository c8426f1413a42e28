"""What the pages, the API and the overview may ask. Each question about claims starts from who is asking."""

from subsidies.selectors.claims import (
    claims_visible_to,
    explanation_of,
    reviews_visible_to,
    road_of,
    status_counts_by_province,
)
from subsidies.selectors.ledger import money_by_province
from subsidies.selectors.policies import earlier_version, policies_of, policy_versions, programmes
from subsidies.selectors.road import status_of
from subsidies.workflow.claims import ENDED

__all__ = [
    "ENDED",
    "claims_visible_to",
    "earlier_version",
    "explanation_of",
    "money_by_province",
    "policies_of",
    "policy_versions",
    "programmes",
    "reviews_visible_to",
    "road_of",
    "status_counts_by_province",
    "status_of",
]
