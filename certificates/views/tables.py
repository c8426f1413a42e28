"""A list of certificates as a file."""

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from certificates.models import Certificate
from certificates.selectors import lists
from portal.sheets import writing


def table(name: str, rows: QuerySet[Certificate]) -> StreamingHttpResponse:
    """CSV, sent while it is read."""
    return StreamingHttpResponse(
        writing.rows_csv(lists.HEADINGS, lists.rows_of(rows)),
        content_type=writing.CSV,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def workbook(name: str, rows: QuerySet[Certificate]) -> HttpResponse:
    return HttpResponse(
        writing.rows_xlsx(_("Certificates"), lists.HEADINGS, lists.rows_of(rows)),
        content_type=writing.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
