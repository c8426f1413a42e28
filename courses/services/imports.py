"""What people do with a file of courses or questions: bring it, apply what it would do, or leave it."""

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, ImportJob
from courses.workflow import IMPORT_DUE, IMPORT_MOVES
from portal import moves
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.rules import RuleBroken
from portal.sheets.reading import format_of, refuse

_SUFFIXES = {"xlsx": ".xlsx", "csv": ".csv", "moodle": ".xml", "gift": ".gift"}
_BLOCK = 1024 * 1024


class NothingToApply(RuleBroken):
    code = "nothing_to_apply"
    message = _("The file changes nothing: there is nothing to apply.")


class NoDraft(RuleBroken):
    code = "no_draft"
    message = _("The course has no draft that may be changed. Open one first.")


def _move(job: ImportJob, step: str, *, due: dt.datetime | None = None, **changes: object) -> ImportJob:
    """Take one step and save it with `changes`. The caller holds the job's row. Raises IllegalMove."""
    job.state = moves.check(IMPORT_MOVES, step, job.state)
    job.due_at = due if job.state in IMPORT_DUE else None
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=["state", "due_at", *changes])
    return job


def _digest(file: File) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


@transaction.atomic
def upload_import(
    file: Any,
    *,
    name: str,
    kind: str,
    organisation: Organisation,
    by: User,
    at: dt.datetime,
    course: Course | None = None,
) -> ImportJob:
    """Keep a file to be read. `course` is the one into whose draft questions go; `by` was let in to it by the caller.

    Raises BadFile, NoDraft.
    """
    form = format_of(file, name)
    if kind == ImportJob.Kind.COURSES and form not in (ImportJob.Form.XLSX, ImportJob.Form.CSV):
        raise refuse("wrong_kind")
    if course is not None and not any(
        version.is_editable for version in course.versions.filter(frozen_at=None)
    ):
        raise NoDraft
    digest = _digest(file)
    file.seek(0)
    key = default_storage.save(
        f"imports/{organisation.province_id}/{uuid.uuid4().hex}{_SUFFIXES[form]}", File(file)
    )
    job = ImportJob.objects.create(
        province=organisation.province,
        organisation=organisation,
        course=course,
        kind=kind,
        form=form,
        file_key=key,
        name=name.replace("\x00", "")[-200:],
        sha256=digest,
        due_at=at,
        uploaded_by=by,
        uploaded_at=at,
    )
    record(by=by, action="import.uploaded", thing=job, at=at, detail={"kind": kind, "sha256": digest})
    return job


def _locked(job: ImportJob) -> ImportJob:
    return ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)


@transaction.atomic
def apply_import(job: ImportJob, *, by: User, at: dt.datetime) -> ImportJob:
    """Let a worker do what the preview shows; refused rows stay out. Raises IllegalMove, NothingToApply."""
    job = _locked(job)
    moves.check(IMPORT_MOVES, "apply", job.state)
    if not job.counts.get("created") and not job.counts.get("updated"):
        raise NothingToApply
    _move(job, "apply", due=at, decided_by=by, decided_at=at, done=0, attempt=0)
    record(by=by, action="import.started", thing=job, at=at, detail={"counts": job.counts})
    return job


@transaction.atomic
def cancel_import(job: ImportJob, *, by: User, at: dt.datetime) -> ImportJob:
    """Leave a file that is not applied. Raises IllegalMove."""
    job = _move(_locked(job), "cancel", decided_by=by, decided_at=at, finished_at=at)
    record(by=by, action="import.cancelled", thing=job, at=at)
    return job
