"""How the office of policies is refused."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken
from subsidies.models import PolicyVersion
from subsidies.selectors.policy_checks import FEWEST_CASES, Ran, Wider


class BadPolicy(RuleBroken):
    """`place` is where in the text, as the engine names it; empty where it is the whole. `reason` is the sentence without it."""

    code = "bad_policy"
    message = _("The policy cannot be used as it is written.")

    def __init__(self, message: object = None, *, place: str = "", reason: str = "") -> None:
        self.place = place
        self.reason = reason or message
        super().__init__(message, place=place)


class NotYourPolicy(RuleBroken):
    code = "not_your_policy"
    message = _("You may look at this policy, but not do this.")


class NoSuchProgramme(RuleBroken):
    code = "no_such_programme"
    message = _("There is no such programme.")


class VersionTaken(RuleBroken):
    code = "policy_version_taken"
    message = _("This version number is taken.")


class ChangedMeanwhile(RuleBroken):
    code = "policy_changed_meanwhile"
    message = _("Somebody else has changed this draft meanwhile. Look at it again before you go on.")


class NotADraft(RuleBroken):
    code = "policy_not_a_draft"
    message = _("Only a draft can be changed. Make a new version of it.")


class SameEditor(RuleBroken):
    code = "policy_same_editor"
    message = _("Who edited a policy cannot publish it.")


class NotOpen(RuleBroken):
    code = "policy_not_open"
    message = _("Only a published version without a last day can be ended.")


class EndsTooEarly(RuleBroken):
    code = "policy_ends_too_early"
    message = _(
        "A version ends today or later, and not before its first day: what was decided by it stays decided."
    )


class DayTooFar(RuleBroken):
    code = "policy_day_too_far"
    message = _("Enter a day between 1900 and 2999.")


class HasBegun(RuleBroken):
    code = "policy_has_begun"
    message = _("A version can be repealed before its first day only. Set its last day instead.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class DaysOverlap(RuleBroken):
    code = "policy_days_overlap"
    message = _("Another published version applies to some of these days.")


class CaseNameTaken(RuleBroken):
    code = "policy_case_name_taken"
    message = _("Another case of this version has this name.")


class BadCase(RuleBroken):
    """`field` is the one at fault."""

    code = "bad_policy_case"
    message = _("The case cannot be used as it is written.")

    def __init__(self, message: object = None, *, field: str = "") -> None:
        self.field = field
        super().__init__(message, field=field)


class TooFewCases(RuleBroken):
    code = "policy_too_few_cases"

    def __init__(self) -> None:
        told = _("A version needs at least %(n)s worked cases before it is handed in.")
        super().__init__(told % {"n": FEWEST_CASES})


class CasesFail(RuleBroken):
    """`failing` are the cases that come out otherwise than they should."""

    code = "policy_cases_fail"

    def __init__(self, failing: Iterable[Ran]) -> None:
        self.failing = list(failing)
        names = [one.case.name for one in self.failing]
        told = _("These worked cases come out otherwise than they should: %(names)s.")
        super().__init__(told % {"names": "、".join(names)}, cases=names)


class _Layers(RuleBroken):
    """`wider` holds the pairs with the sentences of what widens, `head` says what to do."""

    head: str | Promise = ""

    def __init__(self, wider: Iterable[Wider]) -> None:
        self.wider = list(wider)
        others = [self.other(one) for one in self.wider]
        told = " ".join(
            f"{other.place} {other.doc_no} v{other.version}: {'; '.join(one.sentences)}."
            for one, other in zip(self.wider, others, strict=True)
        )
        super().__init__(f"{self.head} {told}", versions=[other.pk for other in others])

    @staticmethod
    def other(one: Wider) -> PolicyVersion:
        raise NotImplementedError


class WiderThanAbove(_Layers):
    code = "policy_wider_than_above"
    head = _("This version allows more than the one above it.")

    @staticmethod
    def other(one: Wider) -> PolicyVersion:
        return one.upper


class WouldWiden(_Layers):
    code = "policy_wider_below"
    head = _(
        "Versions below would allow more than this one. They end before its first day, or it allows as much."
    )

    @staticmethod
    def other(one: Wider) -> PolicyVersion:
        return one.lower
