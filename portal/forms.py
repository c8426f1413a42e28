"""How forms look and speak: label above, hint under it, error between hint and field, a summary on top.

`{{ form }}` renders all of it from templates/django/forms/. A form needs no styling of its own; a widget may carry
`class="input--code"` and the like, which is kept.
"""

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext

CODE = "one-time-code"


class Bound(BoundField):
    """A field on a page: knows its classes and where the summary's link should lead."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if field.widget.attrs.get("autocomplete") == CODE:
            self.label = gettext("Code")  # one word for it on all pages, django-allauth's included

    @property
    def is_tick(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_optional(self) -> bool:
        """Said in words beside the label; required fields say nothing, most are."""
        return not self.field.required and not self.field.disabled and not self.is_hidden

    @property
    def target_id(self) -> str:
        return self.id_for_label or self.auto_id

    def build_widget_attrs(self, attrs: dict, widget: forms.Widget | None = None) -> dict:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if self._is_box(widget):
            own = attrs.get("class") or widget.attrs.get("class", "")
            code = " input--code" if widget.attrs.get("autocomplete") == CODE else ""
            attrs["class"] = f"input{code} {own}".strip()
            if widget.attrs.get("placeholder") in (self.label, str(self.label)):
                attrs["placeholder"] = False
        return attrs

    @staticmethod
    def _is_box(widget: forms.Widget) -> bool:
        """Text boxes, selects and text areas are boxes; ticks, radios and hidden inputs are not."""
        return not widget.is_hidden and not isinstance(
            widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple
        )


class Renderer(TemplatesSetting):
    """The form renderer of the whole site (FORM_RENDERER)."""

    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = Bound
