"""The hands of the catalogue: each task pays what the database says is due. Safe to run twice, and at once."""

from courses.tasks.partners import prune_partner_calls, send_due_deliveries

__all__ = ["prune_partner_calls", "send_due_deliveries"]
