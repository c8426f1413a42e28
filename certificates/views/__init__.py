from certificates.views import (
    batches,
    credentials,
    desk,
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
    "holder",
    "inspections",
    "public",
    "statistics",
    "templates",
]
