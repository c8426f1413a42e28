"""Addresses of batches, holds and public notices; `subsidies.urls` mounts them under its own name."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import finance, notices

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/<subsidies_paper:number>/", notices.notice, name="notice"),
    path("desk/notices/", notices.desk, name="notice_desk"),
    path("desk/notices/publish/", notices.publish, name="publish_notice"),
    path("desk/money/holds/<subsidies_row:pk>/", finance.free, name="close_hold"),
    path("desk/batches/", finance.batch_list, name="batches"),
    path("desk/batches/assemble/", finance.assemble, name="assemble_batch"),
    path("desk/batches/<subsidies_paper:number>/", finance.batch, name="batch"),
    path("desk/batches/<subsidies_paper:number>/check/", finance.check, name="check_batch"),
    path("desk/batches/<subsidies_paper:number>/release/", finance.release, name="release_batch"),
    path("desk/batches/<subsidies_paper:number>/cancel/", finance.cancel, name="cancel_batch"),
    path("desk/batches/<subsidies_paper:number>/file/", finance.download, name="payment_file"),
    path("desk/batches/<subsidies_paper:number>/answer/", finance.answer, name="answer_file"),
]
