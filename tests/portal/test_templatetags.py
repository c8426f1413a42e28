"""Tags and drawings: what they say, what they never do (styles, scripts, unescaped text)."""

import datetime as dt
import re
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from portal import drawings
from portal.templatetags import zhixun

SHANGHAI_MORNING = dt.datetime(2026, 3, 15, 16, 30, tzinfo=dt.UTC)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "¥0.00"),
        (5, "¥0.05"),
        (192_000, "¥1,920.00"),
        (-100, "-¥1.00"),
        (None, ""),
        (10**12, "¥10,000,000,000.00"),
    ],
)
def test_fen_are_shown_as_yuan(fen, shown):
    assert zhixun.yuan(fen) == shown


def test_a_catalogue_price_drops_its_zeros_only():
    assert zhixun.yuan_short(192_000) == "¥1,920"
    assert zhixun.yuan_short(192_050) == "¥1,920.50"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(117, 2), "58.5"),
        (Fraction(7996, 100), "79.9"),
        (80, "80"),
        (0, "0"),
        (2.9999, "2.9"),
        (Fraction(1, 3), "0.3"),
        (1234.5, "1,234.5"),
        (None, ""),
    ],
)
def test_hours_are_cut_and_never_rounded_up(value, shown):
    assert zhixun.hours(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (62, "1:02"), (1062.9, "17:42"), (3723, "1:02:03"), (None, "")]
)
def test_a_clock_face(seconds, shown):
    assert zhixun.clockface(seconds) == shown


def test_moments_are_those_of_shanghai():
    assert render("{{ at|moment }} {{ at|iso }}", at=SHANGHAI_MORNING) == "2026-03-16 00:30 2026-03-16"


def test_days_follow_the_language(english):
    def said():
        return render("{{ on|day }}", on=dt.date(2020, 5, 24)).replace("\N{NO-BREAK SPACE}", "_")

    assert said() == "24_May_2020"
    with translation.override("zh-hans"):
        assert said() == "2020_年_5_月_24_日"


def test_shares_and_counts():
    assert zhixun.share(2, 3) == "67%"
    assert zhixun.share(1, 0) == "0%"
    assert zhixun.count(5_904_317) == "5,904,317"


def test_an_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    named = render('{% icon "x" label=name %}', name='Close "it"')
    assert 'role="img"' in named
    assert "&quot;it&quot;" in named


def test_every_icon_used_in_a_template_is_in_the_sprite(settings):
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for kind, name in re.findall(r'{% (icon|pict) "(\w+)"', text):
            assert f'id="{kind[0]}-{name}"' in sprite, f"{path.name} asks for {name}"
        for name in re.findall(r'{% empty _\([^%]*?\) (?:_\([^%]*?\) )?"(\w+)"', text):
            assert re.search(f'id="[ip]-{name}"', sprite), f"{path.name} asks for {name}"


def test_an_empty_place_has_its_picture():
    assert "icons.svg#p-grad" in render('{% empty "Nothing" %}')
    assert "icons.svg#p-weave" in render('{% empty "Nothing" "" "weave" %}')
    assert "icons.svg#i-bell" in render('{% empty "Nothing" "" "bell" %}')


def test_a_note_escapes_what_it_is_given_and_keeps_its_own_markup():
    shown = render('{% note "bad" %}<p>{{ text }}</p>{% endnote %}', text="<script>")
    assert "<p>&lt;script&gt;</p>" in shown
    assert "note--bad" in shown
    assert "<p>plain</p>" in render("{% note %}plain{% endnote %}")


def test_a_status_tag_has_icon_and_word():
    shown = render('{% tag "wait" word %}', word="审核中 <b>")
    assert "#i-clock" in shown
    assert "审核中 &lt;b&gt;" in shown
    assert "#i-" not in render('{% tag "plain" "x" %}')


def test_the_step_under_way_is_marked_for_screen_readers():
    shown = render("{% steps items %}", items=[("done", "A", "04-28"), ("now", "B"), ("todo", "C", "")])
    assert shown.count('aria-current="step"') == 1
    assert "step--done" in shown
    assert "04-28" in shown


def test_failed_rules_come_first():
    items = [{"state": "ok", "title": "fine"}, {"state": "bad", "title": "broken", "reason": "why"}]
    shown = render("{% rules items %}", items=items)
    assert shown.index("broken") < shown.index("fine")
    assert "why" in shown


def test_paging_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/courses/?q=焊工&page=2")
    page = Paginator(range(100), 10).get_page(2)
    shown = Template("{% paging page %}").render(Context({"request": request, "page": page}))
    assert 'aria-current="page"' in shown
    assert "q=%E7%84%8A%E5%B7%A5&amp;page=3" in shown
    assert 'rel="prev"' in shown


def test_one_page_needs_no_paging():
    request = RequestFactory().get("/")
    page = Paginator(range(3), 10).get_page(1)
    assert not Template("{% paging page %}").render(Context({"request": request, "page": page})).strip()


def test_the_mat_draws_one_strip_per_hour():
    drawing = parsed(drawings.mat(100, 58.5, waiting=2, needed=80, label="58.5 of 100"))
    strips = {path.get("class"): path.get("d").count("M") for path in drawing}
    assert strips == {"mat__done": 59, "mat__wait": 2, "mat__todo": 100 - 58 - 2, "mat__need": 1}
    assert drawing.get("aria-label") == "58.5 of 100"


@pytest.mark.parametrize(
    ("total", "done"), [(3, Fraction(3, 2)), (0, 0), (Fraction(7, 2), 9), (100_000, 50_000.5)]
)
def test_the_mat_bears_any_numbers(total, done):
    drawing = parsed(drawings.mat(total, done, needed=total))
    assert len(ET.tostring(drawing)) < 60_000


def test_the_mat_speaks_for_itself(english):
    assert "58.5 of 100 hours counted" in render("{% mat 100 58.5 %}")


def test_coverage_draws_what_counted_and_where_the_film_stands():
    drawing = parsed(
        drawings.coverage(1920, [(0, 420, "counted"), (420, 540, "fast"), (9, 9, "counted")], at=600)
    )
    assert [path.get("class") for path in drawing] == ["cv-base", "cv-counted", "cv-fast", "cv-at"]


def test_a_gauge_never_runs_over_its_end():
    drawing = parsed(drawings.gauge(100, [("paid", 80), ("commit", 80), ("this", 80)]))
    widths = [float(re.search(r"h([\d.]+)v", path.get("d"))[1]) for path in drawing][1:]
    assert sum(widths) == pytest.approx(600)


def test_a_line_needs_two_points():
    assert drawings.spark([1]) == ""
    assert parsed(drawings.spark([3, 3, 3])).find("circle") is not None


@pytest.mark.parametrize(
    "drawing",
    [
        drawings.mat(10, 2, label='"><script>'),
        drawings.coverage(10, [], label='"><script>'),
        drawings.gauge(10, [], label='"><script>'),
        drawings.dayline(1, 5, label='"><script>'),
        drawings.daybars([("<b>", 2)], label='"><script>'),
        drawings.bar(1, 0),
    ],
)
def test_no_drawing_carries_a_style_or_a_script(drawing):
    assert "style" not in drawing
    assert "<script" not in drawing
    parsed(drawing)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Welder", "Welder"),
        ("焊工（五级）", '<span lang="zh-CN">焊工（五级）</span>'),
        ("买买提·𠮷祥", '<span lang="zh-CN">买买提·𠮷祥</span>'),
        ("黔财〔2026〕77 号", '<span lang="zh-CN">黔财〔2026〕77 号</span>'),
        ("Lesson 安全 <b> has 2 films", 'Lesson <span lang="zh-CN">安全</span> &lt;b&gt; has 2 films'),
        (None, "None"),
    ],
)
def test_chinese_on_an_english_page_gets_its_voice(english, text, shown):
    assert render("{{ text|voiced }}", text=text) == shown


def test_a_chinese_page_needs_no_mark():
    with translation.override("zh-hans"):
        assert render("{{ text|voiced }}{{ text|tongue }}", text="焊工 <i>") == "焊工 &lt;i&gt;"


def test_an_option_carries_the_mark_itself(english):
    assert render("<option{{ text|tongue }}>", text="焊工") == '<option lang="zh-CN">'
    assert render("<option{{ text|tongue }}>", text="Welder") == "<option>"
