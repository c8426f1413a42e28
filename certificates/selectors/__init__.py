"""What may be known of certificates, and by whom."""

from certificates.selectors.batches import batches_visible_to, issues_by_batch, progress_of
from certificates.selectors.certificates import (
    DESK_ROLES,
    ISSUERS,
    PROPOSERS,
    certificates_of,
    desk_visible_to,
    may_propose,
    may_retry,
    oldest_waiting,
    path_of,
    pdf_of,
    proposals_visible_to,
    search,
    status_counts_by_province,
    uncertified_completions,
    visible_to,
)
from certificates.selectors.claimed import (
    CertificateFacts,
    certificate_facts,
    claimable,
    lineage,
    standing_for,
)
from certificates.selectors.files import CannotCheckNow, FileAnswer, file_answer
from certificates.selectors.public import UNKNOWN, PublicAnswer, public_answer

__all__ = [
    "DESK_ROLES",
    "ISSUERS",
    "PROPOSERS",
    "UNKNOWN",
    "CannotCheckNow",
    "CertificateFacts",
    "FileAnswer",
    "PublicAnswer",
    "batches_visible_to",
    "certificate_facts",
    "certificates_of",
    "claimable",
    "desk_visible_to",
    "file_answer",
    "issues_by_batch",
    "lineage",
    "may_propose",
    "may_retry",
    "oldest_waiting",
    "path_of",
    "pdf_of",
    "progress_of",
    "proposals_visible_to",
    "public_answer",
    "search",
    "standing_for",
    "status_counts_by_province",
    "uncertified_completions",
    "visible_to",
]
