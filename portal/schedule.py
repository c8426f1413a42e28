"""What Celery's beat asks for, and when. Each task finds in the database what is due; a tick that is missed is made up by the next."""

from celery.schedules import crontab

_EACH_TICK = {
    "courses to hold against new standards": "courses.tasks.recheck_due_courses",
    "licences that take effect": "courses.tasks.apply_due_licences",
    "packages to look at": "courses.tasks.check_due_packages",
    "papers to look at": "courses.tasks.check_due_papers",
    "words of what was published": "courses.tasks.learn_words",
    "imports to read or apply": "courses.tasks.work_on_due_imports",
    "play sessions that fell silent": "learners.tasks.close_silent_sessions",
    "chains of learning time to prove": "learners.tasks.work_on_due_proofs",
    "counting rules to try": "learners.tasks.work_on_due_trials",
    "exams whose time is up": "learners.tasks.close_due_attempts",
    "assessors to draw": "learners.tasks.draw_due_assessors",
    "courses that are completed": "learners.tasks.complete_due_enrolments",
    "exams to grade anew": "learners.tasks.regrade_due_exams",
    "exams to count into the figures of questions": "learners.tasks.figure_due_attempts",
    "classes to tell of": "learners.tasks.tell_of_classes",
    "exams to look at": "learners.tasks.look_at_graded_exams",
    "questions whose answer is late": "learners.tasks.pass_late_enquiries",
    "seats that are free": "learners.tasks.offer_free_seats",
    "lists of staff to apply": "learners.tasks.apply_rosters",
    "invitations to send": "learners.tasks.tell_invited",
    "help that is over": "learners.tasks.end_help",
    "certificates that are due": "certificates.tasks.issue_due_certificates",
    "papers of certificates to make": "certificates.tasks.make_due_papers",
    "certificates issued elsewhere to check": "certificates.tasks.check_due_registers",
    "days of certificates to tally": "certificates.tasks.tally_certificates",
    "claims to check": "subsidies.tasks.check_due_claims",
    "lists of claims to work on": "subsidies.tasks.work_on_due_lists",
    "claims that the checks look at": "subsidies.tasks.look_at_new_claims",
    "registers to ask about claims": "subsidies.tasks.ask_due_registers",
    "returned claims to close": "subsidies.tasks.close_unmended_claims",
    "impact runs to go on with": "subsidies.tasks.work_on_due_impacts",
    "claims waiting for funds": "subsidies.tasks.fund_waiting_claims",
    "notices that have ended": "subsidies.tasks.end_due_notices",
    "batches to work on": "subsidies.tasks.work_on_due_batches",
    "accounts to ask the bank about": "subsidies.tasks.ask_due_names",
    "changes of accounts to tell of": "portal.notices.tasks.tell_of_account_changes",
    "payment files to write": "subsidies.tasks.write_due_payment_files",
    "bank answers to read": "subsidies.tasks.read_due_answer_files",
    "bank answers to apply": "subsidies.tasks.apply_due_answers",
    "closed budget years to carry on": "subsidies.tasks.carry_closed_years",
    "evidence packs to make": "subsidies.tasks.make_due_packs",
    "films to make": "courses.tasks.make_films",
    "films that are over": "courses.tasks.tend_films",
    "webhook messages to send": "courses.tasks.send_due_deliveries",
    "notices to send": "portal.notices.tasks.deliver_due_notices",
    "copies of own data to make": "portal.owndata.tasks.make_due_copies",
}
_AT_TIMES = {
    "courses that count for the subsidy": {
        "task": "courses.tasks.refresh_subsidised",
        "schedule": crontab(hour=0, minute=5),
    },
    "chains of learning time, once a night": {
        "task": "learners.tasks.begin_nightly_proof",
        "schedule": crontab(hour=1, minute=20),
    },
    "names that the search does not know yet": {
        "task": "courses.tasks.index_renamed_courses",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "how promised answers were kept": {
        "task": "learners.tasks.figure_promises",
        "schedule": crontab(minute=25),
        "options": {"expires": 3000},
    },
    "deadlines that are near": {
        "task": "learners.tasks.tell_of_near_deadlines",
        "schedule": crontab(minute=40),
        "options": {"expires": 3000},
    },
    "calls of partners to forget": {
        "task": "courses.tasks.forget_partner_calls",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "messages to partners to forget": {
        "task": "courses.tasks.forget_deliveries",
        "schedule": crontab(hour=2, minute=20),
    },
    "films of practical work to delete": {
        "task": "learners.tasks.delete_old_practice_films",
        "schedule": crontab(hour=3, minute=10),
    },
    "papers of key groups to remove": {
        "task": "learners.tasks.forget_group_papers",
        "schedule": crontab(hour=3, minute=10),
    },
    "people of former platforms to forget": {
        "task": "portal.accounts.tasks.forget_unclaimed_arrivals",
        "schedule": crontab(hour=3, minute=40),
    },
    "sign-ins to forget": {
        "task": "portal.accounts.tasks.forget_sign_ins",
        "schedule": crontab(hour=3, minute=50),
    },
    "lists of staff to clear": {
        "task": "learners.tasks.forget_staff",
        "schedule": crontab(hour=3, minute=20),
    },
    "lists of claims to clear": {
        "task": "subsidies.tasks.clear_old_lists",
        "schedule": crontab(hour=3, minute=25),
    },
    "files of imports to remove": {
        "task": "courses.tasks.clear_old_imports",
        "schedule": crontab(hour=2, minute=40),
    },
    "checks for fraud, each hour": {
        "task": "subsidies.tasks.look_hourly",
        "schedule": crontab(minute=15),
        "options": {"expires": 3000},
    },
    "checks for fraud, each night": {
        "task": "subsidies.tasks.look_nightly",
        "schedule": crontab(hour=1, minute=40),
    },
    "checks for fraud, each week": {
        "task": "subsidies.tasks.look_weekly",
        "schedule": crontab(hour=2, minute=10, day_of_week=1),
    },
    "checks for fraud, each month": {
        "task": "subsidies.tasks.look_monthly",
        "schedule": crontab(hour=2, minute=30, day_of_month=1),
    },
    "payments to recover": {
        "task": "subsidies.tasks.propose_recoveries",
        "schedule": crontab(hour=2, minute=50),
    },
    "figures of the reports": {
        "task": "subsidies.tasks.take_figures",
        "schedule": crontab(minute=15),
        "options": {"expires": 3000},
    },
    "books to prove": {
        "task": "subsidies.tasks.reconcile_nightly",
        "schedule": crontab(hour=4, minute=10),
    },
    "evidence packs to delete": {
        "task": "subsidies.tasks.delete_old_packs",
        "schedule": crontab(minute=20),
        "options": {"expires": 3000},
    },
    "copies of own data to delete": {
        "task": "portal.owndata.tasks.delete_old_copies",
        "schedule": crontab(minute=10),
        "options": {"expires": 3000},
    },
}


def schedule(tick: float) -> dict[str, dict[str, object]]:
    """`tick` in seconds."""
    ticking = {
        name: {"task": task, "schedule": tick, "options": {"expires": 60}}
        for name, task in _EACH_TICK.items()
    }
    return ticking | _AT_TIMES
