"""The columns of the two tables, under their headings in both languages."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import Lesson, Listed, Question
from courses.models.catalogue import LEVEL_NAMES
from courses.question_documents import OPTION_KEYS
from courses.sheets.troubles import Trouble
from portal.sheets import cells
from portal.sheets.tables import Choices, Column


def _choices(enumeration: object) -> Choices:
    return dict(enumeration.choices)


_ENGLISH = _("Optional. Whoever reads the portal in English sees it; blank shows the Chinese.")
_STAYS = _("Optional. Whoever reads the portal in English sees it; blank leaves what is there.")
COURSES = (
    Column(
        "partner_ref",
        _("Course reference"),
        cells.code,
        _("Your own name for the course. The same reference again means the same course."),
        "GZ-WELD-01",
        needed=True,
    ),
    Column("title_zh", _("Title in Chinese"), example="焊工（五级）：平焊入门", needed=True),
    Column("title_en", _("Title in English"), help=_ENGLISH, example="Welder, level 5: flat welds"),
    Column("summary_zh", _("Summary in Chinese"), example="车间实拍，从安全到平焊。"),
    Column(
        "summary_en",
        _("Summary in English"),
        help=_ENGLISH,
        example="Filmed in the workshop, from safety to flat welds.",
    ),
    Column(
        "occupation",
        _("Occupation code"),
        cells.code,
        _("Code in the national classification of occupations, as text."),
        "6-18-02-04",
        needed=True,
    ),
    Column(
        "edition", _("Edition"), help=_("Of the classification: 2015 or 2022; blank is 2022."), example="2022"
    ),
    Column(
        "certificate_kind",
        pgettext_lazy("column", "Certificate"),
        example="level",
        needed=True,
        choices=_choices(Listed.CertificateKind),
    ),
    Column(
        "level",
        pgettext_lazy("column", "Level"),
        help=_("5 to 1 for a level certificate, blank for others."),
        example="5",
        choices={str(level): name for level, name in LEVEL_NAMES.items()},
    ),
    Column(
        "hours_tenths",
        pgettext_lazy("column", "Class hours"),
        cells.hours,
        _("Of 45 minutes, with at most one decimal place."),
        "40",
        needed=True,
    ),
    Column(
        "delivery",
        pgettext_lazy("column", "Delivery"),
        example="video",
        needed=True,
        choices=_choices(Listed.Delivery),
    ),
    Column("for_subsidy", _("For the subsidy"), cells.yes_no, _("Yes or no; blank is no."), "是"),
    Column("price_fen", _("Price in yuan"), cells.fen, _("Blank is free."), "0"),
    Column(
        "key_groups",
        _("Key groups"),
        cells.words,
        _("Codes of the groups it is made for, divided by commas."),
    ),
    Column("exam_questions", _("Exam: questions"), cells.number, example="20"),
    Column("exam_pass_mark_percent", _("Exam: pass mark in percent"), cells.number, example="60"),
    Column("exam_minutes", _("Exam: minutes"), cells.number, example="60"),
    Column("exam_attempts", _("Exam: attempts"), cells.number, example="3"),
    Column(
        "section_title_zh",
        _("Section"),
        help=_("Title of the section; blank means the one of the row above."),
        example="安全",
    ),
    Column("section_title_en", _("Section in English"), help=_ENGLISH, example="Safety"),
    Column(
        "section_module",
        _("Module"),
        cells.code,
        _("Module of the standard that the section teaches, such as safety."),
        "safety",
    ),
    Column(
        "lesson_key",
        _("Lesson key"),
        cells.code,
        _("Your own name for the lesson: letters, digits, hyphens. Films stay with the lesson of this key."),
        "L1",
    ),
    Column("lesson_title_zh", _("Lesson title in Chinese"), example="上岗前的检查"),
    Column("lesson_title_en", _("Lesson title in English"), help=_ENGLISH, example="Checks before the work"),
    Column("lesson_kind", _("Lesson kind"), example="reading", choices=_choices(Lesson.Kind)),
    Column("lesson_teaching", _("It teaches"), example="theory", choices=_choices(Lesson.Teaching)),
    Column("lesson_on_site", _("On site"), cells.yes_no, _("Yes or no; blank is no."), "否"),
    Column(
        "lesson_planned_seconds",
        _("Planned minutes"),
        cells.minutes,
        _("Only for lessons without a length of their own: not for films and reading."),
    ),
    Column(
        "lesson_body_zh",
        _("Lesson text in Chinese"),
        cells.html,
        _("What the lesson says, as plain text or simple HTML."),
        "先断电，再检查接地。",
    ),
    Column(
        "lesson_body_en",
        _("Lesson text in English"),
        cells.html,
        _ENGLISH,
        "Switch off first, then check the earth.",
    ),
)
QUESTIONS = (
    Column("stem_zh", pgettext_lazy("column", "Question"), example="焊接前先做什么？", needed=True),
    *(
        Column(
            f"option_{key.lower()}",
            text,
            needed=key in "AB",
            example=example,
        )
        for key, text, example in zip(
            OPTION_KEYS,
            (
                *(_("Option A"), _("Option B"), _("Option C"), _("Option D")),
                *(_("Option E"), _("Option F"), _("Option G"), _("Option H")),
            ),
            ("关闭电源", "直接起弧", "", "", "", "", "", ""),
            strict=True,
        )
    ),
    Column(
        "right",
        _("Right answer"),
        help=_("The letters of all right options, such as A or ACD; of steps to be ordered, in their order."),
        example="A",
        needed=True,
    ),
    Column("why_zh", _("Explanation"), example="断电后才能检查接地。"),
    Column(
        "lesson",
        _("Lesson key"),
        cells.code,
        _("The lesson that asks it; blank puts it into the bank of the closing exam."),
    ),
    Column("stem_en", _("Question in English"), help=_STAYS, example="What comes first before welding?"),
    *(
        Column(f"option_{key.lower()}_en", text, help=_STAYS, example=example)
        for key, text, example in zip(
            OPTION_KEYS,
            (
                *(_("Option A in English"), _("Option B in English")),
                *(_("Option C in English"), _("Option D in English")),
                *(_("Option E in English"), _("Option F in English")),
                *(_("Option G in English"), _("Option H in English")),
            ),
            ("Switch off", "Strike the arc", "", "", "", "", "", ""),
            strict=True,
        )
    ),
    Column(
        "why_en",
        _("Explanation in English"),
        help=_STAYS,
        example="The earth can only be checked without power.",
    ),
    Column(
        "kind",
        _("Kind of question"),
        help=_("Blank for options that are ticked. A number and a short text have no options."),
        choices={code: label for code, label in Question.Kind.choices if code != "hotspot"},
    ),
    Column("number", _("Right number"), help=_("Of a question for a number.")),
    Column(
        "tolerance",
        _("May be off by"),
        help=_("As much as an answer may differ, such as 0.5 or 5%; blank is 0."),
    ),
    Column("unit", pgettext_lazy("column", "Unit"), help=_("Of the number, such as mm.")),
    Column("accepted", _("Accepted texts"), help=_("Of a question for a short text: one on each line.")),
)
TABLES = {"courses": COURSES, "questions": QUESTIONS}
OF_DOCUMENTS = {
    "sections": _("Sections and lessons"),
    "bank": _("Questions of the exam"),
    "blueprint": _("Exam"),
    "options_en": _("Options in English"),
}
"""Parts of a document that are no single column."""


def said(trouble: Trouble, kind: str) -> str:
    """What is wrong, in the reader's language, after the heading of its column."""
    column = next((column for column in TABLES[kind] if column.name == trouble.column), None)
    if column is None:
        return trouble.sentence
    if trouble.rule == "bad_choice" and column.choices:
        names = ", ".join(map(str, column.choices.values()))
        trouble = replace(trouble, more=trouble.more | {"choices": names})
    return f"{column.heading}: {trouble.sentence}"
