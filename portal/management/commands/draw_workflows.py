from importlib import import_module

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.moves import drawing

TABLES = (
    ("A course", "courses.workflow", "MOVES"),
    ("A version of a course", "courses.workflow", "VERSION_MOVES"),
    ("A provider's licence in a province", "courses.workflow", "LICENCE_MOVES"),
    ("A paper of a provider", "courses.workflow", "PAPER_MOVES"),
    ("A content and duration standard", "courses.workflow", "STANDARD_MOVES"),
    ("A film", "courses.workflow", "FILM_MOVES"),
    ("An imported package", "courses.workflow", "PACKAGE_MOVES"),
    ("An import", "courses.workflow", "IMPORT_MOVES"),
    ("An address for webhooks", "courses.workflow", "ENDPOINT_MOVES"),
    ("A message to it", "courses.workflow", "DELIVERY_MOVES"),
    ("A notice on its way", "portal.notices.workflow", "MOVES"),
    ("A copy of own data", "portal.owndata.workflow", "MOVES"),
    ("An enrolment", "learners.workflow", "ENROLMENT_MOVES"),
    ("A place in the line for a seat", "learners.workflow", "WAITING_MOVES"),
    ("A membership of a key group", "learners.workflow", "GROUP_MOVES"),
    ("A list of staff", "learners.workflow", "ROSTER_MOVES"),
    ("An employer's invitation", "learners.workflow", "INVITATION_MOVES"),
    ("Help at a county desk", "learners.workflow", "HELP_MOVES"),
    ("A counting edition", "learners.workflow", "EDITION_MOVES"),
    ("A play session", "learners.workflow", "SESSION_MOVES"),
    ("An attempt at the exam", "learners.workflow", "ATTEMPT_MOVES"),
    ("An appeal about it", "learners.workflow", "APPEAL_MOVES"),
    ("A signal about it", "learners.workflow", "SIGNAL_MOVES"),
    ("A question of a learner", "learners.workflow", "ENQUIRY_MOVES"),
    ("A published answer", "learners.workflow", "FAQ_MOVES"),
    ("A report", "learners.workflow", "REPORT_MOVES"),
    ("A film of practical work", "learners.workflow", "SUBMISSION_MOVES"),
    ("An assessment of it", "learners.workflow", "ASSESSMENT_MOVES"),
    ("A contest of refused time", "learners.workflow", "CONTEST_MOVES"),
    ("A correction of counted time", "learners.workflow", "CORRECTION_MOVES"),
    ("A live class or a workshop day", "learners.workflow", "MEETING_MOVES"),
    ("A certificate", "certificates.workflow", "MOVES"),
    ("A proposal to revoke or replace it", "certificates.workflow", "PROPOSAL_MOVES"),
    ("A batch of certificates", "certificates.workflow", "BATCH_MOVES"),
    ("A template of its paper", "certificates.workflow", "TEMPLATE_MOVES"),
    ("A certificate issued elsewhere", "certificates.workflow", "EXTERNAL_MOVES"),
    ("A policy version", "subsidies.workflow.policies", "POLICY_MOVES"),
    ("An impact run", "subsidies.workflow.policies", "RUN_MOVES"),
    ("A claim", "subsidies.workflow.claims", "MOVES"),
    ("A list of claims", "subsidies.workflow.lists", "LIST_MOVES"),
    ("A project contract", "subsidies.workflow.contracts", "CONTRACT_MOVES"),
    ("A budget proposal", "subsidies.workflow.money", "PROPOSAL_MOVES"),
    ("An entitlement", "subsidies.workflow.money", "ENTITLEMENT_MOVES"),
    ("A recovery", "subsidies.workflow.recovery", "RECOVERY_MOVES"),
    ("What settles a recovery", "subsidies.workflow.recovery", "SETTLEMENT_MOVES"),
    ("A batch", "subsidies.workflow.money", "BATCH_MOVES"),
    ("A batch line", "subsidies.workflow.money", "LINE_MOVES"),
    ("An evidence pack", "portal.madefiles.workflow", "MOVES"),
    ("A bank profile", "subsidies.workflow.money", "PROFILE_MOVES"),
)
PREFACE = """# Workflows

State moves only along these arrows: pages ask the table which buttons to show, services ask it before they write, and
the database refuses what it does not hold. Drawn by `manage.py draw_workflows`; a test keeps this page true.
"""


def page() -> str:
    """docs/workflows.md as it should stand."""
    parts = [PREFACE]
    for title, module, name in TABLES:
        parts.append(f"## {title}\n\n```mermaid\n{drawing(getattr(import_module(module), name))}\n```\n")
    return "\n".join(parts)


class Command(BaseCommand):
    help = "Write docs/workflows.md from the tables of moves."

    def handle(self, **_options: object) -> None:
        path = settings.BASE_DIR / "docs" / "workflows.md"
        path.write_text(page(), encoding="utf-8")
        self.stdout.write(f"wrote {path}")
