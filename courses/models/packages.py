"""SCORM packages of lessons: in quarantine until they have been looked at, then unpacked file by file."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from courses.models.content import Lesson
from courses.packages import sentence
from courses.workflow import PackageState


class Package(models.Model):
    """One uploaded package. The row is the truth: `due_at` is when a worker looks next, `done` of `total` how far it is.

    `quarantine_key` is the upload itself, which nobody is ever given; `prefix` is where the files of a `ready` package
    lie, each under a number. A copy of a version shares the files of the first. `items` are `{"title", "href"}`.
    A package outlives a deleted `lesson` until its files are swept.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, null=True, related_name="packages")
    state = models.CharField(max_length=10, choices=PackageState.choices, default=PackageState.WAITING)
    name = models.CharField(max_length=200)
    bytes = models.PositiveBigIntegerField()
    quarantine_key = models.CharField(max_length=120, blank=True)
    prefix = models.CharField(max_length=80, blank=True)
    standard = models.CharField(max_length=4, blank=True)
    title = models.CharField(max_length=200, blank=True)
    items = models.JSONField(default=list, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refused_code = models.CharField(max_length=30, blank=True)
    refused_about = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson"], condition=Q(state=PackageState.READY), name="package_one_ready"
            ),
            models.UniqueConstraint(
                fields=["lesson"], condition=Q(state=PackageState.WAITING), name="package_one_waiting"
            ),
            models.CheckConstraint(condition=Q(state__in=PackageState.values), name="package_state_is_known"),
            models.CheckConstraint(
                condition=Q(lesson__isnull=False)
                | Q(state__in=[PackageState.REFUSED, PackageState.REPLACED]),
                name="package_has_its_lesson",
            ),
            models.CheckConstraint(
                condition=Q(state=PackageState.WAITING, decided_at__isnull=True, due_at__isnull=False)
                | (~Q(state=PackageState.WAITING) & Q(decided_at__isnull=False, due_at__isnull=True)),
                name="package_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=(Q(state=PackageState.REFUSED) & ~Q(refused_code=""))
                | (~Q(state=PackageState.REFUSED) & Q(refused_code="", refused_about="")),
                name="package_refused_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=PackageState.READY) | (~Q(prefix="") & ~Q(standard="") & Q(total__gt=0)),
                name="package_ready_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(bytes__gt=0, done__lte=F("total")), name="package_measures_fit"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="package_due"),
            models.Index(fields=["prefix"], condition=~Q(prefix=""), name="package_by_prefix"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def refusal(self) -> str:
        return sentence(self.refused_code, self.refused_about) if self.refused_code else ""


class PackageFile(models.Model):
    """A file of a package: what a frame asks for, without capitals, and the number it is stored under.

    The path never reaches the storage, so that no path can lead out of it.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=720)
    number = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = pgettext_lazy("thing", "File of a package")
        constraints = [
            models.UniqueConstraint(fields=["package", "path"], name="package_path_once"),
            models.UniqueConstraint(fields=["package", "number"], name="package_number_once"),
        ]

    def __str__(self) -> str:
        return self.path
