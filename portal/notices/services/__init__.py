"""What the apps above may have done: tell somebody something. Everything else here is for the pages of notices."""

from portal.notices.services.notices import either, mark_read, send

__all__ = ["either", "mark_read", "send"]
