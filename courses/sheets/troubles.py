"""What can be wrong in a row of courses or questions, in words."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.problems import SENTENCES as DOCUMENT_SENTENCES
from courses.problems import in_words
from portal.sheets import cells

SENTENCES: dict[str, str | Promise] = {
    **DOCUMENT_SENTENCES,
    **cells.SENTENCES,
    "lesson_without_course": _("This row belongs to no course: no row above it has a course reference."),
    "lesson_without_section": _("This lesson lies in no section: no row above it names one."),
    "course_twice": _("The course “%(value)s” begins in row %(first)s already."),
    "words_differ": _("It says something else than row %(first)s of the same course."),
    "refused_elsewhere": _("Not taken, since row %(rows)s of the same course is refused."),
    "question_twice": _("It is the same question as number %(first)s of this file."),
    "unknown_lesson": _("The draft has no lesson with the key “%(value)s”."),
    "kind_left_out": _("Left out: questions of the kind %(value)s cannot be taken."),
    "picture": _("It shows a picture, which cannot be taken along. Put it into words."),
    "not_readable": _("This question cannot be read: %(value)s"),
    "wildcard": _("“%(value)s” stands for many texts. Write each text that is right."),
    "several_numbers": _("Only one number can be right here, and all of the mark goes to it."),
    "weights_differ": _(
        "Answers that count in part cannot be taken: all right answers are needed, and no wrong one."
    ),
}


@dataclass(frozen=True)
class Trouble:
    """One thing wrong in a row; `column` is a column's name, empty for the row as a whole."""

    column: str
    rule: str
    more: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        return str(SENTENCES[self.rule]) % in_words(self.more)
