"""The digest under which a certificate is frozen."""

import hashlib
import json


def digest(said: dict, grounds: dict | None) -> bytes:
    """SHA-256 over all that a paper says, the name included, and what it stands on: canonical JSON in UTF-8.

    Without grounds for those of 0.1 and 0.2, which had none.
    """
    whole = said if grounds is None else said | {"grounds": grounds}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
