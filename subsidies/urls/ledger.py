"""Addresses of budgets and of the ledger; `subsidies.urls` mounts them under its own name."""

from django.urls import path, re_path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import budgets, ledger

urlpatterns = [
    path("desk/money/", budgets.money, name="money"),
    path("desk/money/budgets/", budgets.propose, name="propose_budget"),
    path("desk/money/budgets/<subsidies_row:pk>/issue/", budgets.issue, name="issue_budget"),
    path("desk/money/budgets/<subsidies_row:pk>/refuse/", budgets.refuse, name="refuse_budget"),
    path("desk/money/books/<subsidies_row:pk>/", ledger.book, name="book"),
    path("desk/money/books/<subsidies_row:pk>/<slug:kind>/", ledger.statement, name="statement"),
    re_path(
        r"^desk/money/books/(?P<pk>[0-9]{1,18})/(?P<kind>[a-z_]{1,16})/statement\.(?P<form>csv|xlsx)$",
        ledger.statement_file,
        name="statement_file",
    ),
    path("desk/money/entries/<subsidies_row:pk>/", ledger.entry, name="entry"),
]
