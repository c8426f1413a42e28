from certificates.views import (
    batches,
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
