"""What a learner does with questions: ask, add, say whether it helped, have the same one, report."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses import pictures
from courses import selectors as courses
from courses.services.paper_checks import keep_paper
from learners import asking
from learners.models import Enquiry, Enrolment, FaqEntry, MeToo, Post, Report
from learners.selectors.asking import headings_of, pause_of
from learners.services.enquiries import due_after, locked, move
from learners.workflow import ANSWERED, WAITING
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.moves import IllegalMove
from portal.rules import RuleBroken


class NotYourQuestion(RuleBroken):
    code = "not_your_question"
    message = _("This is somebody else's question.")


class NoSuchPlace(RuleBroken):
    code = "no_such_place"
    message = _("This lesson has no such place. Choose another, or ask about the whole lesson.")


class TooMany(RuleBroken):
    code = "too_many_questions"


class Paused(RuleBroken):
    code = "asking_paused"


class NotAPicture(RuleBroken):
    code = "not_a_picture"
    message = _("This is not a picture (PNG, JPEG). Choose another file, or send your question without one.")


class PictureTooLarge(RuleBroken):
    code = "picture_too_large"
    message = _("This picture is larger than 10 MB. Take it in a lower resolution.")


class ReopenedBefore(RuleBroken):
    code = "reopened_before"
    message = _("You have sent this question back once already. Ask a new one, and say what is still open.")


class OwnWords(RuleBroken):
    code = "own_words"
    message = _("Nobody reports their own words.")


class ReportedBefore(RuleBroken):
    code = "reported_before"
    message = _("You have reported this already. A moderator looks at it.")


@transaction.atomic
def ask(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    text: str,
    by: User,
    at: dt.datetime,
    second: int | None = None,
    heading: str = "",
    picture: UploadedFile | None = None,
) -> Enquiry:
    """Ask about a lesson, at a second of its film or under a heading of its page.

    Raises NotYourQuestion, Paused, TooMany, NoSuchPlace, NotAPicture, PictureTooLarge, and what asking.said raises.
    """
    if enrolment.user_id != by.pk:
        raise NotYourQuestion
    text = asking.said(text)
    _refuse_place(lesson, second, heading)
    _refuse_paused_and_many(enrolment.version_id, by=by, at=at)
    enquiry = Enquiry.objects.create(
        user=by,
        enrolment=enrolment,
        province_id=enrolment.province_id,
        version_id=enrolment.version_id,
        course_code=enrolment.course_code,
        lesson_key=lesson.key,
        second=second,
        heading=heading,
        asked_at=at,
        waiting_since_at=at,
        due_at=due_after(enrolment.course_code, at),
    )
    shown = _kept_picture(picture, at=at) if picture else {}
    _post(enquiry, Post.Kind.QUESTION, text, by=by, at=at, **shown)
    told = {"course": enquiry.course_code, "lesson": enquiry.lesson_key}
    record(by=by, action="enquiry.asked", thing=enquiry, at=at, detail=told)
    return enquiry


def _refuse_place(lesson: courses.LessonFacts, second: int | None, heading: str) -> None:
    if second is not None and not (lesson.is_film and 0 <= second <= lesson.seconds):
        raise NoSuchPlace
    if heading and (second is not None or heading not in headings_of(lesson)):
        raise NoSuchPlace


def _refuse_paused_and_many(version_id: int, *, by: User, at: dt.datetime) -> None:
    """Holds the asker's row, so that two pages at once do not pass the limit together."""
    User.objects.select_for_update().get(pk=by.pk)
    organisation = courses.outline(version_id).organisation_id
    if pause := pause_of(by, organisation_id=organisation, at=at):
        told = {"day": clock.today(pause.ends_at).isoformat(), "reason": pause.reason}
        raise Paused(gettext("You may ask again after %(day)s. A moderator wrote: %(reason)s") % told)
    times = Post.objects.by_learners().filter(author=by, at__gt=at - dt.timedelta(days=1)).order_by("-at")
    sent = list(times.values_list("at", flat=True)[: asking.PER_DAY])
    within_hour = [moment for moment in sent if moment > at - dt.timedelta(hours=1)]
    if len(within_hour) >= asking.PER_HOUR:
        free = within_hour[asking.PER_HOUR - 1] + dt.timedelta(hours=1)
        raise TooMany(
            _too_many(gettext("You have sent %(n)s questions within an hour."), asking.PER_HOUR, free)
        )
    if len(sent) >= asking.PER_DAY:
        free = sent[-1] + dt.timedelta(days=1)
        raise TooMany(_too_many(gettext("You have sent %(n)s questions within a day."), asking.PER_DAY, free))


def _too_many(sentence: str, number: int, free: dt.datetime) -> str:
    when = gettext("The next one can go out from %(time)s on.")
    shown = free.astimezone(clock.SHANGHAI) + dt.timedelta(minutes=1)
    return sentence % {"n": number} + " " + when % {"time": shown.strftime("%m-%d %H:%M")}


def _kept_picture(upload: UploadedFile, *, at: dt.datetime) -> dict[str, object]:
    """The picture in the storage, without what the phone wrote into it, waiting for the virus scan."""
    if upload.size > pictures.MOST_BYTES:
        raise PictureTooLarge
    try:
        made, _ending = pictures.made_anew(upload.read())
    except pictures.NotAPicture as broken:
        raise NotAPicture from broken
    if len(made) > pictures.MOST_BYTES:
        raise PictureTooLarge
    return keep_paper(SimpleUploadedFile(upload.name or "", made), at=at)


def _post(enquiry: Enquiry, kind: str, text: str, *, by: User, at: dt.datetime, **fields: object) -> Post:
    return Post.objects.create(
        enquiry=enquiry,
        province_id=enquiry.province_id,
        kind=kind,
        author=by,
        text=text,
        at=at,
        **fields,
    )


@transaction.atomic
def follow_up(enquiry: Enquiry, *, text: str, by: User, at: dt.datetime) -> Enquiry:
    """Add to a question that waits, clarify one that was returned, or send an answer back that did not help (once).

    Raises NotYourQuestion, ReopenedBefore, IllegalMove, Paused, TooMany, and what asking.said raises.
    """
    if enquiry.user_id != by.pk:
        raise NotYourQuestion
    text = asking.said(text)
    _refuse_paused_and_many(enquiry.version_id, by=by, at=at)
    enquiry = locked(enquiry)
    action = "enquiry.followed_up"
    if enquiry.state == ANSWERED:
        if enquiry.reopened_at is not None:
            raise ReopenedBefore
        move(enquiry, "reopen", at=at, reopened_at=at)
        action = "enquiry.reopened"
    elif enquiry.state != WAITING:
        move(enquiry, "clarify", at=at)
    _post(enquiry, Post.Kind.FOLLOW_UP, text, by=by, at=at)
    record(by=by, action=action, thing=enquiry, at=at)
    return enquiry


@transaction.atomic
def satisfied(enquiry: Enquiry, *, by: User, at: dt.datetime) -> Enquiry:
    """The answer helped. A second time changes nothing. Raises NotYourQuestion, IllegalMove."""
    if enquiry.user_id != by.pk:
        raise NotYourQuestion
    enquiry = locked(enquiry)
    if enquiry.state != ANSWERED:
        raise IllegalMove
    if enquiry.satisfied_at is None:
        enquiry.satisfied_at = at
        enquiry.save(update_fields=["satisfied_at"])
        record(by=by, action="enquiry.satisfied", thing=enquiry, at=at)
    return enquiry


def have_too(entry: FaqEntry, *, enrolment: Enrolment, at: dt.datetime) -> bool:
    """The learner of this enrolment has the question, too. False where that was said before."""
    _row, new = MeToo.objects.get_or_create(
        entry=entry, user_id=enrolment.user_id, defaults={"province_id": enrolment.province_id, "at": at}
    )
    return new


@transaction.atomic
def report(thing: Post | FaqEntry, *, why: str, words: str = "", by: User, at: dt.datetime) -> Report:
    """Say that this should not stand here. Raises OwnWords, ReportedBefore, asking.PersonalNumber."""
    words = asking.plain(words)[: asking.LONGEST_REASON]
    asking.refuse_personal_numbers(words)
    if isinstance(thing, Post):
        said_by, version_id, named = thing.author_id, thing.enquiry.version_id, {"post": thing}
    else:
        said_by, version_id, named = thing.published_by_id, thing.version_id, {"entry": thing}
    if said_by == by.pk:
        raise OwnWords
    told = {"version_id": version_id, "province_id": thing.province_id, "why": why, "words": words, "at": at}
    made, new = Report.objects.get_or_create(**named, user=by, defaults=told)
    if not new:
        raise ReportedBefore
    record(by=by, action="report.made", thing=made, at=at, detail={"why": why})
    return made
