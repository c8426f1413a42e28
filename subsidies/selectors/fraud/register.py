"""The closed register of checks: what each looks at, when, and what follows. `docs/fraud.md` is held true to it by a test."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subsidies.fraud.checks import Check, OfClaims, OfTime, When
from subsidies.selectors.fraud import bursts, officers, outside, people, study

HOLD, SAMPLE, REPORT = "hold", "sample", "report"
ON_THE_WAY: Final = frozenset({When.SUBMIT, When.BATCH})
AT_SUBMIT: Final = frozenset({When.SUBMIT})
AT_NIGHT: Final = frozenset({When.NIGHTLY})


def _of_claims(
    code: str, number: int, action: str, when: frozenset[When], ask: OfClaims, *words: object
) -> Check:
    return Check(code, number, action, when, *words, of_claims=ask)


def _of_time(code: str, number: int, action: str, when: When, ask: OfTime, *words: object) -> Check:
    return Check(code, number, action, frozenset({when}), *words, of_time=ask)


CHECKS: Final[tuple[Check, ...]] = (
    _of_claims(
        "same_person",
        1,
        SAMPLE,
        AT_SUBMIT,
        people.same_person,
        _("One person with several accounts"),
        _("The resident ID of the claimant also stands at another account: %(accounts)s accounts."),
        _("Somebody changed the phone number and began anew after a former platform."),
    ),
    _of_claims(
        "right_twice",
        2,
        HOLD,
        ON_THE_WAY,
        people.right_twice,
        _("The same right claimed more than once"),
        _("The same occupation and level, or the same certificate number, is claimed %(claims)s times."),
        _("A mistyped certificate number; a claim that is about to be withdrawn."),
    ),
    _of_claims(
        "outside_paid",
        3,
        HOLD,
        ON_THE_WAY,
        outside.answered_yes("ui_skill_paid"),
        _("Paid by the unemployment insurance"),
        _("The insurance has paid its skill subsidy for this certificate, as of %(as_of)s."),
        _("The insurance has asked for its money back since."),
    ),
    _of_claims(
        "same_training",
        4,
        HOLD,
        AT_SUBMIT,
        people.same_training,
        _("One training for several claimants"),
        _(
            "The same course stands behind %(claims)s claims of this person, and %(employers)s employers have the person on their lists for it."
        ),
        _("A change of employer during the course; the certificate was replaced."),
    ),
    _of_claims(
        "shared_account",
        5,
        HOLD,
        ON_THE_WAY,
        people.shared_account,
        _("One bank account for several people"),
        _("%(persons)s people use this bank account, %(staff)s of them in an office or for an organisation."),
        _("A couple with one account; a number that was mistyped."),
    ),
    _of_claims(
        "account_changed",
        7,
        HOLD,
        frozenset({When.BATCH}),
        people.account_changed,
        _("Bank account changed before the payment"),
        _(
            "The bank account was changed %(days)s days ago, after the claim was made (changes by others than its owner: %(others)s)."
        ),
        _("The bank gave out a new card; the desk of the county helped."),
    ),
    _of_claims(
        "shared_phone",
        8,
        HOLD,
        AT_SUBMIT,
        people.shared_phone,
        _("One phone number for several people"),
        _("Employers named %(persons)s people with the phone number of the claimant."),
        _("A foreman took the messages of a team without phones."),
    ),
    _of_claims(
        "shared_device",
        9,
        HOLD,
        AT_NIGHT,
        study.shared_device,
        _("One device for many learners"),
        _("%(persons)s learners opened lessons on the device of this claimant."),
        _("A training room, a library or a county desk with shared computers."),
    ),
    _of_claims(
        "same_cadence",
        10,
        SAMPLE,
        AT_NIGHT,
        study.same_cadence,
        _("Learners in step"),
        _(
            "In one network up to %(persons)s learners opened the same lesson in the same second, %(times)s times."
        ),
        _("A class that starts together when the teacher says so."),
    ),
    _of_claims(
        "study_hours",
        11,
        HOLD,
        AT_NIGHT,
        study.study_hours,
        _("More study than a person can do"),
        _("The longest day has %(longest)s counted hours; learning began at %(hours)s hours of the day."),
        _("Shift work over many months; a clock that was corrected."),
    ),
    _of_claims(
        "same_curve",
        11,
        HOLD,
        AT_NIGHT,
        study.same_curve,
        _("The same course of study as somebody else"),
        _(
            "%(persons)s people have the same %(pieces)s pieces of study, in the same order and to the second as long."
        ),
        _("Live classes that all attended from beginning to end."),
    ),
    _of_claims(
        "presence_failed",
        12,
        HOLD,
        AT_NIGHT,
        study.presence_failed,
        _("Presence checks not answered"),
        _("%(failed)s of %(checks)s presence checks were not answered."),
        _("Somebody who reads slowly, or whose connection breaks."),
    ),
    _of_claims(
        "exam_referred",
        13,
        HOLD,
        AT_SUBMIT,
        study.exam_referred,
        _("A signal about the exam was referred"),
        _("Signals about this person's exams that somebody looked into and referred: %(signals)s."),
        _("The signal was about an exam that this claim does not rest on."),
    ),
    _of_claims(
        "exam_signal",
        13,
        SAMPLE,
        AT_SUBMIT,
        study.exam_signal,
        _("Signals about the exam"),
        _("Signals about this person's exams that nobody has looked into: %(signals)s."),
        _("Most signals have a harmless reason; their page names it."),
    ),
    _of_claims(
        "hours_short",
        14,
        HOLD,
        ON_THE_WAY,
        study.hours_short,
        _("Fewer hours than claimed"),
        _("The completion said %(said)s hours; the ledger of learning time has %(now)s now."),
        _("Time was taken back after the completion for one lesson only."),
    ),
    _of_claims(
        "outside_status",
        16,
        HOLD,
        ON_THE_WAY,
        outside.answered_yes("dead", "imprisoned", "abroad", "pensioner", "civil_servant", "student"),
        _("A status that bars the subsidy"),
        _("A register says yes to a status that bars the subsidy, as of %(as_of)s."),
        _("The status began after the training, or belongs to somebody of the same name."),
    ),
    _of_claims(
        "outside_insured",
        17,
        HOLD,
        AT_SUBMIT,
        outside.answered_yes("insured_elsewhere"),
        _("Insured with somebody else"),
        _("The insurance has the person with another employer or in another place, as of %(as_of)s."),
        _("A change of employer that the insurance learned of late."),
    ),
    _of_claims(
        "outside_unemployed",
        18,
        HOLD,
        ON_THE_WAY,
        outside.answered_yes("contributions_paid"),
        _("Unemployed and yet insured"),
        _("Contributions were paid for somebody who claims as unemployed, as of %(as_of)s."),
        _("Contributions paid late for months before."),
    ),
    _of_claims(
        "outside_status_late",
        19,
        HOLD,
        AT_SUBMIT,
        outside.answered_yes("status_not_confirmed"),
        _("A declared entitlement that its register does not confirm"),
        _("The owner of the list does not confirm what was declared, as of %(as_of)s."),
        _("The list is brought up to date once a quarter."),
    ),
    _of_claims(
        "certificate_doubted",
        20,
        HOLD,
        frozenset({When.SUBMIT, When.BATCH, When.MONTHLY}),
        study.certificate_doubted,
        _("Certificate revoked or in question"),
        _("The certificate is being questioned, or was revoked since."),
        _("The proposal to revoke it is refused."),
    ),
    _of_time(
        "provider_burst",
        21,
        HOLD,
        When.WEEKLY,
        bursts.provider_burst,
        _("A burst of certificates"),
        _("%(certificates)s certificates of this provider in week %(week)s; a usual week has %(usual)s."),
        _("The end of a school year; a campaign of the province."),
    ),
    _of_time(
        "lax_exams",
        22,
        SAMPLE,
        When.WEEKLY,
        bursts.lax_exams,
        _("Exams that nearly all pass alike"),
        _(
            "%(exams)s exams in course %(course)s: %(passed)s%% passed, %(same)s%% with the same score, the middle one took %(minutes)s minutes."
        ),
        _("A short course with an easy exam; experienced workers."),
    ),
    _of_time(
        "claims_spike",
        23,
        HOLD,
        When.HOURLY,
        bursts.claims_spike,
        _("A spike of claims"),
        _("%(claims)s claims for course %(course)s within a day; a usual day has %(usual)s."),
        _("A deadline that ends; a class that completed together."),
    ),
    _of_claims(
        "outside_enterprise",
        24,
        HOLD,
        AT_SUBMIT,
        outside.answered_yes("dormant"),
        _("A new or dormant enterprise"),
        _(
            "The register of enterprises has the provider as dormant, new, or far smaller than its learners, as of %(as_of)s."
        ),
        _("A school that registered under a new name."),
    ),
    _of_time(
        "copied_list",
        26,
        HOLD,
        When.NIGHTLY,
        bursts.copied_list,
        _("A list of staff that is a copy"),
        _("%(alike)s of %(people)s people on this list stand on an earlier list of another employer."),
        _("Two companies of one group; a company that was taken over."),
    ),
    _of_claims(
        "taken_over",
        27,
        HOLD,
        ON_THE_WAY,
        people.taken_over,
        _("An account that may be in other hands"),
        _(
            "%(hours)s hours after a sign-in on a device never used before the bank account was changed; %(devices)s devices were used in all."
        ),
        _("Somebody bought a new phone and got a new card."),
    ),
    _of_time(
        "officer_fast",
        29,
        REPORT,
        When.WEEKLY,
        officers.officer_fast,
        _("Decisions within seconds"),
        _("%(decisions)s decisions in a week; the middle one came %(seconds)s seconds after the one before."),
        _("Many were read first and passed together."),
    ),
    _of_time(
        "officer_night",
        29,
        REPORT,
        When.WEEKLY,
        officers.officer_night,
        _("Decisions at night"),
        _("%(night)s of %(decisions)s decisions of a week fell between 22 and 6 o'clock."),
        _("Work from home after a holiday."),
    ),
    _of_time(
        "officer_one_provider",
        29,
        REPORT,
        When.WEEKLY,
        officers.officer_one_provider,
        _("Decisions for one provider"),
        _("%(one)s of %(decisions)s decisions of a week were for one provider."),
        _("The province has one large provider, or shares claims out by provider."),
    ),
    _of_time(
        "pair_agrees",
        29,
        REPORT,
        When.WEEKLY,
        officers.pair_agrees,
        _("A pair that always agrees"),
        _(
            "%(batches)s of %(all)s batches of this maker were checked by the same colleague, and none was sent back."
        ),
        _("A small office with two people for payments."),
    ),
    _of_time(
        "below_limit",
        30,
        SAMPLE,
        When.MONTHLY,
        bursts.below_limit,
        _("Sums just below a limit"),
        _(
            "%(below)s of %(claims)s claims come to a sum just below %(yuan)s yuan, from which more people look."
        ),
        _("The table of the policy has only such sums."),
    ),
    Check(
        "random_look",
        31,
        HOLD,
        frozenset({When.MONTHLY}),
        pgettext_lazy("fraud", "Random look"),
        _("Drawn by lot from %(claims)s claims of %(month)s. Nothing speaks against this claim."),
        _("This is the usual case."),
    ),
)
"""In the order of the design's numbers. A code is kept with what was found: it is never used anew."""

BY_CODE: Final[dict[str, Check]] = {check.code: check for check in CHECKS}
RANDOM: Final = "random_look"


def due(when: When) -> list[Check]:
    return [check for check in CHECKS if when in check.when]
