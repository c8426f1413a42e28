"""What the apps above may have done: tell somebody something. Everything else here is for the pages of notices."""

from portal.notices.services.notices import Telling, either, mark_read, send, send_all
from portal.notices.services.strangers import ring

__all__ = ["Telling", "either", "mark_read", "ring", "send", "send_all"]
