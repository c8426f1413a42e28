"""A film's page: questions that stand in it, what is said in it, what is missing, and links to a moment."""

import json
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from courses import services as catalogue
from courses.models import Course, Lesson, Question
from learners import checks, counting
from learners.models import Coverage, LedgerRow, PlaySession
from portal.accounts.models import User
from tests import factories
from tests.courses import footage
from tests.learners import lessons
from tests.learners.lessons import OPTIONS

CAPTIONS = """WEBVTT

00:01.000 --> 00:03.000
先断电，

00:03.000 --> 00:05.000
再请𠮷师傅检查。

01:15.500 --> 01:18.000
戴好面罩。
"""


@pytest.fixture
def reader(client, learning, moving_clock):
    factories.sign_in(client, learning.user, second_factor=False)
    return client


@pytest.fixture
def pinned(learning, at):
    author = User.objects.get(display_name="author")
    return catalogue.add_question(
        Course.objects.get(code="GZ-T1"), kind="multiple", stem_zh="买买提·吴𠮷先做哪两件事？", options=OPTIONS,
        right={"A", "D"}, why_zh="先断电，再问人。", lesson=Lesson.objects.get(pk=learning.facts("film").id),
        moment=75, by=author, at=at,
    )  # fmt: skip


def page(learning, **query):
    address = reverse("learners:lesson", args=[learning.enrolment.pk, "film"])
    return address + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def trial(learning, question, key="film"):
    return reverse("learners:try-question", args=[learning.enrolment.pk, key, question.pk])


def trial_by_script(learning, question):
    return reverse("api-try", args=[learning.enrolment.pk, question.pk])


def config_of(text):
    return json.loads(re.search(r'id="player-config"[^>]*>(.*?)</script>', text)[1])


# -- questions in the film ------------------------------------------------------------------------------------------


def test_a_question_stands_in_the_page_without_its_key(reader, learning, pinned):
    text = reader.get(page(learning)).content.decode()
    assert "买买提·吴𠮷先做哪两件事？" in text
    assert "先断电，再问人。" not in text
    assert "right_keys" not in text
    assert '<a class="stamp" href="?t=75#film" data-seek="75">' in text
    (pin,) = config_of(text)["pins"]
    assert pin == {"moment": 75, "form": f"pin-{pinned.pk}", "try": trial_by_script(learning, pinned)}


@pytest.mark.parametrize(
    ("chosen", "status", "said"),
    [
        (["A", "D"], 200, "答对了。 先断电，再问人。"),
        (["A"], 200, "还不对。"),
        ([], 422, "这一题还没有作答"),
        (["Z"], 422, "选择"),
    ],
)
def test_it_is_answered_without_a_script_and_nothing_comes_of_it(
    reader, learning, pinned, chosen, status, said
):
    response = reader.post(trial(learning, pinned), {f"pin{pinned.pk}-answer": chosen})
    text = response.content.decode()
    assert response.status_code == status
    assert said in re.sub(r"\s+", " ", text)
    assert all(f'value="{key}"' in text for key in chosen if key != "Z")
    for kept in (LedgerRow, PlaySession, Coverage):
        assert not kept.objects.exists()


def test_the_script_asks_the_server(reader, learning, pinned):
    def tried(*chosen):
        body = {"chosen": list(chosen)}
        return reader.post(trial_by_script(learning, pinned), body, content_type="application/json")

    assert tried("D", "A").json() == {"right": True, "why": "先断电，再问人。"}
    assert tried("A").json() == {"right": False, "why": ""}
    assert tried().json() == {"right": False, "why": ""}
    assert tried("A" * 3).status_code == 400
    assert not LedgerRow.objects.exists()


def test_only_what_stands_in_the_film_can_be_tried(reader, learning, pinned):
    other = Question.objects.filter(lesson=pinned.lesson, moment=None).first()
    body = {"chosen": ["A"]}
    assert reader.post(trial(learning, other), {f"pin{other.pk}-answer": "A"}).status_code == 404
    assert reader.post(trial(learning, pinned, "short"), {}).status_code == 404
    for question in (other, Question(pk=2**40)):
        address = trial_by_script(learning, question)
        assert reader.post(address, body, content_type="application/json").status_code == 404
    assert reader.get(trial(learning, pinned)).status_code == 405


def test_nobody_else_tries_it(client, learning, pinned):
    addresses = (trial(learning, pinned), trial_by_script(learning, pinned))
    assert "/accounts/login/" in client.post(addresses[0], {}).url
    assert client.post(addresses[1], {"chosen": []}, content_type="application/json").status_code in {
        401,
        403,
    }
    factories.sign_in(client, factories.learner(), second_factor=False)
    assert client.post(addresses[0], {}).status_code == 404
    assert client.post(addresses[1], {"chosen": []}, content_type="application/json").status_code == 404


def test_what_may_be_tried_at_will_shows_nobodys_presence(learning, pinned):
    def asked(number=1):
        return {row.id for row in checks.questions_of(pinned.lesson_id, "seed", number, failures=1)}

    assert all(asked(number) and pinned.pk not in asked(number) for number in range(20))
    others = Question.objects.filter(lesson=pinned.lesson).exclude(pk=pinned.pk)
    others.exclude(pk=others.first().pk).delete()
    others.update(kind="ordering", right_keys=["B", "A", "C", "D"])
    assert asked() == {pinned.pk}, "steps to put in order are too slow for a film that waits"


# -- what is said ---------------------------------------------------------------------------------------------------


def test_what_is_said_is_read_sentence_by_sentence(reader, learning):
    lesson = Lesson.objects.get(pk=learning.facts("film").id)
    key = default_storage.save("films/x/said.zh.vtt", ContentFile(CAPTIONS.encode()))
    footage.in_place(lesson, captions_zh_key=key)
    text = reader.get(page(learning)).content.decode()
    said = re.findall(
        r'data-from="(\d+)".*?href="\?t=(\d+)#film".*?<span data-words>(.*?)</span>', text, re.DOTALL
    )
    assert said == [("1000", "1", "先断电，再请𠮷师傅检查。"), ("75500", "75", "戴好面罩。")]


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"no captions"])
def test_captions_that_cannot_be_read_leave_the_plain_text(reader, learning, content):
    lesson = Lesson.objects.get(pk=learning.facts("film").id)
    key = "films/x/gone.vtt"
    if content is not None:
        key = default_storage.save("films/x/bad.vtt", ContentFile(content))
    footage.in_place(lesson, captions_zh_key=key)
    text = reader.get(page(learning)).content.decode()
    assert 'id="said"' not in text
    assert lessons.TEXT in text


# -- moments, what is missing, speed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "second"), [("75", 75), ("2700", 2_700), ("99999", 0), ("", 0), ("-3", 0), ("٣", 0), ("1e3", 0)]
)
def test_a_link_leads_to_a_moment(reader, learning, typed, second):
    footage.in_place(Lesson.objects.get(pk=learning.facts("film").id))
    for name in ("t", "at"):
        text = reader.get(page(learning, **{name: typed})).content.decode()
        assert config_of(text)["position"] == second * 1000
        assert (f"#t={second}" in text) == (second > 0)


def test_a_learners_question_leads_to_its_moment_before_a_link_of_the_page(reader, learning):
    assert config_of(reader.get(page(learning, t=5, at=65)).content.decode())["position"] == 65_000
    assert config_of(reader.get(page(learning, t=5, at="soon")).content.decode())["position"] == 5_000


def test_a_link_leads_no_further_than_what_was_seen_where_skipping_is_off(client, at, db, moving_clock):
    learning = lessons.learning(at, no_skip=True)
    factories.sign_in(client, learning.user, second_factor=False)
    assert config_of(client.get(page(learning, t=75)).content.decode())["position"] == 0


def test_what_is_missing_is_said_with_links(reader, player, learning):
    player.open(60_000)
    player.watch(until=120_000)
    address = page(learning)
    player.post(f"sessions/{player.session}/close/", {})
    shown = reader.get(address).content.decode()
    links = re.findall(r'href="\?t=(\d+)#film" data-seek="\d+">([\d:]+–[\d:]+)<', shown)
    assert links[:2] == [("0", "0:00–1:00"), ("120", "2:00–45:00")]
    assert reverse("learners:questions", args=[learning.enrolment.pk, "film"]) + "?at=120#ask" in shown
    hours = reader.get(reverse("learners:hours", args=[learning.enrolment.pk])).content.decode()
    assert f'href="{address}?t=120#film">2:00–45:00' in hours
    assert "?t=0#film" in hours


@pytest.mark.parametrize("rate", [75, 100, 125, 150, 200])
def test_the_page_says_of_each_speed_what_the_rule_gives(reader, player, learning, rate):
    """Ten minutes of the clock at that speed, and what became provisional of it."""
    player.open()
    ticks = 20
    for _tick in range(ticks):
        player.beat(15_000, 15_000 * rate // 100)
    share = counting.share(rate)
    watched = ticks * 15_000 * rate // 100
    assert abs(player.replies[-1]["waiting_ms"] - watched * share) <= 15_000
    words = "全部计入" if share == 1 else f"计入 {int(share * 100)}%"
    option = re.search(
        rf'<option value="{rate}".*?>(.*?)</option>', reader.get(page(learning)).content.decode()
    )
    assert words in option[1]


def test_nothing_of_a_film_is_fetched_before_it_is_played(reader, learning):
    footage.in_place(Lesson.objects.get(pk=learning.facts("film").id), audio_key="films/x/hls/audio.m3u8")
    text = reader.get(page(learning)).content.decode()
    assert 'preload="none"' in text
    assert 'preload="metadata"' not in text
    assert "最小画面约 1 MB" in text
