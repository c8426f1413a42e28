"""Why a second did not count: a code for machines, a sentence for people, and what to do about it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Reason:
    sentence: str | Promise
    remedy: str | Promise


_AGAIN = _("Watch this part again; it will count then.")

REASONS: Final[dict[str, Reason]] = {
    "gap": Reason(
        _("Nothing was heard from the player for too long, so this part could not be counted."),
        _("Check the connection and watch this part again."),
    ),
    "paused": Reason(_("The video was paused."), _("Press play to go on.")),
    "hidden": Reason(
        _("The page was not visible while the video played."),
        _("Keep the page in front and watch this part again."),
    ),
    "check_pending": Reason(_("A question is waiting for an answer."), _("Answer it to go on.")),
    "seek": Reason(
        _("The video jumped, so the time in between did not count."), _("Play it without jumping.")
    ),
    "past_mark": Reason(
        _("This course does not allow skipping ahead."),
        _("Go back to where you left off and play from there."),
    ),
    "fast": Reason(
        _("It was played faster than normal. Only the time that really passed counts."),
        _("Watch the missing part again at normal speed."),
    ),
    "repeat": Reason(
        _("This part has counted before. It counts once."), _("Go on with a part not yet watched.")
    ),
    "daily_cap": Reason(
        _("The most hours that count in a day were reached."),
        _("Go on tomorrow: from midnight it counts again."),
    ),
    "check_failed": Reason(_("The question was not answered correctly."), _AGAIN),
    "check_missed": Reason(_("The question was not answered in time."), _AGAIN),
    "unconfirmed": Reason(
        _("The closing question was not answered in time after the lesson was left."), _AGAIN
    ),
    "wall_taken": Reason(
        _("Other learning was already counted for the same minutes."),
        _("One minute counts once. Watch it again later."),
    ),
    "quiz_share": Reason(
        _("Quizzes count up to a fixed share of the course."),
        _("Earn the rest with the lessons of the course."),
    ),
    "not_declared": Reason(
        _("The package did not say how long you used it, so nothing of it could count."),
        _("End it with its own button, or with the button below it, before you leave the page."),
    ),
    "declared_less": Reason(
        _("The package itself says that it was used for less time than it was open."),
        _("Work in the package while it is open; only that time counts."),
    ),
    "declared_more": Reason(
        _("The package claims more time than the portal saw. Its word alone never counts."),
        _("Keep the page open and in front while you work in the package."),
    ),
    "planned_time": Reason(
        _("The lesson counts no more than the time that is planned for it."),
        _("Go on with the other lessons of the course."),
    ),
    "call_missed": Reason(
        _("You were called and did not press in time."),
        _("Only the time since the call before is lost. Watch the recording if there is one, or contest it."),
    ),
    "not_there": Reason(
        _("The instructor signed that you were not there."), _("If you were, contest it and say so.")
    ),
    "no_check_out": Reason(
        _("You checked in and never checked out, so nobody knows how long you stayed."),
        _("Check out when you leave. If you were there, contest it and say until when."),
    ),
    "lesson_full": Reason(
        _("The lesson counts no more than its planned time."), _("Nothing is missing: the lesson is full.")
    ),
    "helped": Reason(
        _("While somebody at a desk acts for you, no time counts and nothing is asked of you."),
        _("Go on by yourself once the help has ended; your page shows when."),
    ),
    "course_cap": Reason(
        _("The course counts no more hours than it has."), _("Nothing is missing: the course is full.")
    ),
}


def of(code: str) -> Reason:
    """The words for a code; an unknown code (a row from a newer edition) is still a sentence."""
    return REASONS.get(code) or Reason(
        _("This time did not count."), _("Ask the help desk and name the code.")
    )
