"""Whose imports are seen by whom, and what became of their rows, in words."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404

from courses.models import Course, ImportJob, ImportRow
from courses.selectors.authoring import courses_editable_by
from courses.sheets import columns
from courses.sheets.troubles import SENTENCES, Trouble
from courses.workflow import IMPORT_DUE, IMPORT_MOVES
from portal import clock, moves
from portal.accounts.access import in_provinces, organisations_of, provinces_of
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role
from portal.sheets import reading, writing

BRINGERS = (Role.PROVIDER_MANAGER, Role.PROVINCE_CATALOGUE)


def organisations_to_import_for(user: User) -> QuerySet[Organisation]:
    """A provider manager's own organisations; those of the province for its catalogue's administrator."""
    kept = in_provinces(Organisation.objects.all(), provinces_of(user, Role.PROVINCE_CATALOGUE))
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return Organisation.objects.filter(Q(pk__in=own) | Q(pk__in=kept.values("pk")))


def courses_to_import_into(user: User) -> QuerySet[Course]:
    """Courses of these organisations with a draft that may be changed."""
    rows = courses_editable_by(user).filter(
        organisation__in=organisations_to_import_for(user),
        versions__frozen_at=None,
        versions__state__in=["draft", "returned"],
    )
    return rows.distinct()


def imports_visible_to(user: User) -> QuerySet[ImportJob]:
    rows = ImportJob.objects.select_related("organisation", "province", "course", "uploaded_by", "decided_by")
    return rows.filter(organisation__in=organisations_to_import_for(user))


def import_visible_to(user: User, pk: int) -> ImportJob:
    """Raises Http404 for what the reader may not know of."""
    job = imports_visible_to(user).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def is_working(job: ImportJob) -> bool:
    return job.state in IMPORT_DUE


def steps_of(job: ImportJob) -> list[str]:
    """What a person may do now."""
    possible = moves.steps_from(IMPORT_MOVES, job.state)
    takes = bool(job.counts.get("created") or job.counts.get("updated"))
    return [step for step in ("apply", "cancel") if step in possible and (step != "apply" or takes)]


def problem_of(job: ImportJob) -> str:
    """Why the file as a whole was refused, in the reader's language."""
    return str(reading.SENTENCES[job.problem]) % job.problem_more if job.problem else ""


def cleared_of(job: ImportJob) -> str:
    """When the file was removed, in the reader's language; empty while it is there."""
    day = job.cleared_at and clock.today(job.cleared_at).isoformat()
    return str(reading.SENTENCES["cleared"]) % {"day": day} if day else ""


def kept_until(job: ImportJob) -> dt.date | None:
    """The last day on which the file of an import that is over is certainly here."""
    if job.finished_at is None or job.cleared_at is not None:
        return None
    return clock.today(job.finished_at + settings.IMPORTS_KEPT)


def rows_of(job: ImportJob, fate: str = "") -> QuerySet[ImportRow]:
    rows = job.lines.order_by("number")
    return rows.filter(fate=fate) if fate in ImportRow.Fate.values else rows


def reasons_of(row: ImportRow, kind: str) -> list[tuple[int, str]]:
    """(row of the file, sentence) for everything that is wrong."""
    return [
        (told["row"], columns.said(Trouble(told["column"], told["rule"], told["more"]), kind))
        for told in row.troubles
        if told["rule"] in SENTENCES
    ]


def changes_of(row: ImportRow, kind: str) -> list[str]:
    """What would change, by the names people know."""
    names = {column.name: column.heading for column in columns.TABLES[kind]}
    names |= {name: heading for name, heading in columns.OF_DOCUMENTS.items() if name not in names}
    return [str(names.get(name, name)) for name in row.changes]


def _outcomes(job: ImportJob) -> dict[int, writing.Outcome]:
    found = {}
    for row in rows_of(job).iterator():
        reasons = defaultdict(list)
        for number, sentence in reasons_of(row, job.kind):
            reasons[number].append(sentence)
        elsewhere = ""
        if reasons:
            elsewhere = str(SENTENCES["refused_elsewhere"]) % {"rows": ", ".join(map(str, sorted(reasons)))}
        for number in range(row.number, row.last + 1):
            said = "\n".join(reasons[number]) if number in reasons else elsewhere
            found[number] = writing.Outcome(str(row.get_fate_display()), said)
    return found


def returned_file(job: ImportJob) -> tuple[bytes, str, str]:
    """The rows as they came with what became of each: content, type, ending. Raises BadFile when the file is gone."""
    if job.cleared_at is not None:
        raise reading.refuse("cleared", day=clock.today(job.cleared_at).isoformat())
    outcomes = _outcomes(job)
    if job.form not in (ImportJob.Form.XLSX, ImportJob.Form.CSV):
        told = ((row.number, row.label, outcomes[row.number]) for row in rows_of(job).iterator())
        return writing.report_csv(told), writing.CSV, "csv"
    try:
        file = default_storage.open(job.file_key, "rb")
    except OSError as gone:
        raise reading.refuse("gone") from gone
    with file:
        head = next((line.number for line in reading.lines(file, job.form) if not line.is_blank), 1)
        lines = reading.lines(file, job.form)
        if job.form == ImportJob.Form.XLSX:
            return writing.returned_xlsx(lines, head, outcomes), writing.XLSX, "xlsx"
        return writing.returned_csv(lines, head, outcomes), writing.CSV, "csv"
