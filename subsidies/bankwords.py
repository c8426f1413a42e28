"""What a refused answer file did wrong, or a payment that a bank's format cannot carry, by code."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: Final[dict[str, str | Promise]] = {
    "too_large": _("The file is too large."),
    "not_text": _("The file is not text in the encoding that the bank's profile names."),
    "not_csv": _("The file is not a CSV file, or it was cut off."),
    "not_xlsx": _("The file is not a workbook (.xlsx), or it was cut off."),
    "not_xml": _("The file is not XML, was cut off, or brings a document type along."),
    "not_pain002": _("The file is not a pain.002.001.10 report: %(value)s"),
    "other_order": _("The report answers another kind of message: %(value)s"),
    "formula": _("A cell holds a formula, a date or an error. Only texts and numbers are read."),
    "empty": _("The file holds no answers."),
    "columns": _("Columns are missing or doubled: %(value)s"),
    "cut": _("The row has too few or too many cells; the file may be cut off."),
    "count_differs": _("The file says it holds %(value)s rows, and holds another number."),
    "total_differs": _("The file says its sum is %(value)s, and its rows have another one."),
    "unknown_header": _("This is not the header or trailer that the bank's profile names: %(value)s"),
    "bad_line_no": _("This is not a line number: %(value)s"),
    "bad_amount": _("This is not an amount above zero in the unit of the bank's profile: %(value)s"),
    "bad_result": _("The bank's profile does not know this result: %(value)s"),
    "bad_status": _("This status is not known: %(value)s"),
    "bad_answer_id": _("The bank's receipt number is missing or too long."),
    "reason_missing": _("A returned payment needs the bank's reason."),
    "other_batch": _("This row belongs to another batch: %(value)s"),
    "unknown_line": _("The batch has no line %(value)s."),
    "line_twice": _("Line %(value)s stands twice in this file."),
    "wrong_amount": _("The amount differs from the batch: %(value)s"),
    "answered_before": _("The line was answered before, with receipt %(value)s and another result."),
    "too_wide": _("This is longer than the bank's format holds: %(value)s"),
    "no_such_character": _("The encoding of the bank's format lacks the character %(value)s."),
    "control_character": _("There is a control character in a name."),
}
