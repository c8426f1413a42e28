"""What stands in the catalogue: occupations of the classification, and courses as people find them."""

from fractions import Fraction

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from courses.covers import Cover, cover_of
from courses.workflow import State, VersionState
from portal.models import CheckedTogether

LEVEL_NAMES = {
    5: _("Level 5 (junior)"),
    4: _("Level 4 (intermediate)"),
    3: _("Level 3 (senior)"),
    2: _("Level 2 (technician)"),
    1: _("Level 1 (senior technician)"),
}


def spoken(zh: str, en: str) -> str:
    """The text in the reader's language; Chinese where there is no English."""
    return en if (get_language() or "").startswith("en") and en else zh


class Occupation(models.Model):
    """An occupation by its code in one edition of the national classification.

    `levels` are only as good as `levels_basis` says (courses/data/SOURCES.md): never show them as official unless it
    begins with "found". English names are ours.
    """

    code = models.CharField(max_length=12)
    edition = models.CharField(max_length=4)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=160, blank=True)
    major_code = models.CharField(max_length=2, db_index=True)
    major_zh = models.CharField(max_length=100)
    major_en = models.CharField(max_length=160)
    mid_code = models.CharField(max_length=6)
    mid_zh = models.CharField(max_length=100)
    minor_code = models.CharField(max_length=9)
    minor_zh = models.CharField(max_length=100)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=list)
    levels_basis = models.CharField(max_length=20)
    is_digital = models.BooleanField(default=False)
    is_green = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="occupation_once_per_edition")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> str:
        return spoken(self.name_zh, self.name_en)

    @property
    def major_name(self) -> str:
        return spoken(self.major_zh, self.major_en)

    @property
    def levels_are_proved(self) -> bool:
        return self.levels_basis.startswith("found")


class ShortageListing(models.Model):
    """An occupation on a province's list of occupations in short supply, from a day to a day."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "occupation", "valid_from"], name="shortage_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="shortage_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> "CourseQuerySet":
        return self.filter(state=State.PUBLISHED)

    def listed(self) -> "CourseQuerySet":
        """What anybody may look up: published courses, and suspended ones with a notice."""
        return self.filter(state__in=[State.PUBLISHED, State.SUSPENDED])


class Listed(CheckedTogether):
    """What a course and each of its versions say alike. `hours_tenths` are tenths of a class hour (学时).

    Only a course `for_subsidy` must meet the standard of its occupation. `key_groups` are codes of the groups it is
    made for; `price_fen` is 0 for a free course.
    """

    class CertificateKind(models.TextChoices):
        LEVEL = "level", _("Skill level certificate")
        SPECIAL = "special", _("Special ability certificate")
        COMPLETION = "completion", _("Certificate of completion")

    class Delivery(models.TextChoices):
        VIDEO = "video", pgettext_lazy("delivery", "Video lectures")
        WORKSHOP_FILMED = "workshop_filmed", pgettext_lazy("delivery", "Workshop film")
        LIVE = "live", pgettext_lazy("delivery", "Live classes")
        ASSESSMENT = "assessment", pgettext_lazy("delivery", "Assessment only")

    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    summary_zh = models.CharField(_("summary in Chinese"), max_length=600, blank=True)
    summary_en = models.CharField(_("summary in English"), max_length=1000, blank=True)
    hours_tenths = models.PositiveIntegerField()
    delivery = models.CharField(max_length=20, choices=Delivery.choices)
    certificate_kind = models.CharField(max_length=12, choices=CertificateKind.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="+")
    for_subsidy = models.BooleanField(_("offered for the subsidy"), default=False)
    price_fen = models.PositiveBigIntegerField(_("price"), default=0)
    key_groups = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(hours_tenths__gt=0), name="%(class)s_has_hours"),
            models.CheckConstraint(
                condition=Q(certificate_kind="level", level__isnull=False, level__gte=1, level__lte=5)
                | (Q(certificate_kind__in=["special", "completion"]) & Q(level__isnull=True)),
                name="%(class)s_level_fits_certificate",
                violation_error_message=_(
                    "A level certificate needs a level from 5 to 1; other certificates have none."
                ),
            ),
        ]

    @property
    def title(self) -> str:
        return spoken(self.title_zh, self.title_en)

    @property
    def phrases(self) -> list[str]:
        """The title cut after its full-width colon, where a line may end."""
        head, colon, rest = self.title.partition("：")
        return [head + colon, rest] if rest else [self.title]

    @property
    def summary(self) -> str:
        return spoken(self.summary_zh, self.summary_en)

    @property
    def hours(self) -> Fraction:
        """Class hours (学时)."""
        return Fraction(self.hours_tenths, 10)

    @property
    def level_name(self) -> str:
        return str(LEVEL_NAMES.get(self.level) or self.get_certificate_kind_display())


WORDS = tuple(f.name for f in Listed._meta.local_fields)  # noqa: SLF001 - get_fields() waits for all models


def set_together(stem: str) -> Q:
    """A moment and its actor are known both or neither."""
    return Q(**{f"{stem}_at__isnull": True, f"{stem}_by__isnull": True}) | Q(
        **{f"{stem}_at__isnull": False, f"{stem}_by__isnull": False}
    )


def _only_in(state: State, stem: str) -> Q:
    """`stem`_at and `stem`_reason are there exactly in this state."""
    return (Q(state=state, **{f"{stem}_at__isnull": False}) & ~Q(**{f"{stem}_reason": ""})) | (
        ~Q(state=state) & Q(**{f"{stem}_at__isnull": True, f"{stem}_reason": ""})
    )


class Course(Listed):
    """A course as the catalogue shows it: the words of its current version, its supplier, its state.

    `published_at` and `published_by` are those of the current version. `partner_ref` is the supplier's own name for it.
    `subsidised` is what the catalogue filters by today; whether an enrolment counts is asked on its day.

    `search` holds the grams of `haystack` (courses/grams.py) and how they sound (courses/pinyin.py), `alphabet` sorts by
    the title's pinyin, `indexed_names` are the names of provider and occupation as they were told then; services write
    them when a course is published, drafts have none. `changed_in` is the revision of the catalogue that last changed
    what people find of it; a trigger writes it.
    """

    code = models.CharField(max_length=24, unique=True)
    partner_ref = models.CharField(max_length=80, blank=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNLISTED)
    is_sample = models.BooleanField(default=False)
    subsidised = models.BooleanField(default=False)
    current_version = models.ForeignKey(
        "CourseVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    suspended_reason = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    haystack = models.TextField(blank=True)
    search = SearchVectorField(null=True)
    alphabet = models.BigIntegerField(default=0)
    indexed_names = models.TextField(blank=True)
    changed_in = models.BigIntegerField(default=0, db_index=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            *Listed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]{1,22}[A-Z0-9]$"),
                name="course_code_is_plain",
                violation_error_message=_("A course code is 3 to 24 capital letters, digits and hyphens."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "partner_ref"],
                condition=~Q(partner_ref=""),
                name="course_partner_ref_once",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="course_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | (~Q(haystack="") & Q(search__isnull=False)),
                name="course_published_can_be_found",
            ),
            models.CheckConstraint(condition=set_together("published"), name="course_published_at_with_by"),
            models.CheckConstraint(condition=set_together("suspended"), name="course_suspended_at_with_by"),
            models.CheckConstraint(condition=set_together("withdrawn"), name="course_withdrawn_at_with_by"),
            models.CheckConstraint(
                condition=Q(state=State.UNLISTED, published_at__isnull=True, current_version__isnull=True)
                | (~Q(state=State.UNLISTED) & Q(published_at__isnull=False, current_version__isnull=False)),
                name="course_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=_only_in(State.SUSPENDED, "suspended"),
                name="course_suspended_has_reason",
                violation_error_message=_("State why the course is suspended."),
            ),
            models.CheckConstraint(
                condition=_only_in(State.WITHDRAWN, "withdrawn"),
                name="course_withdrawn_has_reason",
                violation_error_message=_("State why the course is withdrawn."),
            ),
        ]
        indexes = [
            GinIndex(
                fields=["search"],
                name="course_search",
                condition=Q(state=State.PUBLISHED),
                fastupdate=False,
            ),
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(state="published"),
                name="course_newest_published",
            ),
            models.Index(fields=["province", "state"], name="course_by_province"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh}"

    @cached_property
    def drawn(self) -> dict[str | None, str]:
        """How lists show this very object, by language: lists of the catalogue share their objects."""
        return {}

    @property
    def cover(self) -> Cover:
        return cover_of(self.occupation.code)

    @property
    def open_state_name(self) -> str:
        """Name of `open_state`, where a selector has added it."""
        return str(VersionState(self.open_state).label)

    @property
    def is_open(self) -> bool:
        """Whether new learners may enrol. Whoever is enrolled already learns on while a course is suspended."""
        return self.state == State.PUBLISHED


class CatalogueRevision(models.Model):
    """One transaction that changed what people find in the catalogue. A trigger writes it; numbers rise by one.

    Whoever keeps something of the catalogue in memory keeps it under the newest number and `xact` (the transaction's id,
    which a restored database does not repeat). `is_learnt`: the vocabulary knows the words of its courses.
    """

    number = models.BigIntegerField(primary_key=True)
    xact = models.BigIntegerField()
    at = models.DateTimeField()
    is_learnt = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["number"], condition=Q(is_learnt=False), name="revision_to_learn"),
        ]


class KnownWord(models.Model):
    """A Latin word or the pinyin of one that stands in the catalogue. `near` is the word, and it without each one letter.

    Two words one typing error apart (a letter too many, too few, another, or two exchanged) have an entry of `near` in common.
    """

    word = models.CharField(max_length=40, primary_key=True)
    near = ArrayField(models.CharField(max_length=40))

    class Meta:
        indexes = [GinIndex(fields=["near"], name="word_near", fastupdate=False)]
