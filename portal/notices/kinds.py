"""What the portal tells people: each kind with its words, its channels, and whether its receiver may switch it off.

The site itself is no channel to choose: every notice stands there. `words` ask for what the sender gives; a new kind needs
a row here, its Chinese in the catalogue, and no migration.
"""

from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


SMS, EMAIL = Channel.SMS, Channel.EMAIL


@dataclass(frozen=True)
class Kind:
    """`by_default` are the channels used until the receiver says otherwise; `bound` are those that stay on."""

    title: str | Promise
    words: str | Promise
    icon: str
    by_default: frozenset[Channel]
    bound: frozenset[Channel] = frozenset()


KINDS: Final[dict[str, Kind]] = {
    "lesson.shut": Kind(
        pgettext_lazy("notice", "Lesson shut"),
        _(
            "“%(lesson)s” of “%(course)s” is shut: too many checks were not answered. Its page says who opens it."
        ),
        "lock",
        frozenset({EMAIL}),
    ),
    "lesson.reopened": Kind(
        pgettext_lazy("notice", "Lesson open again"),
        _("“%(lesson)s” of “%(course)s” is open again. What had counted still counts."),
        "ok",
        frozenset({SMS, EMAIL}),
    ),
    "question.answered": Kind(
        pgettext_lazy("notice", "Question answered"),
        _("Your question at “%(lesson)s” of “%(course)s” is answered."),
        "chat",
        frozenset({EMAIL}),
    ),
    "question.returned": Kind(
        pgettext_lazy("notice", "Asked back"),
        _("The instructor asks back about your question at “%(lesson)s” of “%(course)s”."),
        "chat",
        frozenset({EMAIL}),
    ),
    "deadline.near": Kind(
        pgettext_lazy("notice", "Deadline near"),
        _(
            "Time you learned in “%(lesson)s” of “%(course)s” counts only if you answer its question by %(until)s."
        ),
        "clock",
        frozenset({SMS, EMAIL}),
    ),
    "contest.answered": Kind(
        pgettext_lazy("notice", "Contest answered"),
        _("The time you contested in “%(lesson)s” of “%(course)s”: %(result)s. Your hours say why."),
        "scale",
        frozenset({EMAIL}),
    ),
    "time.taken": Kind(
        pgettext_lazy("notice", "Time taken back"),
        _("%(minutes)s min of “%(lesson)s” of “%(course)s” were taken back. Your hours say why."),
        "alert",
        frozenset({SMS, EMAIL}),
    ),
    "class.planned": Kind(
        pgettext_lazy("notice", "Class planned"),
        _("“%(lesson)s” of “%(course)s” takes place on %(begins)s."),
        "cal",
        frozenset({EMAIL}),
    ),
    "class.moved": Kind(
        pgettext_lazy("notice", "Class moved"),
        _("“%(lesson)s” of “%(course)s” was moved to %(begins)s. Its page says why."),
        "cal",
        frozenset({SMS, EMAIL}),
    ),
    "class.cancelled": Kind(
        pgettext_lazy("notice", "Class called off"),
        _("“%(lesson)s” of “%(course)s” on %(begins)s does not take place. Its page says why."),
        "cal",
        frozenset({SMS, EMAIL}),
    ),
    "seat.offered": Kind(
        pgettext_lazy("notice", "A seat is kept"),
        _("A seat in “%(course)s” is kept for you until %(until)s. Accept it on its page."),
        "cal",
        frozenset({SMS, EMAIL}),
    ),
    "staff.invited": Kind(
        pgettext_lazy("notice", "Invitation"),
        _(
            "%(employer)s invites you to the course “%(course)s”. Sign in with this phone and your real name; then"
            " you can accept or decline."
        ),
        "users",
        frozenset({SMS, EMAIL}),
    ),
    "exam.graded": Kind(
        pgettext_lazy("notice", "Exam result"),
        _("Your exam of “%(course)s” is graded: %(score)s of 100, %(result)s."),
        "edit",
        frozenset({SMS, EMAIL}),
    ),
    "appeal.decided": Kind(
        pgettext_lazy("notice", "Appeal decided"),
        _(
            "Your appeal about the exam of “%(course)s” is decided: %(result)s. The page of the result says why."
        ),
        "scale",
        frozenset({SMS, EMAIL}),
    ),
    "course.completed": Kind(
        pgettext_lazy("notice", "Course completed"),
        _("You have completed “%(course)s”. The certificate is made now, by itself."),
        "check",
        frozenset({EMAIL}),
    ),
    "certificate.issued": Kind(
        pgettext_lazy("notice", "Certificate issued"),
        _("Your certificate of “%(course)s” is there, number %(serial)s. You can claim the subsidy now."),
        "cert",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "certificate.revoked": Kind(
        pgettext_lazy("notice", "Certificate revoked"),
        _("Your certificate %(serial)s was revoked: %(reason)s If you disagree, its page says whom to ask."),
        "stop",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "external.checked": Kind(
        pgettext_lazy("notice", "Certificate from elsewhere checked"),
        _(
            "Your certificate “%(subject)s”, registered as %(serial)s, is valid. Its page says whether you can claim."
        ),
        "shield",
        frozenset({EMAIL}),
    ),
    "external.refused": Kind(
        pgettext_lazy("notice", "Certificate from elsewhere not confirmed"),
        _("Your certificate “%(subject)s”, registered as %(serial)s, could not be confirmed: %(why)s"),
        "alert",
        frozenset({SMS, EMAIL}),
    ),
    "external.withdrawn": Kind(
        pgettext_lazy("notice", "Certificate from elsewhere no longer valid"),
        _("Your certificate “%(subject)s”, registered as %(serial)s, is no longer valid: %(why)s"),
        "stop",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "claim.moved": Kind(
        pgettext_lazy("notice", "Subsidy claim"),
        _("Your claim %(number)s for “%(course)s”: %(state)s."),
        "yuan",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "claim.by_organisation": Kind(
        pgettext_lazy("notice", "Claimed by an organisation"),
        _(
            "%(organisation)s has claimed the subsidy for your certificate of “%(course)s” (%(number)s). If that is wrong, object."
        ),
        "org",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "claim.running_out": Kind(
        pgettext_lazy("notice", "Claim to correct"),
        _(
            "Your claim %(number)s for “%(course)s” waits for your correction until %(day)s. Then it is closed."
        ),
        "clock",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "recovery.announced": Kind(
        pgettext_lazy("notice", "Subsidy to be given back"),
        _(
            "%(sum)s that you received are to be recovered (%(number)s). You may reply until %(until)s; the page says why."
        ),
        "alert",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "recovery.ordered": Kind(
        pgettext_lazy("notice", "Recovery ordered"),
        _("You have to repay %(sum)s until %(until)s (%(number)s). The page says how."),
        "alert",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "recovery.moved": Kind(
        pgettext_lazy("notice", "Recovery"),
        _("Your recovery %(number)s: %(state)s."),
        "yuan",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "account.changed": Kind(
        pgettext_lazy("notice", "Bank card changed"),
        _(
            "Subsidies are paid to card %(account)s since %(day)s. If that was not you, tell your province's office at once."
        ),
        "bank",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "account.of_organisation": Kind(
        pgettext_lazy("notice", "Bank account of an organisation changed"),
        _(
            "%(organisation)s is paid to account %(account)s since %(day)s. If that was none of you, tell your province's office at once."
        ),
        "bank",
        frozenset({SMS, EMAIL}),
        bound=frozenset({SMS}),
    ),
    "data.ready": Kind(
        pgettext_lazy("notice", "Own data ready"),
        _("The file with your data is ready. You can fetch it until %(until)s."),
        "download",
        frozenset({EMAIL}),
    ),
    "evidence.ready": Kind(
        pgettext_lazy("notice", "Evidence pack ready"),
        _("The evidence pack of %(number)s is ready. You can fetch it until %(until)s."),
        "download",
        frozenset({EMAIL}),
    ),
    "evidence.failed": Kind(
        pgettext_lazy("notice", "Evidence pack failed"),
        _("The evidence pack of %(number)s could not be made. You can ask for it again."),
        "alert",
        frozenset({EMAIL}),
    ),
}
