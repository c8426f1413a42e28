"""What is kept of a person: which tables, why, for how long, and by which path a row belongs to somebody.

It is the table a learner reads on the page, the one by which a copy is made, and the one a test holds against the models:
a table that names a person, or hangs on one that does, stands here or in `NOT_IN_A_COPY` with its reason.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACCOUNT = _("To sign in, and to know with whom the portal deals.")
IDENTITY = _("Hours, certificate and subsidy belong to one real person.")
LEARNING = _("Proof of learning for the certificate and the subsidy.")
EXAM = _("Proof of the exam for the certificate.")
PRACTICE = _("Proof of practical skill for the certificate.")
ASKING = _("To answer your questions and keep the answers.")
INVITED = _("So that your employer can invite you and see how far you are, where you agree.")
CHECKED = _("So that an employer can check your certificates, where you agree.")
MONEY = _("Proof of public money, for auditors.")
TELLING = _("To tell you what happened, by the channels you chose.")
WATCHED = _(
    "To notice when one device or connection does the learning of many, and when a stranger uses your account."
)
AS_LONG_AS_ACCOUNT = _("As long as the account.")
PROOF = _("As long as the law on files of public money asks; the province sets the years.")
TILL_OVER = _("As long as you agree to it; what is over or not answered is forgotten after some months.")
TILL_REGISTERED = _("Until you register with your real name, one year at most.")
HALF_A_YEAR = _("Half a year.")
DAYS = _("Until it is replaced or removed by you.")


@dataclass(frozen=True)
class Kept:
    """`paths` lead from the row to the person. `hidden` fields are no data of the person, or would give an exam away."""

    title: str | Promise
    why: str | Promise
    how_long: str | Promise
    paths: tuple[str, ...] = ("user",)
    hidden: frozenset[str] = frozenset()


def _kept(
    title: str | Promise, why: str | Promise, how_long: str | Promise, *paths: str, hidden: str = ""
) -> Kept:
    return Kept(title, why, how_long, paths or ("user",), frozenset(hidden.split()))


KEPT: Final[dict[str, Kept]] = {
    "accounts.User": _kept(
        pgettext_lazy("kept", "Account"), ACCOUNT, AS_LONG_AS_ACCOUNT, "pk", hidden="password"
    ),
    "accounts.Appointment": _kept(pgettext_lazy("kept", "Roles"), ACCOUNT, PROOF),
    "accounts.Consent": _kept(pgettext_lazy("kept", "Consents"), IDENTITY, PROOF),
    "accounts.Identity": _kept(pgettext_lazy("kept", "Real-name record"), IDENTITY, PROOF),
    "accounts.Arrival": _kept(pgettext_lazy("kept", "Facts of a former platform"), IDENTITY, TILL_REGISTERED),
    "accounts.SignIn": _kept(pgettext_lazy("kept", "Sign-ins"), WATCHED, HALF_A_YEAR, hidden="door"),
    "accounts.BankAccount": _kept(pgettext_lazy("kept", "Bank cards"), MONEY, PROOF),
    "notices.Notice": _kept(pgettext_lazy("kept", "Messages"), TELLING, AS_LONG_AS_ACCOUNT),
    "notices.Delivery": _kept(pgettext_lazy("kept", "Messages sent"), TELLING, AS_LONG_AS_ACCOUNT),
    "notices.Choice": _kept(pgettext_lazy("kept", "Choices of messages"), TELLING, DAYS),
    "notices.Mailbox": _kept(pgettext_lazy("kept", "E-mail address"), TELLING, DAYS),
    "owndata.Copy": _kept(
        pgettext_lazy("kept", "Copies of own data"), TELLING, AS_LONG_AS_ACCOUNT, hidden="file_key"
    ),
    "learners.Enrolment": _kept(pgettext_lazy("kept", "Enrolments"), LEARNING, PROOF),
    "learners.EarlierEnrolment": _kept(
        pgettext_lazy("kept", "Courses begun on a former platform"), LEARNING, AS_LONG_AS_ACCOUNT
    ),
    "learners.KeyGroupMembership": _kept(
        pgettext_lazy("kept", "Key groups"), MONEY, PROOF, hidden="document_key"
    ),
    "learners.WaitingPlace": _kept(pgettext_lazy("kept", "Places in line"), LEARNING, AS_LONG_AS_ACCOUNT),
    "learners.Invitation": _kept(pgettext_lazy("kept", "Invitations of employers"), INVITED, TILL_OVER),
    "learners.HelpSession": _kept(
        pgettext_lazy("kept", "Help at county desks"), LEARNING, PROOF, "learner", hidden="code_digest tries"
    ),
    "learners.Coverage": _kept(
        pgettext_lazy("kept", "Lessons: what was seen"), LEARNING, PROOF, hidden="seed"
    ),
    "learners.PlaySession": _kept(
        pgettext_lazy("kept", "Sessions at the player"),
        LEARNING,
        PROOF,
        hidden="nonce last_nonce last last_answer door first now tape",
    ),
    "learners.LedgerHead": _kept(pgettext_lazy("kept", "Head of the time ledger"), LEARNING, PROOF),
    "learners.LedgerRow": _kept(pgettext_lazy("kept", "Time ledger"), LEARNING, PROOF),
    "learners.PackageSession": _kept(
        pgettext_lazy("kept", "Openings of imported packages"), LEARNING, PROOF, hidden="seen run"
    ),
    "learners.Contest": _kept(pgettext_lazy("kept", "Contests of time that did not count"), LEARNING, PROOF),
    "learners.Correction": _kept(pgettext_lazy("kept", "Proposals to take time back"), LEARNING, PROOF),
    "learners.Attendance": _kept(
        pgettext_lazy("kept", "Classes: who was there"), LEARNING, PROOF, hidden="seed"
    ),
    "learners.Press": _kept(
        pgettext_lazy("kept", "Classes: calls answered"), LEARNING, PROOF, "attendance__user"
    ),
    "learners.CodeTry": _kept(pgettext_lazy("kept", "Workshops: wrong codes"), LEARNING, PROOF),
    "learners.PackageState": _kept(
        pgettext_lazy("kept", "Imported packages"), LEARNING, PROOF, "enrolment__user"
    ),
    "learners.QuizResult": _kept(
        pgettext_lazy("kept", "Quizzes"), LEARNING, PROOF, "enrolment__user", hidden="right_ids"
    ),
    "learners.Attempt": _kept(
        pgettext_lazy("kept", "Exams"),
        EXAM,
        PROOF,
        "enrolment__user",
        hidden="seed right_ids question_ids trouble",
    ),
    "learners.Answer": _kept(
        pgettext_lazy("kept", "Answers in exams"), EXAM, PROOF, "attempt__enrolment__user"
    ),
    "learners.HandMark": _kept(
        pgettext_lazy("kept", "Answers marked by hand"), EXAM, PROOF, "attempt__enrolment__user"
    ),
    "learners.Regrade": _kept(
        pgettext_lazy("kept", "Exams graded anew"),
        EXAM,
        PROOF,
        "attempt__enrolment__user",
        hidden="old_right_ids new_right_ids",
    ),
    "learners.ExtraTime": _kept(pgettext_lazy("kept", "Extra time in exams"), EXAM, PROOF, "enrolment__user"),
    "learners.Submission": _kept(
        pgettext_lazy("kept", "Films of your work"), PRACTICE, PROOF, "enrolment__user"
    ),
    "learners.Assessment": _kept(
        pgettext_lazy("kept", "Marks of your work"),
        PRACTICE,
        PROOF,
        "submission__enrolment__user",
        hidden="assessor sheet score_percent passed saved_at",
    ),
    "learners.Appeal": _kept(pgettext_lazy("kept", "Appeals about exams"), EXAM, PROOF),
    "learners.AppealMark": _kept(pgettext_lazy("kept", "Marks after appeals"), EXAM, PROOF, "appeal__user"),
    "learners.IntegritySignal": _kept(
        pgettext_lazy("kept", "Signals about exams"), EXAM, PROOF, hidden="other note"
    ),
    "learners.Completion": _kept(pgettext_lazy("kept", "Completed courses"), LEARNING, PROOF),
    "learners.Enquiry": _kept(pgettext_lazy("kept", "Questions"), ASKING, AS_LONG_AS_ACCOUNT),
    "learners.Post": _kept(
        pgettext_lazy("kept", "What was said about them"),
        ASKING,
        AS_LONG_AS_ACCOUNT,
        "enquiry__user",
        "author",
    ),
    "learners.MeToo": _kept(pgettext_lazy("kept", "Questions you have, too"), ASKING, AS_LONG_AS_ACCOUNT),
    "learners.Report": _kept(pgettext_lazy("kept", "Reports you made"), ASKING, AS_LONG_AS_ACCOUNT),
    "learners.AskingPause": _kept(pgettext_lazy("kept", "Pauses of asking"), ASKING, AS_LONG_AS_ACCOUNT),
    "certificates.Certificate": _kept(
        pgettext_lazy("kept", "Certificates"), LEARNING, PROOF, hidden="failure pdf_key"
    ),
    "certificates.ConsentCode": _kept(pgettext_lazy("kept", "Consent codes"), CHECKED, AS_LONG_AS_ACCOUNT),
    "certificates.ConsentUse": _kept(
        pgettext_lazy("kept", "Checks by employers"), CHECKED, AS_LONG_AS_ACCOUNT, "consent__user"
    ),
    "certificates.ExternalCertificate": _kept(
        pgettext_lazy("kept", "Certificates issued elsewhere"), MONEY, PROOF, hidden="document_key"
    ),
    "certificates.RegisterAnswer": _kept(
        pgettext_lazy("kept", "Answers of the register of certificates"),
        MONEY,
        PROOF,
        "external__user",
        hidden="register",
    ),
    "certificates.Ruling": _kept(
        pgettext_lazy("kept", "Decisions about certificates issued elsewhere"), MONEY, PROOF, "external__user"
    ),
    "certificates.Proposal": _kept(
        pgettext_lazy("kept", "Proposals to revoke or replace certificates"),
        LEARNING,
        PROOF,
        "certificate__user",
    ),
    "certificates.InspectedCertificate": _kept(
        pgettext_lazy("kept", "Inspections of certificates"),
        LEARNING,
        PROOF,
        "certificate__user",
        hidden="words",
    ),
    "subsidies.ClaimDraft": _kept(pgettext_lazy("kept", "Claims being prepared"), MONEY, DAYS, "claimant"),
    "subsidies.Claim": _kept(
        pgettext_lazy("kept", "Claims"), MONEY, PROOF, "claimant", hidden="person_key key check_problem"
    ),
    "subsidies.ClaimListRow": _kept(
        pgettext_lazy("kept", "Claims that organisations made for you"),
        MONEY,
        PROOF,
        hidden="typed_sealed troubles person_key",
    ),
    "subsidies.Mandate": _kept(pgettext_lazy("kept", "Mandates to claim for you"), MONEY, PROOF, "person"),
    "subsidies.Material": _kept(
        pgettext_lazy("kept", "Papers with claims"),
        MONEY,
        PROOF,
        "claim__claimant",
        "draft__claimant",
        hidden="document_key",
    ),
    "subsidies.Decision": _kept(
        pgettext_lazy("kept", "Decisions about claims"), MONEY, PROOF, "claim__claimant"
    ),
    "subsidies.Hold": _kept(
        pgettext_lazy("kept", "Holds of claims"), MONEY, PROOF, "claim__claimant", hidden="note"
    ),
    "subsidies.Finding": _kept(
        pgettext_lazy("kept", "Looks into claims"),
        MONEY,
        PROOF,
        "person",
        hidden="evidence key weight reason",
    ),
    "subsidies.OutsideQuestion": _kept(
        pgettext_lazy("kept", "Questions to registers about claims"), MONEY, PROOF, "claim__claimant"
    ),
    "subsidies.PaymentLine": _kept(
        pgettext_lazy("kept", "Lines in published payments"), MONEY, PROOF, "claim__claimant"
    ),
    "subsidies.NoticeLine": _kept(
        pgettext_lazy("kept", "Lines in public notices"), MONEY, PROOF, "claim__claimant"
    ),
    "subsidies.Entitlement": _kept(pgettext_lazy("kept", "Money set aside"), MONEY, PROOF, "claim__claimant"),
    "subsidies.BatchLine": _kept(pgettext_lazy("kept", "Payments"), MONEY, PROOF, "claim__claimant"),
    "subsidies.BankAnswer": _kept(
        pgettext_lazy("kept", "Answers of the bank"), MONEY, PROOF, "line__claim__claimant"
    ),
    "subsidies.ClaimMove": _kept(pgettext_lazy("kept", "Steps of claims"), MONEY, PROOF, "claim__claimant"),
    "subsidies.ClaimSeat": _kept(
        pgettext_lazy("kept", "Desks that looked at claims"), MONEY, PROOF, "claim__claimant", hidden="note"
    ),
    "subsidies.Appeal": _kept(pgettext_lazy("kept", "Appeals about claims"), MONEY, PROOF, "claim__claimant"),
    "subsidies.LeftOut": _kept(
        pgettext_lazy("kept", "Why a payment had to wait"), MONEY, DAYS, "claim__claimant"
    ),
    "subsidies.NameCheck": _kept(
        pgettext_lazy("kept", "Checks of name and account"), MONEY, PROOF, "account__user"
    ),
    "subsidies.NameAnswer": _kept(
        pgettext_lazy("kept", "Answers of the bank about name and account"),
        MONEY,
        PROOF,
        "check_of__account__user",
        hidden="port reference trouble",
    ),
    "subsidies.SavedView": _kept(pgettext_lazy("kept", "Kept views of the queue"), ACCOUNT, DAYS),
    "subsidies.RecoveryOrder": _kept(pgettext_lazy("kept", "Money asked back"), MONEY, PROOF, "payee"),
    "subsidies.RecoveryMove": _kept(
        pgettext_lazy("kept", "Steps of recoveries"), MONEY, PROOF, "order__payee"
    ),
    "subsidies.Instalment": _kept(pgettext_lazy("kept", "Instalments"), MONEY, PROOF, "order__payee"),
    "subsidies.Settlement": _kept(
        pgettext_lazy("kept", "Repayments, offsets and write-offs"), MONEY, PROOF, "order__payee"
    ),
    "subsidies.Sanction": _kept(pgettext_lazy("kept", "Sanctions"), MONEY, PROOF, "person"),
}


def summed_up() -> list[tuple[str | Promise, str | Promise, list[str | Promise]]]:
    """Why, how long, and the titles of all that is kept for that: what a page shows."""
    found: dict[tuple[str | Promise, str | Promise], list[str | Promise]] = {}
    for kept in KEPT.values():
        found.setdefault((kept.why, kept.how_long), []).append(kept.title)
    return [(why, how_long, titles) for (why, how_long), titles in found.items()]


OFFICIAL = "names whoever acted in an office; the act belongs to the thing, and the audit keeps it"
NOT_IN_A_COPY: Final[dict[str, str]] = {
    "audit.Entry": "the audit is the province's; what it says of a person's acts stands in the rows of those acts",
    "accounts.SentMessage": "the outbox of the demo and the tests; production keeps none",
    "portal.Replay": "answers kept for a retry; the same words stand in the rows they tell of",
    "learners.FaqEntry": "words of the publisher, with nothing of the asker in them",
    "learners.Meeting": "a class of a course; who held and signed it acted in an office",
    "learners.Tape": "what the player told second by second; its outcome are session, coverage and ledger",
    "subsidies.Objection": "whoever objects is protected; the claimant reads in the holds that there is one and how it ended",
    "subsidies.ImpactRow": "what a draft of a policy would have said; nothing was decided about the person",
    **dict.fromkeys(
        (
            "certificates.Inspection",
            "certificates.IssuingBatch",
            "certificates.IssuingTerms",
            "certificates.PaperTemplate",
            "courses.Course",
            "courses.CourseVersion",
            "courses.Film",
            "learners.Intake",
            "learners.Roster",
            "courses.ImportJob",
            "courses.Package",
            "courses.PartnerKey",
            "courses.PartnerCall",
            "courses.AnswerPromise",
            "courses.Contact",
            "courses.Agreement",
            "courses.Licence",
            "courses.Notice",
            "courses.ContentStandard",
            "courses.Correction",
            "courses.StandardCheck",
            "courses.WebhookEndpoint",
            "courses.WebhookSecret",
            "learners.CountingEdition",
            "learners.EditionTrial",
            "subsidies.Batch",
            "subsidies.AnswerFile",
            "subsidies.BankProfile",
            "subsidies.ImpactRun",
            "subsidies.BudgetProposal",
            "subsidies.CheckTerms",
            "subsidies.EvidencePack",
            "subsidies.ClaimList",
            "subsidies.JournalEntry",
            "subsidies.Notice",
            "subsidies.PaymentNotice",
            "subsidies.PolicyVersion",
            "subsidies.ProjectContract",
        ),
        OFFICIAL,
    ),
}
