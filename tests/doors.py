"""Who is let in where: one row for every page and API address of ours. Held true by `tests/test_doors.py`."""

from dataclasses import dataclass

from django.urls import URLPattern, get_resolver, reverse

from tests.world import PEOPLE, World

ALL = frozenset(PEOPLE)
SIGNED = ALL - {"visitor"}
OWN = frozenset({"learner"})
OTHERS = SIGNED - OWN
NAMED = frozenset({"learner", "stranger", "far_learner"})


def far(*names: str) -> frozenset[str]:
    """The same offices in another province."""
    return frozenset(f"far_{name}" for name in names)


def both(*names: str) -> frozenset[str]:
    return frozenset(names) | (far(*names) & ALL)


CATALOGUE = frozenset({"catalogue", "auditor"})
AUTHORS = frozenset({"instructor", "manager", "catalogue"})
FAR_AUTHORS = far("instructor", "manager", "catalogue")
IMPORTERS = frozenset({"manager", "catalogue"})
STANDARDS = frozenset({"catalogue", "ministry", "auditor"})
KEEPERS_OF_STANDARDS = both("catalogue", "ministry")
SHORTFALLS = both("catalogue", "ministry", "auditor", "manager", "instructor")
AUTHORS_OF_COURSES = both("catalogue", "manager", "instructor")
TEACHING = frozenset({"instructor", "catalogue", "auditor"})
INBOX = frozenset({"instructor", "manager", "auditor"})
REPORTS = frozenset({"manager", "catalogue", "auditor"})
CONTACTS = frozenset({"catalogue", "manager"})
DESK_OF_AUTHORS = AUTHORS | {"auditor"}
DESKS = frozenset({"intake", "reviewer", "second", "ministry"})
REVIEW = DESKS | {"investigator", "auditor"}
SUPPLY = frozenset({"manager", "catalogue", "auditor"})
CLAIMERS = both("employer", "manager")
GROUPS = frozenset({"county", "reviewer", "auditor"})
MONEY = frozenset({"maker", "checker", "ministry", "auditor"})
PAPERS = frozenset({"reviewer", "ministry", "auditor", "operator"})
ISSUERS = frozenset({"reviewer", "operator"})
TEMPLATES = frozenset({"catalogue", "reviewer", "ministry", "auditor", "operator"})
NOTICES = frozenset({"reviewer", "maker", "checker", "auditor"})
FIGURES = both("ministry", "auditor", "reviewer", "catalogue", "maker", "checker")
REPORTED = FIGURES | both("second")
REVIEWERS = frozenset({"reviewer", "ministry"})
CONFIRMERS = frozenset({"reviewer", "second"})
FINDERS = CONFIRMERS | {"investigator"}
FINDINGS = FINDERS | {"ministry", "auditor"}
NETWORK = frozenset({"investigator", "ministry", "auditor"})
OBJECTIONS = CONFIRMERS | {"investigator", "auditor"}
FAR_DESKS = frozenset({"far_intake", "far_reviewer", "far_second"})
OFFICERS = frozenset({"maker", "checker"})
KEEPERS = frozenset({"reviewer", "maker", "checker"})
RECOVERY = MONEY | {"recovery"}
SECOND = frozenset({"recovery", "checker"})
PROVED = frozenset({"auditor", "operator"})
OF_POLICIES = frozenset({"editor", "publisher", "intake", "reviewer", "second"})
"""Who of a province reads its drafts of policies."""
POLICY_DESK = OF_POLICIES | {"auditor"}
POLICY_READ = POLICY_DESK | {"ministry", "ministry_policy"}
"""Of a published one."""
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Door:
    """Who is let in by an address of the thing `args` (see `tests/world.py`), which stands in Guizhou.

    get      sees the page            goes     is led on to another page instead
    post     may act                  refused  reaches the form, but a rule refuses the act (302, 400, 409, 422)
    unknown  API only: holds the role, yet this thing is not theirs: 404 where the others get 403
    hidden   for visitors, too, there is no such page, in place of the way to the sign-in
    machine  opens to a partner's key and to no person: 401 for everybody here
    All others: pages send visitors to the sign-in and know of no such page for the rest (404); the API answers 403.
    """

    args: str = ""
    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY
    goes: frozenset[str] = NOBODY
    refused: frozenset[str] = NOBODY
    unknown: frozenset[str] = NOBODY
    hidden: bool = False
    machine: bool = False
    method: str = "post"
    also: frozenset[str] = NOBODY
    """Methods besides, which a protocol asks for."""


DOORS = {
    # what everybody may see
    "home": Door(get=ALL),
    "health": Door(get=ALL),
    "set_language": Door(post=ALL, goes=ALL),
    "accounts:reading": Door(post=ALL),
    "courses:catalogue": Door(get=ALL),
    "courses:course": Door("course", get=ALL),
    "courses:rss": Door(get=ALL),
    "courses:json-feed": Door(get=ALL),
    "courses:standards": Door(get=ALL),
    "courses:standard": Door("standard", get=ALL),
    "certificates:verify": Door(get=ALL),
    "certificates:verified": Door("code", get=ALL),
    "certificates:file": Door(get=ALL, post=ALL),
    "certificates:issuer": Door("issuer", get=ALL),
    "certificates:status-list": Door("status_list", get=ALL),
    "subsidies:eligibility": Door("course", get=ALL, post=ALL),
    "subsidies:policies": Door(get=ALL),
    "subsidies:policy": Door("policy", get=ALL),
    "subsidies:notices": Door(get=ALL),
    "subsidies:notice": Door("notice", get=ALL),
    "subsidies:payment_notices": Door(get=ALL),
    "subsidies:payment_notice": Door("payment_notice", get=ALL),
    "subsidies:object": Door("objected_line", get=ALL, post=ALL),
    "subsidies:objection_ask": Door(get=ALL),
    "subsidies:objection": Door("objection_receipt", get=ALL),
    "api-schema": Door(get=ALL),
    "api-courses": Door(get=ALL),
    "api-course": Door("course", get=ALL),
    "api-standards": Door(get=ALL),
    "api-standard": Door("standard", get=ALL),
    "api-verify": Door("code", get=ALL),
    "api-verify-file": Door(post=ALL),
    "api-eligibility": Door("course", get=ALL, post=ALL),
    "api-policies": Door(get=ALL),
    "api-policy-schema": Door(get=ALL),
    "api-notices": Door(get=ALL),
    "api-notice": Door("notice", get=ALL),
    "api-notice-lines": Door("notice", get=ALL),
    "api-payment-notices": Door(get=ALL),
    "api-payment-notice": Door("payment_notice", get=ALL),
    "api-payment-notice-lines": Door("payment_notice", get=ALL),
    # demo mode only
    "design": Door(hidden=True),
    "demo": Door(hidden=True),
    "demo_clock": Door(hidden=True),
    # whoever is signed in, for themselves
    "my": Door(get=SIGNED),
    "accounts:identity": Door(get=SIGNED, post=SIGNED),
    "accounts:organisation_bank": Door(get=both("employer", "manager"), post=both("employer", "manager")),
    "api-organisation-account": Door(post=both("employer", "manager")),
    "accounts:bank": Door(get=NAMED, post=NAMED, goes=SIGNED - NAMED),
    "accounts:name": Door(get=NAMED, post=NAMED, goes=SIGNED - NAMED),
    "notices:list": Door(get=SIGNED, post=SIGNED),
    "notices:open": Door("own_notice", post=NAMED),  # of somebody else: 404
    "notices:choices": Door(get=SIGNED, post=SIGNED),
    "notices:mailbox": Door(post=SIGNED),
    "notices:remove": Door(post=SIGNED),
    "notices:confirm": Door("mailbox_link", get=SIGNED, post=SIGNED),
    "api-notices-own": Door(get=SIGNED),
    "api-notices-read": Door(post=SIGNED),
    "api-notices-choices": Door(get=SIGNED, post=SIGNED, method="put"),
    "learners:record": Door(get=SIGNED),
    "api-xapi": Door(get=SIGNED),
    "api-record": Door(get=SIGNED),
    "owndata:copy": Door(get=SIGNED, post=SIGNED),
    "owndata:delete": Door(post=SIGNED),
    "owndata:fetch": Door("copy", post=OWN),
    "accounts:security": Door(get=SIGNED),
    "accounts:second_factor": Door(get=SIGNED),
    "certificates:mine": Door(get=SIGNED),
    "certificates:consents": Door(get=SIGNED, post=SIGNED),
    "certificates:withdraw-consent": Door("consent", post=OWN),
    "api-consents": Door(get=SIGNED, post=SIGNED),
    "api-consent-withdraw": Door("consent", post=OWN, unknown=SIGNED),
    "certificates:external-new": Door(get=NAMED, post=NAMED, goes=SIGNED - NAMED),
    "api-externals": Door(get=SIGNED, post=SIGNED),
    "subsidies:mine": Door(get=SIGNED),
    "learners:enrol": Door(
        "course", get=SIGNED - both("learner"), goes=both("learner"), post=SIGNED - both("learner")
    ),
    "api-me": Door(get=SIGNED),
    "api-identity": Door(post=SIGNED),
    "api-identity-name": Door(post=NAMED, refused=SIGNED - NAMED),
    "api-bank-account": Door(post=NAMED, refused=SIGNED - NAMED),
    "api-enrolments": Door(get=SIGNED, post=SIGNED),
    "api-certificates": Door(get=SIGNED),
    "api-credential": Door("serial", get=OWN, unknown=OTHERS),
    "api-claims": Door(get=SIGNED, post=OWN, refused=OTHERS),
    # somebody's own things
    "courses:media": Door("media", get=OWN, hidden=True),
    # whoever holds the address of a package's file may read it: it sits in a sandbox and reads no cookie
    "courses:package-file": Door("package_file", get=ALL, hidden=True),
    "learners:course": Door("enrolment", get=OWN),
    "learners:withdraw": Door("enrolment", post=OWN),
    "learners:lesson": Door("film", get=OWN),
    "learners:read": Door("page", post=OWN),
    "learners:try-question": Door("pin", post=OWN),
    "api-try": Door("api_pin", post=OWN, unknown=SIGNED),
    "learners:package-done": Door("package_state", post=OWN),
    "learners:quiz": Door("quiz", get=OWN, post=OWN),
    "learners:practice": Door("bench", get=OWN, post=OWN),
    "learners:feedback": Door("feedback", get=OWN),
    "learners:hours": Door("enrolment", get=OWN),
    "learners:exam": Door("enrolment", get=OWN, post=OWN),
    "learners:question": Door("question", get=OWN, post=OWN),
    "learners:review": Door("attempt", get=OWN),
    "learners:submit": Door("attempt", post=OWN),
    "learners:result": Door("sat", get=OWN),
    "certificates:certificate": Door("serial", get=OWN),
    "certificates:credential": Door("serial", get=OWN),
    "certificates:credential-file": Door("serial", get=OWN),
    "certificates:pdf": Door("serial", get=OWN | PAPERS),
    "certificates:external": Door("external", get=OWN, post=OWN),
    "certificates:external-take-back": Door("external", post=OWN),
    "certificates:external-link": Door("external", post=OWN),
    "api-external": Door("external", get=OWN, unknown=SIGNED),
    "api-external-paper": Door("external", post=OWN, unknown=SIGNED),
    "api-external-take-back": Door("external", post=OWN, unknown=SIGNED),
    "api-external-link": Door("external", post=OWN, unknown=SIGNED),
    "api-claim-questions": Door("serial", get=OWN, unknown=SIGNED),
    "subsidies:start": Door("serial", get=OWN),
    "subsidies:mandate": Door("serial", post=OWN),
    "subsidies:paper": Door("start_paper", get=OWN, post=OWN),
    "subsidies:claim_paper": Door("returned_paper", get=OWN, post=OWN),
    "api-claim-materials": Door("serial", get=OWN, post=OWN, unknown=SIGNED),
    "api-claim-material-add": Door("returned", post=OWN, unknown=SIGNED),
    "api-claim-material-remove": Door("material", post=OWN, unknown=SIGNED, method="delete"),
    "api-claim-mandate": Door("serial", post=OWN, unknown=SIGNED, also=frozenset({"delete"})),
    "subsidies:answer": Door("start_link", get=OWN, post=OWN),
    "subsidies:check": Door("start_check", get=OWN, post=OWN),
    "subsidies:claim": Door("claim", get=OWN),
    "subsidies:mend": Door("returned", get=OWN, post=OWN),
    "subsidies:withdraw": Door("claim", post=OWN),
    "subsidies:appeal": Door("rejected", get=OWN, post=OWN),
    "subsidies:discard": Door("start_check", post=OWN),
    "api-enrolment": Door("enrolment", get=OWN, unknown=SIGNED),
    "api-withdraw": Door("enrolment", post=OWN, unknown=SIGNED),
    "api-exam-start": Door("enrolment", post=OWN, unknown=SIGNED),
    "api-quiz": Door("quiz", get=OWN, post=OWN, unknown=SIGNED),
    "api-exam": Door("attempt", get=OWN, unknown=SIGNED),
    "api-exam-answer": Door("answer", post=OWN, unknown=SIGNED, method="put"),
    "api-exam-submit": Door("attempt", post=OWN, unknown=SIGNED),
    "api-play-open": Door(post=OWN, unknown=SIGNED),
    "api-play-beat": Door("session", post=OWN, unknown=SIGNED),
    "api-play-answer": Door("session", post=OWN, unknown=SIGNED),
    "api-play-more-time": Door("session", post=OWN, unknown=SIGNED),
    "api-play-close": Door("session", post=OWN, unknown=SIGNED),
    "api-practice-films": Door(post=SIGNED),
    "api-practice-film": Door(
        "practice_film", post=OWN, unknown=SIGNED, method="patch", also=frozenset({"delete"})
    ),
    "api-practice-task": Door("bench", get=OWN, unknown=SIGNED),
    "api-hours": Door("enrolment", get=OWN, unknown=SIGNED),
    "api-package-state": Door("package_state", get=OWN, post=OWN, unknown=SIGNED, method="put"),
    "api-package-open": Door(post=OWN, unknown=SIGNED),
    "api-package-beat": Door("package_session", post=OWN, unknown=SIGNED),
    "api-package-close": Door("package_session", post=OWN, unknown=SIGNED),
    "api-claim": Door("claim", get=OWN | REVIEW | MONEY | {"recovery"}, unknown=SIGNED),
    "api-claim-resubmit": Door("returned", post=OWN, unknown=SIGNED),
    "api-claim-withdraw": Door("claim", post=OWN, unknown=SIGNED),
    "api-claim-appeal": Door("rejected", post=OWN, unknown=SIGNED),
    # the catalogue's desk
    "courses:desk": Door(get=CATALOGUE | far("catalogue")),
    "courses:desk-course": Door("course", get=CATALOGUE, post={"catalogue"}, refused={"auditor"}),
    "api-courses-desk": Door(get=CATALOGUE | far("catalogue")),
    "api-courses-steps": Door("course", post={"catalogue"}, unknown=far("catalogue")),
    # providers
    "courses:provider": Door("provider", get=ALL),
    "courses:providers": Door(get=CATALOGUE | far("catalogue")),
    "courses:provider-new": Door(
        get=both("catalogue") | {"auditor"}, post=both("catalogue"), refused={"auditor"}
    ),
    "courses:provider-desk": Door("provider", get=CATALOGUE | {"manager"}, post={"catalogue"}),
    "courses:contact-add": Door("provider", post=CONTACTS),
    "courses:contact-reveal": Door("contact", post=CONTACTS),
    "courses:contact-remove": Door("contact", post=CONTACTS),
    "courses:agreement-add": Door("provider", post={"catalogue"}),
    "courses:licence-call-off": Door("licence", post={"catalogue"}),
    "courses:own": Door(get=both("manager")),
    "courses:notices": Door(get=both("manager"), post=both("manager")),
    "api-provider": Door("provider", get=ALL),
    "api-providers": Door(get=CATALOGUE | far("catalogue"), post=both("catalogue"), refused={"auditor"}),
    "api-provider-desk": Door("provider", get=CATALOGUE | {"manager"}, unknown=far("catalogue", "manager")),
    "api-licence-decide": Door("provider", post={"catalogue"}, unknown=far("catalogue")),
    "api-contact-add": Door("provider", post=CONTACTS, unknown=far("catalogue", "manager")),
    "api-contact-reveal": Door("contact", post=CONTACTS, unknown=far("catalogue", "manager")),
    "api-contact-remove": Door("contact", post=CONTACTS, unknown=far("catalogue", "manager")),
    "api-agreement-add": Door("provider", post={"catalogue"}, unknown=far("catalogue")),
    "api-licence-call-off": Door("licence", post={"catalogue"}, unknown=far("catalogue")),
    "api-provider-notices": Door(get=both("manager")),
    "api-provider-notices-read": Door(post=both("manager")),
    # the films of a draft
    "courses:film": Door("footage", get=AUTHORS, post=AUTHORS),
    "courses:captions": Door("captions", get=AUTHORS, post=AUTHORS),
    "api-films": Door(post=AUTHORS | far(*AUTHORS)),
    "api-film": Door(
        "upload",
        post={"manager"},
        unknown=far(*AUTHORS) | {"instructor", "catalogue"},
        method="patch",
        also=frozenset({"delete"}),
    ),
    "api-lesson-films": Door("footage", get=AUTHORS, unknown=far(*AUTHORS)),
    # the authors' desk
    "courses:package": Door("package", get=AUTHORS, post=AUTHORS),
    "api-course-package": Door("package", get=AUTHORS, post=AUTHORS, unknown=FAR_AUTHORS),
    # the authors' desk
    "courses:authoring": Door(get=DESK_OF_AUTHORS | far(*AUTHORS)),
    "courses:authoring-new": Door(
        get=DESK_OF_AUTHORS | far(*AUTHORS), post=AUTHORS | far(*AUTHORS), refused={"auditor"}
    ),
    "courses:edit": Door("draft", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-step": Door("draft", post=AUTHORS, refused={"auditor"}),
    "courses:edit-sections": Door("draft", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-section": Door("draft_section", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-section-step": Door("draft_section", post=AUTHORS, refused={"auditor"}),
    "courses:edit-lessons": Door("draft", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-lesson": Door("draft_lesson", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-practice": Door("draft_task", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-lesson-step": Door("draft_lesson", post=AUTHORS, refused={"auditor"}),
    "courses:edit-exam": Door("draft", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-question-new": Door("draft", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:questions-file": Door("draft", get=AUTHORS, post=AUTHORS),
    "courses:edit-question": Door("draft_question", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "courses:edit-question-step": Door("draft_question", post=AUTHORS, refused={"auditor"}),
    "courses:edit-versions": Door("draft", get=DESK_OF_AUTHORS),
    "courses:differences": Door("draft", get=DESK_OF_AUTHORS),
    "courses:preview": Door("draft", get=DESK_OF_AUTHORS),
    "courses:preview-lesson": Door("draft_lesson", get=DESK_OF_AUTHORS),
    "api-drafts": Door(
        get=DESK_OF_AUTHORS | far(*AUTHORS), post=AUTHORS | far(*AUTHORS), refused={"auditor"}
    ),
    "api-draft": Door(
        "draft",
        get=DESK_OF_AUTHORS,
        post=AUTHORS,
        refused={"auditor"},
        unknown=far(*AUTHORS),
        method="patch",
    ),
    "api-draft-step": Door("draft", post=AUTHORS, unknown=far(*AUTHORS)),
    "api-draft-sections": Door("draft", post=AUTHORS, unknown=far(*AUTHORS)),
    "api-draft-section": Door("draft_section", post=AUTHORS, unknown=far(*AUTHORS), method="patch"),
    "api-draft-section-step": Door("draft_section", post=AUTHORS, unknown=far(*AUTHORS)),
    "api-draft-lessons": Door("draft", post=AUTHORS, unknown=far(*AUTHORS)),
    "api-draft-lesson": Door(
        "draft_lesson",
        get=DESK_OF_AUTHORS,
        post=AUTHORS,
        refused={"auditor"},
        unknown=far(*AUTHORS),
        method="patch",
    ),
    "api-draft-lesson-step": Door("draft_lesson", post=AUTHORS, unknown=far(*AUTHORS)),
    "api-draft-questions": Door(
        "draft", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}, unknown=far(*AUTHORS)
    ),
    "api-draft-question": Door("draft_question", post=AUTHORS, unknown=far(*AUTHORS), method="patch"),
    "api-draft-question-step": Door("draft_question", post=AUTHORS, unknown=far(*AUTHORS)),
    "api-draft-exam": Door("draft", post=AUTHORS, unknown=far(*AUTHORS), method="put"),
    "api-draft-differences": Door("draft", get=DESK_OF_AUTHORS, unknown=far(*AUTHORS)),
    # files of courses and questions
    "courses:imports": Door(
        get=IMPORTERS | far("manager", "catalogue"), post=IMPORTERS | far("manager", "catalogue")
    ),
    "courses:import": Door("import", get=IMPORTERS, post=IMPORTERS),
    "courses:import-file": Door("import", get=IMPORTERS),
    "courses:import-template": Door("template", get=IMPORTERS | far("manager", "catalogue")),
    "api-imports": Door(
        get=IMPORTERS | far("manager", "catalogue"), post=IMPORTERS | far("manager", "catalogue")
    ),
    "api-import": Door("import", get=IMPORTERS, unknown=far("manager", "catalogue")),
    "api-import-rows": Door("import", get=IMPORTERS, unknown=far("manager", "catalogue")),
    "api-import-steps": Door("import", post=IMPORTERS, unknown=far("manager", "catalogue")),
    # supply by machine
    "courses:partner": Door(get=SUPPLY | far("manager", "catalogue")),
    "courses:partner-key-new": Door(get=both("manager"), post=both("manager")),
    "courses:partner-key": Door(
        "partner_key", get=SUPPLY, post={"manager", "catalogue"}, refused={"auditor"}
    ),
    "courses:partner-endpoint-new": Door(get=both("manager"), post=both("manager")),
    "courses:partner-endpoint": Door(
        "endpoint", get=SUPPLY, post={"manager"}, refused={"catalogue", "auditor"}
    ),
    "courses:partner-rotate": Door("endpoint", get={"manager"}, post={"manager"}),
    "courses:partner-delivery": Door(
        "delivery", get=SUPPLY, post={"manager"}, refused={"catalogue", "auditor"}
    ),
    "courses:partner-calls": Door(get=SUPPLY | far("manager", "catalogue")),
    "courses:partner-call": Door("call", get=SUPPLY, post={"manager"}, refused={"catalogue", "auditor"}),
    "api-partner-courses": Door(machine=True),
    "api-partner-course": Door("partner_ref", machine=True, method="put"),
    "api-partner-submit": Door("partner_ref", machine=True),
    "api-partner-calls": Door(machine=True),
    "api-partner-call": Door("call", machine=True),
    # the desk of standards
    "courses:standards-desk": Door(get=STANDARDS | far("catalogue")),
    "courses:standard-new": Door(
        get=KEEPERS_OF_STANDARDS | {"auditor"}, post=KEEPERS_OF_STANDARDS, refused={"auditor"}
    ),
    "courses:standard-desk": Door("standard", get={"catalogue", "ministry", "auditor"}),
    "courses:standard-edit": Door(
        "standard_editable", get={"catalogue", "auditor"}, post={"catalogue"}, refused={"auditor"}
    ),
    "courses:standard-publish": Door("standard_draft", post={"catalogue"}),
    "courses:shortfalls": Door(get=SHORTFALLS),
    "api-shortfalls": Door(get=SHORTFALLS),
    "api-course-check": Door(
        "course",
        get={"catalogue", "auditor", "manager", "instructor"},
        unknown=far("catalogue", "manager", "instructor"),
    ),
    # practical work: its assessors, and its desk
    "learners:papers": Door(get=both("instructor")),
    "learners:paper": Door("paper", get={"instructor"}, post={"instructor"}),
    "learners:practice-desk": Door(get={"manager", "auditor"} | far("manager")),
    "learners:reassign": Door("paper", get={"manager"}, post={"manager"}),
    "learners:submission": Door("submission", get={"manager", "auditor"}),
    # the desk of counting editions, and the proof of the ledger
    "learners:editions": Door(get=STANDARDS | far("catalogue")),
    "learners:edition-new": Door(
        get=KEEPERS_OF_STANDARDS | {"auditor"}, post=KEEPERS_OF_STANDARDS, refused={"auditor"}
    ),
    "learners:edition": Door("edition", get=STANDARDS | far("catalogue")),
    "learners:edition-edit": Door(
        "edition_editable", get={"catalogue", "auditor"}, post={"catalogue"}, refused={"auditor"}
    ),
    "learners:edition-publish": Door("edition_draft", post={"catalogue"}),
    "learners:edition-try": Door("edition_draft", post={"catalogue"}),
    "learners:proof": Door(get={"auditor", "ministry", "operator"}),
    # the desk of shut lessons
    "learners:desk": Door(get=TEACHING | far("instructor", "catalogue")),
    "learners:desk-lesson": Door("shut", get=TEACHING, post={"instructor", "catalogue"}, refused={"auditor"}),
    "api-shut-lessons": Door(get=TEACHING | far("instructor", "catalogue")),
    "api-lesson-reopen": Door(
        "shut", post={"instructor", "catalogue"}, unknown=far("instructor", "catalogue")
    ),
    # key groups
    "learners:groups": Door(get=NAMED, post=NAMED, goes=SIGNED - NAMED),
    "learners:group-take-back": Door("group", post=OWN),
    "learners:groups-desk": Door(get=GROUPS | far("county", "reviewer")),
    "learners:group-desk": Door("group", get=GROUPS, post={"county", "reviewer"}, refused={"auditor"}),
    "api-groups": Door(get=SIGNED, post=NAMED, refused=SIGNED - NAMED),
    "api-group-take-back": Door("group", post=OWN, unknown=SIGNED),
    "api-groups-desk": Door(get=GROUPS | far("county", "reviewer")),
    "api-group-verify": Door("group", post={"county", "reviewer"}, unknown=far("county", "reviewer")),
    "api-group-refuse": Door("group", post={"county", "reviewer"}, unknown=far("county", "reviewer")),
    # an employer's staff, and whom it invites
    "learners:staff": Door(get=both("employer")),
    "learners:has-left": Door("invitation", post={"employer"}),
    "learners:rosters": Door(get=both("employer"), post=both("employer")),
    "learners:roster": Door("roster", get={"employer"}, post={"employer"}),
    "learners:wrong-rows": Door("roster", post={"employer"}),
    "learners:roster-template": Door("roster_template", get=both("employer")),
    # claims by lists: an enterprise for its staff, a provider for its learners
    "subsidies:lists": Door(get=CLAIMERS, post=CLAIMERS),
    "subsidies:list_template": Door("list_template", get=CLAIMERS),
    "subsidies:list": Door("claim_list", get={"employer"}, post={"employer"}),
    "subsidies:list_check": Door("claim_list", get={"employer"}, post={"employer"}),
    "subsidies:list_wrong_rows": Door("claim_list", post={"employer"}),
    "subsidies:list_paper": Door("list_paper", get={"employer"}, post={"employer"}),
    "subsidies:list_claim": Door("list_claim", get={"employer"}),
    "subsidies:list_mend": Door("list_returned", get={"employer"}, post={"employer"}),
    "subsidies:list_claim_paper": Door("list_returned_paper", get={"employer"}, post={"employer"}),
    "subsidies:list_appeal": Door("list_rejected", get={"employer"}, post={"employer"}),
    "subsidies:list_withdraw": Door("list_claim", post={"employer"}),
    "api-claim-lists": Door(get=CLAIMERS, post=CLAIMERS),
    "api-claim-list": Door("claim_list", get={"employer"}, unknown=CLAIMERS - {"employer"}),
    "api-claim-list-rows": Door("claim_list", get={"employer"}, unknown=CLAIMERS - {"employer"}),
    **{
        f"api-claim-list-{step}": Door("claim_list", post={"employer"}, unknown=CLAIMERS - {"employer"})
        for step in ("submit", "check-again", "cancel")
    },
    "api-list-claim": Door("list_claim", get={"employer"}, unknown=CLAIMERS - {"employer"}),
    **{
        f"api-list-claim-{step}": Door(thing, post={"employer"}, unknown=CLAIMERS - {"employer"})
        for step, thing in (
            ("resubmit", "list_returned"),
            ("withdraw", "list_claim"),
            ("appeal", "list_rejected"),
        )
    },
    "learners:invitation": Door("invitation", get=OWN, post=OWN),
    "api-staff": Door(get=both("employer")),
    "api-has-left": Door("invitation", post={"employer"}, unknown=far("employer")),
    "api-invitations": Door(get=SIGNED),
    "api-invitation": Door("invitation", post=OWN, unknown=SIGNED),
    # an employer checks with consent codes
    "certificates:check": Door(get=both("employer"), post=both("employer")),
    "api-check": Door(post=both("employer")),
    # help at a county desk
    "learners:help-desk": Door(get=GROUPS | far("county", "reviewer"), post=both("county")),
    "learners:help": Door("help", get={"county"}, post={"county"}),
    "learners:help-end": Door("help", post={"county"}),
    # terms of enrolment, and the line for a seat
    "learners:intakes": Door(get=DESK_OF_AUTHORS | far(*AUTHORS)),
    "learners:intake": Door(
        "course", get=DESK_OF_AUTHORS, post={"manager"}, refused={"instructor", "catalogue", "auditor"}
    ),
    "learners:line": Door("course", post=SIGNED),
    "learners:leave-line": Door("place", post=OWN),
    "api-intake": Door(
        "course",
        get=DESK_OF_AUTHORS,
        post={"manager"},
        refused={"instructor", "catalogue", "auditor"},
        unknown=far(*AUTHORS),
        method="put",
    ),
    "api-lines": Door(get=SIGNED, post=SIGNED),
    "api-line-leave": Door("place", post=OWN, unknown=SIGNED),
    # questions: the learner's own, the inbox, reports
    "learners:questions": Door("film", get=OWN, post=OWN),
    "learners:enquiry": Door("enquiry", get=OWN, post=OWN),
    "learners:have-too": Door("entry", post=OWN),
    "learners:report-entry": Door("entry", get=OWN, post=OWN),
    "learners:report-post": Door("post", get=OWN, post=OWN),
    "api-questions": Door("film", get=OWN, post=OWN, unknown=SIGNED),
    "api-enquiry": Door("enquiry", get=OWN, unknown=SIGNED),
    "api-follow-up": Door("enquiry", post=OWN, unknown=SIGNED),
    "api-satisfied": Door("answered", post=OWN, unknown=SIGNED),
    "api-have-too": Door("entry", post=OWN, unknown=SIGNED),
    "api-report-entry": Door("entry", post=OWN, unknown=SIGNED),
    "api-report-post": Door("post", post=OWN, unknown=SIGNED),
    "learners:inbox": Door(get=INBOX | far("instructor", "manager")),
    "learners:inbox-enquiry": Door("enquiry", get=INBOX, post={"instructor", "manager"}, refused={"auditor"}),
    "learners:faq-entry": Door("entry", get=INBOX, post={"instructor", "manager"}, refused={"auditor"}),
    "learners:promises": Door(get=both("manager"), post=both("manager")),
    "learners:reports": Door(get=REPORTS | far("manager", "catalogue")),
    "learners:report": Door("report", get=REPORTS, post={"manager", "catalogue"}, refused={"auditor"}),
    "api-inbox": Door(get=INBOX | far("instructor", "manager")),
    "api-inbox-step": Door("enquiry", post={"instructor", "manager"}, unknown=far("instructor", "manager")),
    "api-faq-step": Door("entry", post={"instructor", "manager"}, unknown=far("instructor", "manager")),
    "api-reports": Door(get=REPORTS | far("manager", "catalogue")),
    "api-report-decide": Door("report", post={"manager", "catalogue"}, unknown=far("manager", "catalogue")),
    "api-promise": Door("promise", post={"manager"}, unknown=far("manager"), method="put"),
    # the desk of answers to be marked
    "learners:marking": Door(get={"instructor", "auditor"} | far("instructor")),
    "learners:mark": Door(
        "hand_mark", get={"instructor", "auditor"}, post={"instructor"}, refused={"auditor"}
    ),
    "api-hand-marks": Door(get={"instructor", "auditor"} | far("instructor")),
    "api-hand-mark": Door("hand_mark", post={"instructor"}, unknown=far("instructor")),
    # contested time
    "learners:contest": Door("refused_row", get=OWN, post=OWN),
    "learners:contests": Door(get=TEACHING | far("instructor", "catalogue")),
    "learners:contest-desk": Door(
        "contest", get=TEACHING, post={"instructor", "catalogue"}, refused={"auditor"}
    ),
    "learners:desk-ledger": Door("film_enrolment", get=TEACHING),
    "learners:take-back": Door(
        "counted_row", get=TEACHING, post={"instructor", "catalogue"}, refused={"auditor"}
    ),
    "learners:correction": Door("correction", get=TEACHING),
    "learners:correction-decide": Door("correction", post={"catalogue", "instructor"}),
    "api-contests": Door("film_enrolment", get=OWN, post=OWN, unknown=SIGNED),
    "api-contests-waiting": Door(get=TEACHING | far("instructor", "catalogue")),
    "api-contest-answer": Door(
        "contest", post={"instructor", "catalogue"}, unknown=far("instructor", "catalogue")
    ),
    # live classes and workshop days
    "learners:class": Door("class", get=OWN, post=OWN),
    "learners:classes": Door(get={"instructor", "auditor"} | far("instructor")),
    "learners:class-plan": Door(
        get={"instructor", "auditor"} | far("instructor"), post=both("instructor"), refused={"auditor"}
    ),
    "learners:class-desk": Door("meeting", get={"instructor", "auditor"}),
    "learners:class-code": Door("workshop_day", get={"instructor", "auditor"}),
    "learners:class-csv": Door("meeting", get={"instructor", "auditor"}),
    "learners:class-move": Door("meeting", post={"instructor"}),
    "learners:class-cancel": Door("meeting", post={"instructor"}),
    "learners:class-close": Door("meeting", post={"instructor"}),
    "learners:class-sign": Door("meeting", post={"instructor"}),
    "learners:class-record": Door("meeting", post={"instructor"}),
    "api-classes": Door("class_enrolment", get=OWN, unknown=SIGNED),
    "api-class-check-in": Door("class", post=OWN, unknown=SIGNED),
    "api-class-here": Door("class", post=OWN, unknown=SIGNED),
    "api-class-door": Door("class", post=OWN, unknown=SIGNED),
    # corrected keys, and exams that were graded anew
    "courses:correct": Door("published_question", get=DESK_OF_AUTHORS, post=AUTHORS, refused={"auditor"}),
    "learners:regrades": Door(get=both("instructor", "catalogue") | {"auditor"}),
    "learners:regrade": Door(
        "regrade",
        get={"instructor", "catalogue", "auditor"},
        post={"instructor", "catalogue"},
        refused={"auditor"},
    ),
    # appeals against an exam's result
    "learners:appeal": Door("sat", get=OWN, post=OWN),
    "learners:appeals": Door(get=both("instructor", "catalogue") | {"auditor"}),
    "learners:desk-appeal": Door(
        "appeal",
        get={"instructor", "catalogue", "auditor"},
        post={"instructor", "catalogue"},
        refused={"auditor"},
    ),
    "api-appeals": Door("sat", get=OWN, post=OWN, unknown=SIGNED),
    "api-desk-appeals": Door(get=both("instructor", "catalogue") | {"auditor"}),
    "api-desk-appeal": Door(
        "appeal", get={"instructor", "catalogue", "auditor"}, unknown=far("instructor", "catalogue")
    ),
    "api-decide-appeal": Door(
        "appeal", post={"instructor", "catalogue"}, unknown=far("instructor", "catalogue")
    ),
    # what a person should look at in graded exams
    "learners:signals": Door(get=both("catalogue") | {"auditor"}),
    "learners:signal": Door("signal", get={"catalogue", "auditor"}, post={"catalogue"}, refused={"auditor"}),
    "api-signals": Door(get=both("catalogue") | {"auditor"}),
    "api-close-signal": Door("signal", post={"catalogue"}, unknown=far("catalogue")),
    # more time for one learner's exams
    "learners:extra-time": Door(
        get=both("instructor", "catalogue") | {"auditor"},
        post=both("instructor", "catalogue"),
        refused={"auditor"},
    ),
    "api-extra-time": Door(post=both("instructor", "catalogue")),
    # what graded exams say of the questions
    "learners:figures": Door(get=both("instructor", "manager")),
    "learners:course-figures": Door("figured", get={"instructor", "manager"}),
    "api-question-figures": Door(
        "figured", get={"instructor", "manager"}, unknown=far("instructor", "manager")
    ),
    # the reviewers' desk
    "subsidies:objections": Door(get=OBJECTIONS | far("reviewer", "second", "investigator")),
    "subsidies:objection_desk": Door("objection", get=OBJECTIONS),
    "subsidies:objection_reveal": Door("objection", post=CONFIRMERS),
    "subsidies:objection_decide": Door("objection_step", post=CONFIRMERS),
    "subsidies:samples": Door(get=REVIEW | FAR_DESKS | far("investigator")),
    "subsidies:sample": Door("sample", get=REVIEW),
    "api-samples": Door(get=REVIEW | FAR_DESKS | far("investigator")),
    "api-sample-draws": Door("sample", get=REVIEW, unknown=FAR_DESKS | far("investigator")),
    "api-object": Door("objected_line", post=ALL),
    "api-objection-told": Door("objection_receipt", get=ALL),
    "api-objections": Door(get=OBJECTIONS | far("reviewer", "second", "investigator")),
    "api-objection": Door("objection", get=OBJECTIONS, unknown=far("reviewer", "second", "investigator")),
    "api-objection-uphold": Door("objection", post=CONFIRMERS, unknown=far("reviewer", "second")),
    "api-objection-dismiss": Door("objection", post=CONFIRMERS, unknown=far("reviewer", "second")),
    "subsidies:queue": Door(get=REVIEW | FAR_DESKS | far("investigator")),
    "subsidies:pass_many": Door(post=DESKS | FAR_DESKS),
    "subsidies:save_view": Door(post=REVIEW | FAR_DESKS | far("investigator")),
    "subsidies:remove_view": Door("saved_view", post={"reviewer"}),
    "subsidies:workload": Door(get=REVIEW | FAR_DESKS | far("investigator")),
    "subsidies:review": Door("claim", get=REVIEW),
    "subsidies:letter": Door("letter", get=OWN),
    "subsidies:desk_letter": Door("letter", get=REVIEW),
    "subsidies:decision_record": Door("decision_file", get=REVIEW),
    "subsidies:packs": Door("claim", get={"auditor"}, post={"auditor"}),
    "subsidies:pack_file": Door("pack", post={"auditor"}),
    "subsidies:pack_delete": Door("pack", post={"auditor"}),
    "subsidies:reports": Door(goes=REPORTED),
    "subsidies:report": Door("report_money", get=REPORTED),
    "subsidies:report_file": Door("report_file", get=REPORTED),
    "api-claim-letter": Door("letter", get=OWN, unknown=SIGNED),
    "api-claim-desk-letter": Door("letter", get=REVIEW, unknown=FAR_DESKS | far("investigator")),
    "api-claim-decision": Door("letter", get=REVIEW, unknown=FAR_DESKS | far("investigator")),
    "api-claim-packs": Door("claim", get={"auditor"}, post={"auditor"}),
    "api-pack": Door("pack", get={"auditor"}, post={"auditor"}, method="delete"),
    "api-pack-file": Door("pack", post={"auditor"}),
    "api-report": Door("report_money", get=REPORTED),
    "subsidies:decide": Door("decide", post={"reviewer"}, refused=DESKS - {"reviewer"}),
    "subsidies:assign": Door("claim", post={"reviewer"}, refused=DESKS - {"reviewer"}),
    "subsidies:stay_out": Door("claim", post={"reviewer"}, refused=DESKS - {"reviewer"}),
    "subsidies:reveal": Door("claim", post=DESKS),
    "api-claim-queue": Door(get=REVIEW | FAR_DESKS | far("investigator")),
    "api-claim-desk": Door("claim", get=REVIEW, unknown=FAR_DESKS | far("investigator")),
    "api-claim-accept": Door("at_intake", post={"intake"}, refused=DESKS - {"intake"}, unknown=FAR_DESKS),
    "api-claim-send-down": Door("at_second", post={"second"}, refused=DESKS - {"second"}, unknown=FAR_DESKS),
    **{
        f"api-claim-{name}": Door(
            "claim_proposed", post=CONFIRMERS, refused=DESKS - CONFIRMERS, unknown=FAR_DESKS
        )
        for name in ("confirm-reject", "overrule")
    },
    "api-claim-hear": Door("heard", post=CONFIRMERS, refused=DESKS - CONFIRMERS, unknown=FAR_DESKS),
    **{
        f"api-claim-{name}": Door("claim", post={"reviewer"}, refused=DESKS - {"reviewer"}, unknown=FAR_DESKS)
        for name in ("pass", "send-back", "propose-reject", "assign", "stay-out")
    },
    # the certificates' desk
    "certificates:desk": Door(get=PAPERS | far("reviewer")),
    "certificates:sheet": Door(
        "serial", get=PAPERS, post={"reviewer", "operator"}, refused={"ministry", "auditor"}
    ),
    "certificates:retry": Door("failed", post={"operator"}),
    "certificates:decide": Door("proposed", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "certificates:batches": Door(
        get=PAPERS | far("reviewer"), post=ISSUERS, refused={"ministry", "auditor"} | far("reviewer")
    ),
    "certificates:terms": Door(post=ISSUERS, refused={"ministry", "auditor"} | far("reviewer")),
    "certificates:batch": Door("issuing_batch", get=PAPERS, post=ISSUERS, refused={"ministry", "auditor"}),
    "certificates:batch-papers": Door("issuing_batch", post=ISSUERS),
    "certificates:batch-results": Door("issuing_batch", get=PAPERS),
    "certificates:desk-export": Door(get=PAPERS | far("reviewer")),
    "certificates:statistics": Door(get=PAPERS | far("reviewer")),
    "certificates:inspections": Door(get=PAPERS | far("reviewer")),
    "certificates:inspection-new": Door(
        get=PAPERS | far("reviewer"), post=REVIEWERS | far("reviewer"), refused={"auditor", "operator"}
    ),
    "certificates:inspection": Door("inspection", get=PAPERS),
    "certificates:inspected": Door("inspected", get=PAPERS, post=REVIEWERS, refused={"auditor", "operator"}),
    "api-certificates-desk": Door(get=PAPERS | far("reviewer")),
    "api-certificates-statistics": Door(get=PAPERS | far("reviewer")),
    "api-certificate-batches": Door(
        get=PAPERS | far("reviewer"), post=ISSUERS, refused={"ministry", "auditor"} | far("reviewer")
    ),
    "api-certificate-terms": Door(post=ISSUERS, refused=far("reviewer")),
    "api-certificate-batch": Door(
        "issuing_batch",
        get=PAPERS,
        post=ISSUERS,
        refused={"ministry", "auditor"},
        unknown=far("reviewer"),
    ),
    "api-certificate-batch-results": Door("issuing_batch", get=PAPERS, unknown=far("reviewer")),
    "api-certificate-templates": Door(get=TEMPLATES | far("catalogue", "reviewer")),
    "api-certificate-template": Door(
        "template_draft", get=TEMPLATES - {"ministry"}, unknown=far("catalogue", "reviewer") | {"ministry"}
    ),
    # the desk of templates
    "certificates:templates": Door(get=TEMPLATES | far("catalogue", "reviewer")),
    "certificates:template-new": Door(
        get=both("catalogue") | {"ministry", "auditor"},
        post=both("catalogue") | {"ministry"},
        refused={"auditor"},
    ),
    "certificates:template": Door("shipped_template", get=TEMPLATES | far("catalogue", "reviewer")),
    "certificates:template-edit": Door(
        "template_editable", get={"catalogue", "auditor"}, post={"catalogue"}, refused={"auditor"}
    ),
    "certificates:template-publish": Door("template_draft", post={"catalogue", "reviewer", "operator"}),
    "certificates:template-picture": Door("shipped_template", get=TEMPLATES | far("catalogue", "reviewer")),
    "certificates:template-pdf": Door("shipped_template", get=TEMPLATES | far("catalogue", "reviewer")),
    "api-certificate-propose": Door("serial", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-proposal-approve": Door("proposal_uid", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-proposal-refuse": Door("proposal_uid", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-proposal-withdraw": Door("proposal_uid", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "certificates:external-desk": Door(get=PAPERS | far("reviewer")),
    "certificates:external-sheet": Door(
        "external", get=PAPERS, post={"reviewer", "operator"}, refused={"ministry", "auditor"}
    ),
    "certificates:external-decide": Door(
        "external_ruled", post={"reviewer", "operator"}, unknown=far("reviewer")
    ),
    "certificates:external-ask": Door("external", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-externals-desk": Door(get=PAPERS | far("reviewer")),
    "api-external-evidence": Door("external", get=PAPERS, unknown=far("reviewer")),
    "api-external-propose": Door("external", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-external-ask": Door("external", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-ruling-approve": Door("ruling_uid", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-ruling-refuse": Door("ruling_uid", post={"reviewer", "operator"}, unknown=far("reviewer")),
    "api-ruling-withdraw": Door("ruling_uid", post={"reviewer", "operator"}, unknown=far("reviewer")),
    # the money desk
    "subsidies:contracts": Door(get=both(*OF_POLICIES) | {"auditor"}),
    "subsidies:contract_new": Door(get=both("editor"), post=both("editor")),
    "subsidies:contract": Door("contract", get=POLICY_DESK),
    "subsidies:contract_edit": Door("contract_draft", get={"editor"}, post={"editor"}),
    "subsidies:contract_enforce": Door("contract_draft", post={"publisher"}),
    "subsidies:contract_end": Door("contract", post={"publisher"}),
    "subsidies:contract_drop": Door("contract_draft", post={"editor"}),
    "api-contracts": Door(get=both(*OF_POLICIES, "manager") | {"auditor"}),
    "api-contract": Door(
        "contract",
        get=POLICY_DESK | {"manager"},
        unknown=both(*OF_POLICIES, "manager") - OF_POLICIES - {"manager"},
    ),
    "subsidies:policy-desk": Door(get=both(*OF_POLICIES) | {"auditor", "ministry", "ministry_policy"}),
    "subsidies:policy-new": Door(
        get=both("editor") | {"ministry_policy", "auditor"},
        post=both("editor") | {"ministry_policy"},
        refused=frozenset({"auditor"}),
    ),
    "subsidies:policy-version": Door("policy", get=POLICY_READ),
    "subsidies:policy-submit": Door("policy_draft", post={"editor"}),
    "subsidies:policy-return": Door("policy_review", post={"publisher"}),
    "subsidies:policy-publish": Door("policy_review", post={"publisher"}),
    "subsidies:policy-end": Door("policy", post={"publisher"}),
    "subsidies:policy-repeal": Door("policy_coming", post={"publisher"}),
    "subsidies:policy-document": Door("policy_draft", post={"editor"}),
    "subsidies:policy-difference": Door("policy", get=POLICY_READ),
    "subsidies:policy-edit": Door("policy_draft", get={"editor", "auditor"}),
    "subsidies:policy-json": Door(
        "policy_draft", get={"editor", "auditor"}, post={"editor"}, refused={"auditor"}
    ),
    "subsidies:policy-piece": Door(
        "policy_piece", get={"editor", "auditor"}, post={"editor"}, refused={"auditor"}
    ),
    "subsidies:policy-piece-move": Door("policy_move", post={"editor"}),
    "subsidies:policy-cases": Door("policy", get=POLICY_READ),
    "subsidies:policy-case-from": Door("policy_draft", post={"editor"}),
    "subsidies:policy-case": Door(
        "policy_case_read", get=POLICY_READ, post={"editor"}, refused=POLICY_READ - {"editor"}
    ),
    "subsidies:policy-case-drop": Door("policy_case", post={"editor"}),
    "subsidies:policy-impacts": Door(
        "policy",
        get=POLICY_READ,
        post={"editor", "publisher"},
        refused=POLICY_READ - {"editor", "publisher"},
    ),
    "subsidies:policy-impact": Door("impact", get=POLICY_DESK),
    "subsidies:policy-impact-cancel": Door("impact", post={"editor", "publisher"}),
    "subsidies:policy-impact-xlsx": Door("impact", get=POLICY_DESK),
    "api-policy-impacts": Door(
        "policy",
        get=POLICY_READ,
        post={"editor", "publisher"},
        refused=POLICY_READ - {"editor", "publisher"},
        unknown=far(*OF_POLICIES),
    ),
    "api-policy-impact": Door(
        "impact", get=POLICY_DESK, unknown=far(*OF_POLICIES) | {"ministry", "ministry_policy"}
    ),
    "api-policy-impact-cancel": Door(
        "impact",
        post={"editor", "publisher"},
        unknown=far("editor", "publisher") | {"ministry_policy"},
    ),
    "api-policy-desk": Door(
        get=both(*OF_POLICIES) | {"auditor", "ministry", "ministry_policy"},
        post={"editor", "far_editor", "ministry_policy"},
        refused=both(*OF_POLICIES) - {"editor", "far_editor"} | {"auditor", "ministry"},
    ),
    "api-policy": Door(
        "policy_draft",
        get=POLICY_DESK,
        post={"editor"},
        refused=POLICY_DESK - {"editor"},
        unknown=far(*OF_POLICIES) | {"ministry", "ministry_policy"},
        method="put",
    ),
    "api-policy-cases": Door(
        "policy_draft",
        get=POLICY_DESK,
        post={"editor"},
        refused=POLICY_DESK - {"editor"},
        unknown=far(*OF_POLICIES) | {"ministry", "ministry_policy"},
        method="put",
    ),
    "api-policy-submit": Door(
        "policy_draft", post={"editor"}, unknown=frozenset({"far_editor", "ministry_policy"})
    ),
    "api-policy-return": Door(
        "policy_review", post={"publisher"}, unknown=frozenset({"far_publisher", "ministry_policy"})
    ),
    "api-policy-publish": Door(
        "policy_review", post={"publisher"}, unknown=frozenset({"far_publisher", "ministry_policy"})
    ),
    "api-policy-end": Door(
        "policy",
        post={"publisher"},
        refused=frozenset({"ministry_policy"}),
        unknown=frozenset({"far_publisher"}),
    ),
    "api-policy-repeal": Door(
        "policy",
        post={"publisher"},
        refused=frozenset({"ministry_policy"}),
        unknown=frozenset({"far_publisher"}),
    ),
    "subsidies:money": Door(get=MONEY | far("maker", "checker")),
    "subsidies:propose_budget": Door(post={"maker"}, refused=far("maker")),
    "subsidies:issue_budget": Door("proposal", post={"checker"}),
    "subsidies:refuse_budget": Door("proposal", post={"checker"}),
    "subsidies:close_hold": Door("hold", post=KEEPERS),
    "subsidies:batches": Door(get=MONEY | far("maker", "checker")),
    "subsidies:assemble_batch": Door(post={"maker"}, refused=far("maker")),
    "subsidies:batch": Door("batch", get=MONEY),
    "subsidies:bank_profiles": Door(get=MONEY | far("maker", "checker")),
    "subsidies:bank_profile": Door("profile", get=MONEY),
    "subsidies:new_bank_profile": Door(
        get=MONEY | far("maker", "checker"),
        post={"maker"},
        refused={"checker", "ministry", "auditor"} | far("maker", "checker"),
    ),
    "subsidies:edit_bank_profile": Door(
        "profile_draft", get=MONEY, post={"maker"}, refused={"checker", "ministry", "auditor"}
    ),
    "subsidies:live_bank_profile": Door("profile_draft", post={"checker"}),
    "subsidies:discard_bank_profile": Door("profile_draft", post=OFFICERS),
    "subsidies:account_changes": Door(get=MONEY | far("maker", "checker")),
    "api-left-out": Door(get=MONEY | far("maker", "checker")),
    "api-bank-profiles": Door(
        get=MONEY | far("maker", "checker"),
        post={"maker"},
        refused={"checker", "ministry", "auditor"} | far("maker", "checker"),
    ),
    "api-bank-profile-live": Door("profile_draft", post={"checker"}, unknown=far("checker")),
    "api-bank-profile-discard": Door("profile_draft", post=OFFICERS, unknown=far("maker", "checker")),
    "subsidies:check_batch": Door("batch", post={"checker"}),
    "subsidies:release_batch": Door("batch", post={"checker"}),
    "subsidies:cancel_batch": Door("batch", post=OFFICERS),
    "subsidies:payment_file": Door("sent", post=OFFICERS),
    "subsidies:answer_file": Door("sent", post=OFFICERS),
    "api-money": Door(get=MONEY | far("maker", "checker")),
    "api-budget-propose": Door(post={"maker"}, refused=far("maker")),
    "api-budget-issue": Door("proposal", post={"checker"}, unknown=far("checker")),
    "api-budget-refuse": Door("proposal", post={"checker"}, unknown=far("checker")),
    "api-holds": Door(get=MONEY | NOTICES | far("maker", "checker", "reviewer")),
    "api-hold-close": Door("hold", post=KEEPERS, unknown=far("maker", "checker", "reviewer")),
    "api-batches": Door(
        get=MONEY | far("maker", "checker"),
        post={"maker"},
        refused={"checker", "ministry", "auditor"} | far("maker", "checker"),
    ),
    "api-batch": Door("batch", get=MONEY, unknown=far("maker", "checker")),
    "api-batch-lines": Door("batch", get=MONEY, unknown=far("maker", "checker")),
    "api-batch-check": Door("batch", post={"checker"}, unknown=far("checker")),
    "api-batch-release": Door("batch", post={"checker"}, unknown=far("checker")),
    "api-batch-cancel": Door("batch", post=OFFICERS, unknown=far("maker", "checker")),
    "api-batch-file": Door("sent", post=OFFICERS, unknown=far("maker", "checker")),
    "api-batch-answer": Door("sent", post=OFFICERS, unknown=far("maker", "checker")),
    # the ledger
    "subsidies:book": Door("book", get=MONEY),
    "subsidies:statement": Door("account", get=MONEY),
    "subsidies:statement_file": Door("account_file", get=MONEY),
    "subsidies:entry": Door("journal_entry", get=MONEY),
    "api-book": Door("book", get=MONEY, unknown=far("maker", "checker")),
    "api-book-postings": Door("account", get=MONEY, unknown=far("maker", "checker")),
    "api-entry": Door("journal_entry", get=MONEY, unknown=far("maker", "checker")),
    "subsidies:proofs": Door(get=PROVED),
    "subsidies:proof": Door("proof_run", get=PROVED),
    "api-proofs": Door(get=PROVED),
    "api-proof": Door("proof_run", get=PROVED),
    # recovery
    "subsidies:debts": Door(get=SIGNED),
    "subsidies:debt": Door("debt", get=OWN, post=OWN),
    "api-debts": Door(get=SIGNED),
    "api-debt": Door("debt", get=OWN, unknown=OTHERS),
    "api-debt-reply": Door("debt", post=OWN, unknown=OTHERS),
    "subsidies:recoveries": Door(get=RECOVERY | far("recovery", "maker", "checker")),
    "subsidies:propose_recovery": Door(post={"recovery"}, refused=far("recovery")),
    "subsidies:recovery": Door("recovery", get=RECOVERY),
    "subsidies:recovery_step": Door("recovery_step", post=SECOND),
    "subsidies:confirm_settlement": Door("settlement", post=SECOND),
    "subsidies:refuse_settlement": Door("settlement", post=SECOND),
    "subsidies:lift_sanction": Door("sanction", post={"recovery"}),
    "api-recoveries": Door(
        get=RECOVERY | far("recovery", "maker", "checker"),
        post={"recovery"},
        refused=(RECOVERY - {"recovery"}) | far("recovery", "maker", "checker"),
    ),
    "api-recovery": Door("recovery", get=RECOVERY, unknown=far("recovery", "maker", "checker")),
    "api-recovery-notify": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-recovery-order": Door("recovery", post=SECOND, unknown=far("recovery", "checker")),
    "api-recovery-enforce": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-recovery-cancel": Door("recovery", post=SECOND, unknown=far("recovery", "checker")),
    "api-recovery-repayment": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-recovery-write-off": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-recovery-offset": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-recovery-plan": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-recovery-sanction": Door("recovery", post={"recovery"}, unknown=far("recovery")),
    "api-settlement-confirm": Door("settlement", post=SECOND, unknown=far("recovery", "checker")),
    "api-settlement-refuse": Door("settlement", post=SECOND, unknown=far("recovery", "checker")),
    "api-sanction-lift": Door("sanction", post={"recovery"}, unknown=far("recovery")),
    # what the checks for fraud found
    "subsidies:findings": Door(get=FINDINGS | far(*FINDERS)),
    "subsidies:finding": Door("finding", get=FINDINGS),
    "subsidies:decide_finding": Door("finding_step", post=FINDERS),
    "subsidies:fraud_report": Door(get={"auditor", "ministry_policy"}),
    "subsidies:set_fraud_number": Door(post={"ministry_policy"}),
    "subsidies:fraud_groups": Door(get=NETWORK | far("investigator")),
    "subsidies:fraud_group": Door("claim_group", get=NETWORK),
    "api-findings": Door(get=FINDINGS | far(*FINDERS)),
    "api-finding": Door("finding", get=FINDINGS, unknown=far(*FINDERS)),
    "api-finding-dismiss": Door("finding", post=FINDERS, unknown=far(*FINDERS)),
    "api-finding-confirm": Door("finding", post=FINDERS, unknown=far(*FINDERS)),
    # notices
    "subsidies:notice_desk": Door(get=NOTICES | far("maker", "checker", "reviewer")),
    "subsidies:publish_notice": Door(post={"reviewer", "maker"}, refused=far("reviewer", "maker")),
    "api-notice-publish": Door(post={"reviewer", "maker"}, refused=far("reviewer", "maker")),
    "subsidies:publish_payments": Door(post={"reviewer", "maker"}, refused=far("reviewer", "maker")),
    "api-payment-notice-publish": Door(post={"reviewer", "maker"}, refused=far("reviewer", "maker")),
    # supervision
    "overview": Door(get=FIGURES),
    "overview_csv": Door(get=FIGURES),
    "api-overview": Door(get=FIGURES),
    "audit:list": Door(get={"auditor", "operator"}),
}


def url_of(world: World, name: str) -> str:
    args = DOORS[name].args
    return reverse(name, kwargs=world.args[args] if args else None)


def addresses(patterns=None, prefix="", space=""):
    """(name, pattern) of all addresses; django-allauth's are its own."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(found, URLPattern):
            yield f"{space}{found.name}", prefix + str(found.pattern)
        elif prefix + str(found.pattern) != "accounts/":
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from addresses(found.url_patterns, prefix + str(found.pattern), inner)
