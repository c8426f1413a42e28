"""The API of partners: courses as documents, by the partner's own reference, always as drafts; and the log of calls."""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request

from courses.api import partner_rows as rows
from courses.api.partner_access import Fate, Operation, partner
from courses.api.partner_documents import CourseIn, read, told, written
from courses.documents import CourseDocument
from courses.models import PartnerCall
from courses.question_documents import LENGTHS
from courses.selectors import partners
from courses.selectors.documents import found
from courses.services import supply
from courses.services.calls import Call, Outcome
from courses.services.documents import Fate as DocumentFate
from portal.api import Pages

STATUS = {"created": 201, "updated": 200, "unchanged": 200, "refused": 422}
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="8 to 100 printable ASCII characters. The same key and body give the same answer.",
)


def _refs_fit(partner_ref: str) -> bool:
    return (
        0 < len(partner_ref) <= LENGTHS["partner_ref"]
        and partner_ref.isprintable()
        and partner_ref == partner_ref.strip()
    )


def _row(ref: str, fate: DocumentFate | None, problems: list[dict[str, str]]) -> dict[str, object]:
    return {
        "partner_ref": ref,
        "fate": fate.fate if fate else "refused",
        "code": fate.course_code if fate else "",
        "changes": [name.replace("hours_tenths", "hours") for name in fate.changes] if fate else [],
        "problems": problems,
    }


def _brought(call: Call, said: list[CourseDocument | list], refs: list[str], at: dt.datetime) -> list[dict]:
    """One row for each document, in order; what could not be read is refused and stops nothing."""
    documents = [one for one in said if isinstance(one, CourseDocument)]
    fates = iter(supply.supply(call, documents, at=at))
    return [
        _row(one.partner_ref, fate := next(fates), told(fate.problems))
        if isinstance(one, CourseDocument)
        else _row(ref, None, one)
        for one, ref in zip(said, refs, strict=True)
    ]


def put_course(call: Call, data: object, *, at: dt.datetime) -> Outcome:
    if not _refs_fit(call.partner_ref):
        raise Http404
    (row,) = _brought(call, [read(data, call.partner_ref)], [call.partner_ref], at)
    status = STATUS[row["fate"]]
    if status == STATUS["refused"]:
        detail = ngettext("%(n)d field is wrong.", "%(n)d fields are wrong.", len(row["problems"]))
        row = {"code": "refused", "detail": detail % {"n": len(row["problems"])}, "problems": row["problems"]}
        return Outcome(status, row, Fate.REFUSED, {"refused": 1}, row["problems"])
    return Outcome(status, row, row["fate"], {row["fate"]: 1})


def post_courses(call: Call, data: object, *, at: dt.datetime) -> Outcome:
    """Raises ParseError where the body is no list of documents, or too long a one."""
    documents = data.get("courses") if isinstance(data, dict) else None
    most = settings.PARTNER_MOST_DOCUMENTS
    if not isinstance(documents, list) or not documents:
        raise exceptions.ParseError(_("Send an object with the list “courses”."))
    if len(documents) > most:
        sentence = _("At most %(most)s courses in one call; there are %(actual)s.")
        raise exceptions.ParseError(sentence % {"most": most, "actual": len(documents)})
    refs = [rows.shown(one.get("partner_ref")) if isinstance(one, dict) else "" for one in documents]
    results = _brought(call, [read(one) for one in documents], refs, at)
    counts = Counter(row["fate"] for row in results)
    problems = [
        {**problem, "place": f"courses.{n}.{problem['place']}".rstrip(".")}
        for n, row in enumerate(results)
        for problem in row["problems"]
    ]
    fate = next(iter(counts)) if len(counts) == 1 else Fate.MIXED
    return Outcome(200, {"counts": dict(counts), "results": results}, fate, dict(counts), problems)


def submit_course(call: Call, data: object, *, at: dt.datetime) -> Outcome:
    """Raises Http404, and RuleBroken with what is missing."""
    course = partners.supplied_course(call.organisation, call.partner_ref)
    supply.hand_in(call, course, at=at)
    return Outcome(200, rows.standing(partners.standing_of(course)), Fate.SUBMITTED, {"submitted": 1})


OPERATIONS = {
    Operation.PUT_COURSE: put_course,
    Operation.POST_COURSES: post_courses,
    Operation.SUBMIT_COURSE: submit_course,
}


@extend_schema(
    methods=["GET"],
    responses=rows.SuppliedPage,
    parameters=rows.CURSOR,
    operation_id="partner_courses",
    tags=["partner"],
)
@extend_schema(
    methods=["POST"],
    request=rows.Courses,
    responses={200: rows.Results, 400: rows.Refusal},
    parameters=[IDEMPOTENCY],
    examples=rows.EXAMPLES_OF_MANY,
    operation_id="partner_courses_send",
    tags=["partner"],
)
@partner("GET", "POST", operation={"POST": Operation.POST_COURSES})
def courses(request: Request, *, call: Call, at: dt.datetime) -> Outcome:
    """GET lists what you supplied, newest first. POST sends up to 200 documents; each is answered by itself."""
    if request.method == "POST":
        return post_courses(call, request.data, at=at)
    pages = Pages()
    page = pages.paginate_queryset(partners.supplied_courses(call.organisation), request)
    newest = partners.newest_versions(page)
    answer = pages.get_paginated_response([rows.supplied(course, newest[course.pk]) for course in page])
    return Outcome(200, answer.data, Fate.READ)


@extend_schema(methods=["GET"], responses=rows.StandingRow, operation_id="partner_course", tags=["partner"])
@extend_schema(
    methods=["PUT"],
    request=CourseIn,
    responses={200: rows.Result, 201: rows.Result, 422: rows.RefusedDocument},
    parameters=[IDEMPOTENCY],
    examples=rows.EXAMPLES_OF_ONE,
    operation_id="partner_course_put",
    tags=["partner"],
)
@partner("GET", "PUT", operation={"PUT": Operation.PUT_COURSE})
def course(request: Request, *, call: Call, at: dt.datetime) -> Outcome:
    """PUT brings the course of this reference to your document, as a draft: 201 created, 200 updated or unchanged."""
    if request.method == "PUT":
        return put_course(call, request.data, at=at)
    stands = partners.standing_of(partners.supplied_course(call.organisation, call.partner_ref))
    document = written(found([stands.version])[stands.version.pk].document)
    return Outcome(200, {**rows.standing(stands), "document": document}, Fate.READ)


@extend_schema(
    request=None,
    responses={200: rows.StandingRow, 409: rows.Refusal},
    parameters=[IDEMPOTENCY],
    operation_id="partner_course_submit",
    tags=["partner"],
)
@partner("POST", operation={"POST": Operation.SUBMIT_COURSE})
def submit(request: Request, *, call: Call, at: dt.datetime) -> Outcome:
    """Hand the draft to the province. 409 says what is missing."""
    return submit_course(call, None, at=at)


@extend_schema(
    responses=rows.CallPage, parameters=rows.CURSOR, operation_id="partner_calls", tags=["partner"]
)
@partner("GET")
def calls(request: Request) -> Outcome:
    """Your calls of the last 90 days, newest first."""
    pages = Pages()
    mine = PartnerCall.objects.filter(organisation=request.auth.organisation).select_related("key")
    page = pages.paginate_queryset(mine.defer("body_packed"), request)
    return Outcome(200, pages.get_paginated_response(rows.CallRow(page, many=True).data).data, Fate.READ)


@extend_schema(responses=rows.CallDetail, operation_id="partner_call", tags=["partner"])
@partner("GET")
def call(request: Request, uid: str) -> Outcome:
    """One call in full, with the body that you sent."""
    mine = PartnerCall.objects.filter(organisation=request.auth.organisation).select_related("key")
    return Outcome(200, rows.CallDetail(partners.one(mine, uid=uid)).data, Fate.READ)
