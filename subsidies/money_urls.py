"""Addresses of the money desk and of public notices; `subsidies.urls` mounts them under its own name."""

from django.urls import path, re_path

from subsidies.views import finance, notices

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/<str:number>/", notices.notice, name="notice"),
    path("desk/notices/", notices.desk, name="notice_desk"),
    path("desk/notices/publish/", notices.publish, name="publish_notice"),
    path("desk/money/", finance.money, name="money"),
    path("desk/money/budgets/", finance.propose, name="propose_budget"),
    re_path(
        r"^desk/money/budgets/(?P<pk>\d{1,18})/(?P<step>issue|refuse)/$",
        finance.decide_budget,
        name="decide_budget",
    ),
    re_path(r"^desk/money/holds/(?P<pk>\d{1,18})/$", finance.free, name="close_hold"),
    path("desk/batches/", finance.batch_list, name="batches"),
    path("desk/batches/assemble/", finance.assemble, name="assemble_batch"),
    path("desk/batches/<str:number>/", finance.batch, name="batch"),
    path("desk/batches/<str:number>/cancel/", finance.cancel, name="cancel_batch"),
    path("desk/batches/<str:number>/file/", finance.download, name="payment_file"),
    path("desk/batches/<str:number>/answer/", finance.answer, name="answer_file"),
    re_path(
        r"^desk/batches/(?P<number>[\w-]+)/(?P<step>check|release)/$",
        finance.approve_batch,
        name="approve_batch",
    ),
]
