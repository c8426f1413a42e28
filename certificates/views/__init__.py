from certificates.views import (
    batches,
    consents,
    credentials,
    desk,
    external,
    external_desk,
    holder,
    inspections,
    public,
    statistics,
    templates,
)

__all__ = [
    "batches",
    "consents",
    "credentials",
    "desk",
    "external",
    "external_desk",
    "holder",
    "inspections",
    "public",
    "statistics",
    "templates",
]
