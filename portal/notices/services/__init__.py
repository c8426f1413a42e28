"""What the apps above may have done: tell somebody something. Everything else here is for the pages of notices."""

from portal.notices.services.notices import either, mark_read, send
from portal.notices.services.strangers import ring

__all__ = ["either", "mark_read", "ring", "send"]
