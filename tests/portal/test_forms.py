"""How a form looks: label, hint, error, box, and a summary that leads to each."""

from django import forms

from portal.forms import Bound


class Person(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    card = forms.CharField(label="Card", min_length=16, widget=forms.TextInput(attrs={"class": "num"}))
    code = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
    way = forms.ChoiceField(label="Way", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")


def test_hint_and_error_are_read_with_their_box():
    shown = str(Person({"name": "", "card": "6217"}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert (
        shown.index('id="id_name_helptext"') < shown.index('id="id_name_error"') < shown.index('name="name"')
    )


def test_what_was_typed_is_kept():
    assert 'value="6217 &lt;"' in str(Person({"card": "6217 <"}))


def test_the_summary_links_to_every_wrong_field():
    form = Person({"card": "6217"})
    form.add_error(None, "All of it is <wrong>")
    shown = str(form)
    for target in ("id_name", "id_card", "id_way", "id_agreed"):
        assert f'href="#{target}"' in shown
        assert f'id="{target}"' in shown
    assert "All of it is &lt;wrong&gt;" in shown


def test_a_fresh_form_has_no_summary():
    assert "summary" not in str(Person())


def test_boxes_have_their_class_and_ticks_have_none():
    form = Person()
    assert isinstance(form["card"], Bound)
    assert 'class="input num"' in str(form["card"])
    assert 'class="input input--code"' in str(form["code"])
    assert "input" not in (form["agreed"].build_widget_attrs({}).get("class") or "")
    assert '<fieldset class="field"' in str(form)


def test_optional_fields_say_so():
    form = Person()
    assert form["code"].is_optional
    assert not form["name"].is_optional
