"""What every refusal by rule looks like: a code for machines, a sentence for people."""

from django.utils.functional import Promise


class RuleBroken(Exception):  # noqa: N818 - it is a rule that is broken, not the program
    """A rule forbids what was asked. Nothing was changed.

    Subclasses set `code` (stable, for machines) and `message` (lazy, for people). `details` goes to the API reply.
    """

    code = "rule_broken"
    message: str | Promise = ""

    def __init__(
        self, message: str | Promise | None = None, *, code: str | None = None, **details: object
    ) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)
