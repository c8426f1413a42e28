"""Addresses of batches, holds and public notices; `subsidies.urls` mounts them under its own name."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import batches, holds, notices, profiles

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/payments/", notices.payments, name="payment_notices"),
    path("notices/payments/<subsidies_paper:number>/", notices.payment, name="payment_notice"),
    path("notices/<subsidies_paper:number>/", notices.notice, name="notice"),
    path("desk/notices/", notices.desk, name="notice_desk"),
    path("desk/notices/publish/", notices.publish, name="publish_notice"),
    path("desk/notices/payments/publish/", notices.publish_payments, name="publish_payments"),
    path("desk/money/holds/<subsidies_row:pk>/", holds.free, name="close_hold"),
    path("desk/batches/", batches.batch_list, name="batches"),
    path("desk/batches/assemble/", batches.assemble, name="assemble_batch"),
    path("desk/bank-profiles/", profiles.profiles, name="bank_profiles"),
    path("desk/bank-profiles/new/", profiles.new, name="new_bank_profile"),
    path("desk/bank-profiles/<subsidies_row:pk>/", profiles.profile, name="bank_profile"),
    path("desk/bank-profiles/<subsidies_row:pk>/edit/", profiles.edit, name="edit_bank_profile"),
    path("desk/bank-profiles/<subsidies_row:pk>/live/", profiles.live, name="live_bank_profile"),
    path("desk/bank-profiles/<subsidies_row:pk>/discard/", profiles.discard, name="discard_bank_profile"),
    path("desk/accounts/", profiles.accounts, name="account_changes"),
    path("desk/batches/<subsidies_paper:number>/", batches.batch, name="batch"),
    path("desk/batches/<subsidies_paper:number>/check/", batches.check, name="check_batch"),
    path("desk/batches/<subsidies_paper:number>/release/", batches.release, name="release_batch"),
    path("desk/batches/<subsidies_paper:number>/cancel/", batches.cancel, name="cancel_batch"),
    path("desk/batches/<subsidies_paper:number>/file/", batches.download, name="payment_file"),
    path("desk/batches/<subsidies_paper:number>/answer/", batches.answer, name="answer_file"),
]
