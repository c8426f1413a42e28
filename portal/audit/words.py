"""What the log's codes say to people. The code stays beside the words: it is what one filters by."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTIONS = {
    "answers.accepted": _("Took the bank's answer file"),
    "answers.refused": _("Refused the bank's answer file"),
    "bank_account.changed": _("Set the bank card"),
    "bankaccount.revealed": _("Looked at the full card number"),
    "batch.answered": _("All lines of the batch answered"),
    "batch.assembled": _("Assembled the batch"),
    "batch.cancelled": _("Cancelled the batch"),
    "batch.checked": _("Checked the batch"),
    "batch.file_read": _("Downloaded the payment file"),
    "batch.file_written": _("Wrote the payment file"),
    "batch.released": _("Released the batch"),
    "blueprint.set": _("Set the exam"),
    "budget.issued": _("Confirmed the budget"),
    "budget.proposed": _("Entered the budget"),
    "budget.refused": _("Refused the budget entry"),
    "certificate.failed": _("Could not make the certificate"),
    "certificate.issued": _("Issued the certificate"),
    "certificate.requested": _("Asked for the certificate"),
    "certificate.retried": _("Tried the certificate again"),
    "certificate.revoked": _("Revoked the certificate"),
    "claim.approved": _("Approved the claim"),
    "claim.awaiting_funds": _("Approved the claim; it waits for funds"),
    "claim.batched": _("Put the claim into a batch"),
    "claim.checked": _("Checked the claim by the rules"),
    "claim.funded": _("Set money aside for the claim"),
    "claim.paid_line": _("The bank paid"),
    "claim.passed": _("Passed the claim to the ministry"),
    "claim.payable": _("The claim can be paid"),
    "claim.published": _("Put the claim on public notice"),
    "claim.rejected": _("Rejected the claim"),
    "claim.resubmitted": _("Submitted the claim again"),
    "claim.returned_line": _("The bank returned the payment"),
    "claim.sent": _("Sent the claim to the bank"),
    "claim.sent_back": _("Sent the claim back"),
    "claim.submitted": _("Submitted the claim"),
    "claim.withdrawn": _("Withdrew the claim"),
    "counting_edition.published": _("Published the counting rule"),
    "course.created": _("Entered the course"),
    "course.documents_applied": _("Brought courses in"),
    "course.published": _("Published the course"),
    "course.recalled": _("Took the course back"),
    "course.resumed": _("Resumed the course"),
    "course.returned": _("Sent the course back"),
    "course.samples_published": _("Published the sample courses"),
    "course.submitted": _("Submitted the course"),
    "course.suspended": _("Suspended the course"),
    "course.withdrawn": _("Withdrew the course"),
    "enrolment.begun": _("Enrolled"),
    "enrolment.completed": _("Completed the course"),
    "enrolment.resumed": _("Took up the course again"),
    "enrolment.withdrawn": _("Left the course"),
    "exam.graded": _("Graded the exam"),
    "exam.started": _("Started the exam"),
    "film.added": _("Added a film"),
    "hold.closed": _("Closed the hold"),
    "hold.opened": _("Held the claim"),
    "identity.registered": _("Registered with a real name"),
    "identity.revealed": _("Looked at the full ID number"),
    "key_group.declared": _("Declared a group"),
    "key_group.verified": _("Verified a group"),
    "lesson.added": _("Added a lesson"),
    "lesson.reopened": _("Reopened the lesson"),
    "lesson.shut": _("Shut the lesson"),
    "notice.ended": _("The public notice ended"),
    "notice.published": _("Published the public notice"),
    "partner.supplied": _("Supplied courses by machine"),
    "partner_key.made": _("Made a partner key"),
    "partner_key.revoked": _("Revoked a partner key"),
    "policy.drafted": _("Drafted the policy"),
    "policy.published": _("Published the policy"),
    "question.added": _("Added a question"),
    "section.added": _("Added a section"),
    "role.given": _("Gave a role"),
    "shortage.listed": _("Listed a shortage occupation"),
    "webhook.added": _("Added an address for messages"),
    "webhook.changed": _("Changed the events of an address"),
    "webhook.paused": _("Paused an address"),
    "webhook.pinged": _("Sent a test message"),
    "webhook.removed": _("Removed an address"),
    "webhook.resent": _("Sent a message again"),
    "webhook.resumed": _("Resumed an address"),
    "webhook.rotated": _("Made a new signing secret"),
}
THINGS = {
    "accounts.appointment": pgettext_lazy("thing", "Role"),
    "accounts.bankaccount": pgettext_lazy("thing", "Bank card"),
    "accounts.identity": pgettext_lazy("thing", "Real-name record"),
    "certificates.certificate": pgettext_lazy("thing", "Certificate"),
    "courses.course": pgettext_lazy("thing", "Course"),
    "courses.partnerkey": pgettext_lazy("thing", "Partner key"),
    "courses.webhookendpoint": pgettext_lazy("thing", "Address for messages"),
    "learners.coverage": pgettext_lazy("thing", "Lesson"),
    "learners.countingedition": pgettext_lazy("thing", "Counting rule"),
    "learners.enrolment": pgettext_lazy("thing", "Enrolment"),
    "subsidies.answerfile": pgettext_lazy("thing", "Answer file"),
    "subsidies.batch": pgettext_lazy("thing", "Batch"),
    "subsidies.budgetproposal": pgettext_lazy("thing", "Budget entry"),
    "subsidies.claim": pgettext_lazy("thing", "Claim"),
    "subsidies.hold": pgettext_lazy("thing", "Hold"),
    "subsidies.notice": pgettext_lazy("thing", "Public notice"),
    "subsidies.policyversion": pgettext_lazy("thing", "Policy"),
}


def of_action(code: str) -> str:
    """The action in words; the code itself where a newer program wrote it."""
    return str(ACTIONS.get(code, code))


def of_thing(label: str) -> str:
    """The kind of thing in words; else its model's name."""
    if label in THINGS:
        return str(THINGS[label])
    try:
        return str(apps.get_model(label)._meta.verbose_name)  # noqa: SLF001 - Django's documented name of a model
    except (LookupError, ValueError):
        return label
