"""What those who teach do with questions: claim, answer, ask back, point to a published answer, publish."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import asking
from learners.models import Enquiry, FaqEntry, Post
from learners.selectors.inbox import claimed_by, may_answer, may_edit_entry
from learners.services import telling
from learners.services.enquiries import locked, move
from learners.workflow import ANSWERED, FAQ_MOVES, WAITING
from portal import clock, moves
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.audit.services import record
from portal.moves import IllegalMove
from portal.rules import RuleBroken


class NotYoursToAnswer(RuleBroken):
    code = "not_yours_to_answer"
    message = _("Only those who teach for the course's provider answer, and nobody a question of their own.")


class Claimed(RuleBroken):
    code = "claimed_by_another"


class NothingAnswered(RuleBroken):
    code = "nothing_said"
    message = _("Write something first.")


class PublishedBefore(RuleBroken):
    code = "published_before"
    message = _("This question stands among the published ones already. Change it there.")


class NotAnAnswer(RuleBroken):
    code = "not_an_answer"
    message = _("Choose a published question of this course.")


class NamesTheAsker(RuleBroken):
    code = "names_the_asker"
    message = _("The text names the learner who asked. Take the name out.")


def _held(enquiry: Enquiry, *, by: User, at: dt.datetime) -> Enquiry:
    """The locked row, if nobody else is answering it. Raises NotYoursToAnswer, IllegalMove, Claimed."""
    enquiry = locked(enquiry)
    if not may_answer(by, enquiry):
        raise NotYoursToAnswer
    if enquiry.state != WAITING:
        raise IllegalMove
    if enquiry.claimed_by_id != by.pk and (name := claimed_by(enquiry, at=at)):
        until = enquiry.claimed_until_at.astimezone(clock.SHANGHAI).strftime("%H:%M")
        told = {"name": name, "time": until}
        raise Claimed(gettext("%(name)s is answering this question until %(time)s.") % told)
    return enquiry


@transaction.atomic
def claim(enquiry: Enquiry, *, by: User, at: dt.datetime) -> Enquiry:
    """Nobody else answers for asking.CLAIM_LASTS. Claiming it again begins that time anew."""
    enquiry = _held(enquiry, by=by, at=at)
    enquiry.claimed_by, enquiry.claimed_until_at = by, at + asking.CLAIM_LASTS
    enquiry.save(update_fields=["claimed_by", "claimed_until_at"])
    return enquiry


@transaction.atomic
def release(enquiry: Enquiry, *, by: User, at: dt.datetime) -> Enquiry:
    """Others may answer again."""
    enquiry = _held(enquiry, by=by, at=at)
    enquiry.claimed_by = enquiry.claimed_until_at = None
    enquiry.save(update_fields=["claimed_by", "claimed_until_at"])
    return enquiry


def _words(text: str, *, longest: int = asking.LONGEST_ANSWER) -> str:
    text = asking.plain(text)
    if len(text) > longest:
        raise asking.TooLong
    return text


@transaction.atomic
def answer(enquiry: Enquiry, *, text: str, text_en: str = "", by: User, at: dt.datetime) -> Enquiry:
    """Markdown, as courses/text.py reads it. Raises what `_held` raises, NothingAnswered, asking.TooLong."""
    enquiry = _held(enquiry, by=by, at=at)
    return _answered(enquiry, "answer", _words(text), _words(text_en), by=by, at=at)


def _answered(
    enquiry: Enquiry, step: str, text: str, text_en: str, *, by: User, at: dt.datetime, **fields: object
) -> Enquiry:
    if not text:
        raise NothingAnswered
    post = Post.objects.create(
        enquiry=enquiry,
        province_id=enquiry.province_id,
        kind=Post.Kind.ANSWER,
        author=by,
        text=text,
        text_en=text_en,
        at=at,
        waiting_since_at=enquiry.waiting_since_at,
        due_at=enquiry.due_at,
    )
    move(enquiry, step, at=at, **fields)
    telling.of_answer(enquiry, "question.answered", about=f"post:{post.pk}", at=at)
    action = "enquiry.pointed" if fields else "enquiry.answered"
    record(by=by, action=action, thing=enquiry, at=at)
    return enquiry


@transaction.atomic
def ask_back(enquiry: Enquiry, *, text: str, by: User, at: dt.datetime) -> Enquiry:
    """Return it to the asker, who is to say more. Raises what `_held` raises, NothingAnswered."""
    enquiry = _held(enquiry, by=by, at=at)
    text = _words(text, longest=asking.LONGEST)
    if not text:
        raise NothingAnswered
    post = Post.objects.create(
        enquiry=enquiry, province_id=enquiry.province_id, kind=Post.Kind.RETURN, author=by, text=text, at=at
    )
    move(enquiry, "return", at=at)
    telling.of_answer(enquiry, "question.returned", about=f"post:{post.pk}", at=at)
    record(by=by, action="enquiry.returned", thing=enquiry, at=at)
    return enquiry


@transaction.atomic
def point_to(enquiry: Enquiry, entry: FaqEntry, *, by: User, at: dt.datetime) -> Enquiry:
    """It is asked and answered already: the asker gets that answer as it stands now. Raises NotAnAnswer."""
    enquiry = _held(enquiry, by=by, at=at)
    known = FaqEntry.objects.published().filter(pk=entry.pk, course_code=enquiry.course_code)
    if not known.exclude(enquiry=enquiry).exists():
        raise NotAnAnswer
    return _answered(
        enquiry, "point to answer", entry.answer_zh, entry.answer_en, by=by, at=at, duplicate_of=entry
    )


def _fit(enquiry: Enquiry, words: dict[str, str]) -> dict[str, str]:
    """The four texts of an entry, checked. Raises NothingAnswered, asking.TooLong, asking.PersonalNumber, NamesTheAsker."""
    said = {
        name: _words(text, longest=asking.LONGEST if name.startswith("question") else asking.LONGEST_ANSWER)
        for name, text in words.items()
    }
    if not said["question_zh"] or not said["answer_zh"]:
        raise NothingAnswered
    for text in said.values():
        asking.refuse_personal_numbers(text)
    identity = people.identity_of(enquiry.user)
    if identity and any(identity.full_name in text for text in said.values()):
        raise NamesTheAsker
    return said


@transaction.atomic
def publish(
    enquiry: Enquiry,
    *,
    question_zh: str,
    answer_zh: str,
    question_en: str = "",
    answer_en: str = "",
    by: User,
    at: dt.datetime,
) -> FaqEntry:
    """Put an answered question before all learners of the lesson, in words that may differ from what was said.

    Raises NotYoursToAnswer, IllegalMove, PublishedBefore, and what `_fit` raises.
    """
    enquiry = locked(enquiry)
    if not may_answer(by, enquiry):
        raise NotYoursToAnswer
    if enquiry.state != ANSWERED or enquiry.duplicate_of_id is not None:
        raise IllegalMove
    words = {
        "question_zh": question_zh,
        "question_en": question_en,
        "answer_zh": answer_zh,
        "answer_en": answer_en,
    }
    try:
        with transaction.atomic():
            entry = FaqEntry.objects.create(
                enquiry=enquiry,
                province_id=courses.outline(enquiry.version_id).province_code,
                version_id=enquiry.version_id,
                course_code=enquiry.course_code,
                lesson_key=enquiry.lesson_key,
                second=enquiry.second,
                heading=enquiry.heading,
                published_at=at,
                published_by=by,
                **_fit(enquiry, words),
            )
    except IntegrityError as broken:
        if "enquiry_id" not in str(broken):
            raise
        raise PublishedBefore from broken
    record(by=by, action="faq.published", thing=entry, at=at)
    return entry


def _own(entry: FaqEntry, *, by: User) -> FaqEntry:
    entry = FaqEntry.objects.select_for_update().get(pk=entry.pk)
    if not may_edit_entry(by, entry):
        raise NotYoursToAnswer
    return entry


@transaction.atomic
def change_entry(
    entry: FaqEntry,
    *,
    question_zh: str,
    answer_zh: str,
    question_en: str = "",
    answer_en: str = "",
    by: User,
    at: dt.datetime,
) -> FaqEntry:
    """Other words; what was said in the question stays. Raises NotYoursToAnswer, IllegalMove, and what `_fit` raises."""
    entry = _own(entry, by=by)
    if entry.hidden_at is not None:
        raise IllegalMove
    words = {
        "question_zh": question_zh,
        "question_en": question_en,
        "answer_zh": answer_zh,
        "answer_en": answer_en,
    }
    for name, text in _fit(entry.enquiry, words).items():
        setattr(entry, name, text)
    entry.save(update_fields=list(words))
    record(by=by, action="faq.changed", thing=entry, at=at)
    return entry


@transaction.atomic
def unpublish(entry: FaqEntry, *, by: User, at: dt.datetime) -> FaqEntry:
    """Learners no longer see it. Raises NotYoursToAnswer, IllegalMove."""
    entry = _own(entry, by=by)
    entry.state = moves.check(FAQ_MOVES, "unpublish", entry.state)
    entry.unpublished_at, entry.unpublished_by = at, by
    entry.save(update_fields=["state", "unpublished_at", "unpublished_by"])
    record(by=by, action="faq.unpublished", thing=entry, at=at)
    return entry


@transaction.atomic
def publish_again(entry: FaqEntry, *, by: User, at: dt.datetime) -> FaqEntry:
    """Raises NotYoursToAnswer, IllegalMove."""
    entry = _own(entry, by=by)
    entry.state = moves.check(FAQ_MOVES, "publish", entry.state)
    entry.unpublished_at = entry.unpublished_by = None
    entry.published_at, entry.published_by = at, by
    entry.save()
    record(by=by, action="faq.published", thing=entry, at=at)
    return entry
