"""What a course says of itself, on one page: for a new course and for the draft of one."""

from decimal import Decimal

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import EditForm
from courses.models import Course, CourseVersion, Occupation
from courses.models.catalogue import LEVEL_NAMES
from courses.selectors.authoring import providers_for
from portal.accounts.models import User
from portal.groups import name_of, official


def group_choices() -> list[tuple[str, str]]:
    """The key groups that a source names."""
    return [(group.code, group.name) for group in official()]


def occupation_choices() -> list[tuple[str, object]]:
    """Every occupation with its edition, under its major group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in Occupation.objects.order_by("-edition", "code"):
        groups.setdefault(row.major_name, []).append(
            (str(row.pk), f"{row.name} · {row.code} ({row.edition})")
        )
    return [("", "—"), *groups.items()]


def stored_words(version: CourseVersion) -> dict[str, object]:
    """The version as the form's fields say it."""
    return {
        "title_zh": version.title_zh,
        "title_en": version.title_en,
        "summary_zh": version.summary_zh,
        "summary_en": version.summary_en,
        "occupation": str(version.occupation_id),
        "certificate_kind": version.certificate_kind,
        "level": str(version.level or ""),
        "hours": Decimal(version.hours_tenths) / 10,
        "delivery": version.delivery,
        "for_subsidy": version.for_subsidy,
        "price": Decimal(version.price_fen) / 100,
        "key_groups": list(version.key_groups),
    }


class CourseForm(EditForm):
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    summary_zh = forms.CharField(
        label=_("Summary in Chinese"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    summary_en = forms.CharField(
        label=_("Summary in English"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    occupation = forms.ChoiceField(
        label=_("Occupation"),
        help_text=_("With the edition of the classification its code belongs to."),
        choices=occupation_choices,
    )
    certificate_kind = forms.ChoiceField(label=_("Certificate"), choices=Course.CertificateKind.choices)
    level = forms.ChoiceField(
        label=_("Level"),
        help_text=_("Only for a level certificate."),
        choices=[("", "—"), *((str(n), name) for n, name in LEVEL_NAMES.items())],
        required=False,
    )
    hours = forms.DecimalField(
        label=_("Class hours"),
        help_text=_("One class hour is 45 minutes."),
        min_value=Decimal("0.1"),
        max_value=2000,
        max_digits=5,
        decimal_places=1,
    )
    delivery = forms.ChoiceField(label=_("Teaching"), choices=Course.Delivery.choices)
    price = forms.DecimalField(
        label=_("Price in yuan"),
        help_text=_("0 for a free course."),
        min_value=0,
        max_value=100_000,
        max_digits=8,
        decimal_places=2,
        required=False,
    )
    for_subsidy = forms.BooleanField(
        label=_("Offered for the subsidy: it must meet the standard of its occupation"), required=False
    )
    key_groups = forms.MultipleChoiceField(
        label=_("Made for"),
        choices=group_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # a code that came by another way stays
        known = group_choices()
        others = [code for code in self.stored.get("key_groups", []) if code not in dict(known)]
        self.fields["key_groups"].choices = [*known, *((code, name_of(code) or code) for code in others)]

    def clean(self) -> dict[str, object]:
        said = super().clean()
        kind, level = said.get("certificate_kind"), said.get("level")
        if kind == Course.CertificateKind.LEVEL and not level:
            self.add_error("level", _("A level certificate needs a level from 5 to 1."))
        if kind and kind != Course.CertificateKind.LEVEL and level:
            self.add_error("level", _("Only a level certificate has a level. Choose none."))
        return said

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        said = dict(typed)
        said["occupation"] = Occupation.objects.get(pk=said["occupation"])
        said["level"] = int(said["level"]) if said["level"] else None
        said["hours_tenths"] = int(said.pop("hours") * 10)
        said["price_fen"] = int((said.pop("price") or 0) * 100)
        return said


class NewCourseForm(CourseForm):
    """A course that is not there yet. `organisation` is one the author may write for."""

    organisation = forms.ChoiceField(label=_("Provider"))
    field_order = ("title_zh", "title_en", "summary_zh", "summary_en", "organisation")

    def __init__(self, data: object = None, *, user: User) -> None:
        super().__init__(data, stored={"hours": None, "key_groups": []}, revision=0)
        self.providers = {str(row.pk): row for row in providers_for(user)}
        english = (get_language() or "").startswith("en")
        self.fields["organisation"].choices = [
            (pk, row.name_en if english and row.name_en else row.name_zh)
            for pk, row in self.providers.items()
        ]

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        """Arguments of `create_course`."""
        said = super().as_columns(typed)
        said["organisation"] = self.providers[said["organisation"]]
        said["province"] = said["organisation"].province
        said["hours"] = typed["hours"]
        del said["hours_tenths"]
        return said
