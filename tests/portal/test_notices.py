"""Notices: told once, by the channels that were chosen, at an hour when people are awake, and never a third time."""

import datetime as dt
import smtplib

import pytest
from django.core import mail as outbox
from django.db import DataError, IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from portal import clock
from portal.accounts import sms
from portal.accounts.models import SentMessage
from portal.notices import quiet, selectors, services
from portal.notices.kinds import KINDS, Channel
from portal.notices.models import Choice, Delivery, Mailbox, Notice
from portal.notices.services import deliveries, mailboxes
from portal.notices.services.notices import choose
from portal.notices.tasks import deliver_due_notices
from tests import factories

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
WORDS = {"course": services.either("安全用电𠮷入门", "Safe use of electricity"), "lesson": "买买提·读一读"}


class Broken:
    """A port that refuses whatever it is given."""

    def __call__(self, *_told, at):
        raise sms.SmsFailed


@pytest.fixture
def person(db):
    return factories.user("王建国")


@pytest.fixture
def mine(client, person):
    return factories.sign_in(client, person, second_factor=False)


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    return at


def tell(person, at, kind="lesson.reopened", about="coverage:1"):
    return services.send(person, kind, about=about, path="/learn/1/", at=at, **WORDS)


def give_mailbox(person, at, address="wang@example.cn"):
    made = mailboxes.give_address(person, address, at=at - HOUR)
    mailboxes.confirm(mailboxes.token_of(made, at=at), by=person, at=at)
    return made


def letters():
    return [row.text for row in SentMessage.objects.order_by("id")]


def refused(name, act):
    with pytest.raises((IntegrityError, DataError), match=name), transaction.atomic():
        act()


# -- telling --------------------------------------------------------------------------------------------------------


def test_a_notice_speaks_both_languages_and_is_told_once(person, at):
    first = tell(person, at)
    assert first.words_zh == "“安全用电𠮷入门”的“买买提·读一读”已重新打开，已计入的学时不变。"
    assert "of “Safe use of electricity” is open again" in first.words_en
    assert tell(person, at + HOUR) == first
    assert Notice.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_no_personal_number_stays_in_a_text(person, at):
    notice = services.send(
        person, "claim.moved", about="claim:1", path="/claims/1/", at=at,
        number="13912345678", course="520102199203079232", state="𠮷",
    )  # fmt: skip
    for words in (notice.words_zh, notice.words_en):
        assert "13912345678" not in words
        assert "520102199203079232" not in words


def test_every_kind_has_its_words_in_both_languages():
    for kind in KINDS.values():
        assert kind.bound <= kind.by_default
        for text in (kind.title, kind.words):
            with translation.override("zh-hans"):
                chinese = str(text)
            with translation.override("en"):
                assert chinese != str(text)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-03-16T20:59", "2026-03-16T20:59"),
        ("2026-03-16T21:00", "2026-03-17T08:00"),
        ("2026-03-16T23:59", "2026-03-17T08:00"),
        ("2026-03-17T00:00", "2026-03-17T08:00"),
        ("2026-03-17T07:59", "2026-03-17T08:00"),
        ("2026-03-17T08:00", "2026-03-17T08:00"),
    ],
)
def test_a_telephone_is_quiet_at_night(moment, due):
    here = dt.datetime.fromisoformat(f"{moment}:00+08:00")
    assert quiet.after(here) == dt.datetime.fromisoformat(f"{due}:00+08:00")


def test_whoever_is_told_at_night_hears_it_in_the_morning(person, at):
    night = at + 13 * HOUR  # 23:00 in Shanghai
    tell(person, night)
    assert not deliveries.deliver_next(at=night)
    assert deliveries.deliver_next(at=night + 9 * HOUR)
    assert len(letters()) == 1


# -- sending --------------------------------------------------------------------------------------------------------


def test_the_task_sends_each_once_and_a_second_run_nothing(person, now):
    give_mailbox(person, now)
    tell(person, now)
    assert deliver_due_notices() == 2
    assert deliver_due_notices() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    text, letter = (row for row in letters() if "已重新打开" in row)
    assert text.endswith("http://127.0.0.1:8000/learn/1/")
    assert letter.startswith("课节已重新打开\n")


def test_a_failed_port_is_tried_again_ever_later_and_given_up_in_the_end(person, at, settings):
    settings.SMS_PORT = "tests.portal.test_notices.Broken"
    tell(person, at)
    row, waits = Delivery.objects.get(), []
    now = at - 20 * HOUR + 18 * HOUR  # 8:00
    row.due_at = now
    row.save()
    for _try in range(deliveries.MOST_TRIES):
        assert deliveries.deliver_next(at=now)
        row.refresh_from_db()
        if row.due_at:
            waits.append((row.due_at - now) // MINUTE)
            assert (row.state, row.problem) == ("failed", "port")
            now = row.due_at
    assert waits == [1, 4, 16, 64, 256]
    assert (row.state, row.problem, row.tries) == ("given_up", "port", 6)
    assert not deliveries.deliver_next(at=now + 50 * HOUR)


def test_a_worker_killed_after_sending_sends_it_twice_and_never_three_times(person, at):
    tell(person, at)
    for turn in range(2):
        taken = deliveries.take_up(at=at + turn * deliveries.LEASE)
        assert deliveries.hand_over(taken, at=at) == ""  # and is killed before it notes
    assert len(letters()) == 2
    assert deliveries.take_up(at=at + 2 * deliveries.LEASE - MINUTE) is None
    assert deliveries.deliver_next(at=at + 2 * deliveries.LEASE)
    row = Delivery.objects.get()
    assert (row.state, row.problem) == ("given_up", "lost")
    assert len(letters()) == 2


def test_a_slow_worker_changes_nothing_that_another_took_over(person, at):
    tell(person, at)
    slow = deliveries.take_up(at=at)
    quick = deliveries.take_up(at=at + deliveries.LEASE)
    deliveries.note(slow, "port", at=at + deliveries.LEASE)
    assert Delivery.objects.get().state == "waiting"
    deliveries.note(quick, "", at=at + deliveries.LEASE)
    assert Delivery.objects.get().state == "sent"


def test_two_workers_send_one_message_once(together, at):
    person = factories.user("李芳")
    tell(person, at)
    together(lambda _index: deliveries.deliver_next(at=at), 3)
    assert SentMessage.objects.count() == 1


def test_a_telephone_rings_three_times_a_day(person, at):
    for number in range(5):
        tell(person, at, about=f"coverage:{number}")
    while deliveries.deliver_next(at=at):
        pass
    assert Delivery.objects.filter(state="sent").count() == 3
    morning = dt.datetime(2026, 3, 17, 0, 0, tzinfo=dt.UTC)
    assert set(Delivery.objects.filter(state="waiting").values_list("due_at", "tries")) == {(morning, 0)}
    while deliveries.deliver_next(at=morning):
        pass
    assert Delivery.objects.filter(state="sent").count() == 5


def test_a_phone_without_an_account_rings_by_day_and_keeps_nothing(db, at):
    words = {"employer": "示例·𠮷公司", "course": "安全用电"}
    night = at.astimezone(clock.SHANGHAI).replace(hour=23)
    morning = (night + dt.timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    assert services.ring("+8613812345678", "staff.invited", at=night, **words) == morning
    assert not SentMessage.objects.exists()
    assert services.ring("+8613812345678", "staff.invited", at=morning, **words) is None
    assert "示例·𠮷公司邀请您参加课程“安全用电”" in SentMessage.objects.get().text
    assert not Notice.objects.exists()


def test_old_news_is_not_sent(person, at):
    tell(person, at)
    assert deliveries.deliver_next(at=at + deliveries.OLD + HOUR)
    assert Delivery.objects.get().problem == "old"
    assert letters() == []


def test_what_was_switched_off_meanwhile_is_not_sent(person, at):
    tell(person, at)
    choose(person, [], at=at)
    assert deliveries.deliver_next(at=at)
    assert Delivery.objects.get().problem == "switched_off"
    assert letters() == []


def test_a_letter_goes_through_djangos_mail(person, at, settings):
    give_mailbox(person, at)
    settings.MAIL_PORT = "portal.notices.mail.Smtp"
    tell(person, at, kind="lesson.shut")
    assert deliveries.deliver_next(at=at)
    assert outbox.outbox[0].to == ["wang@example.cn"]
    assert outbox.outbox[0].subject == "课节已关闭"


def test_a_mail_server_that_refuses_is_a_failure_and_no_log_holds_the_address(
    person, at, settings, monkeypatch, caplog
):
    give_mailbox(person, at)
    settings.MAIL_PORT = "portal.notices.mail.Smtp"

    def refuse(*_told):
        raise smtplib.SMTPRecipientsRefused({"wang@example.cn": (550, b"no")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    tell(person, at, kind="lesson.shut")
    with caplog.at_level("DEBUG"):
        assert deliveries.deliver_next(at=at)
    assert Delivery.objects.get().state == "failed"
    assert "w***@example.cn" in caplog.text
    assert "wang@" not in "".join(row.getMessage() for row in caplog.records if "django.db" not in row.name)


def test_the_console_says_that_it_wrote_but_not_what(settings, at, caplog):
    from portal.notices import mail

    settings.MAIL_PORT = "portal.notices.mail.Console"
    with caplog.at_level("INFO"):
        mail.send("wang@example.cn", "题", "文", at=at)
    assert "w***@example.cn" in caplog.text
    assert "文" not in caplog.text


# -- choices and the mailbox ----------------------------------------------------------------------------------------


def test_choices_hold_and_what_is_bound_stays_on(person, at):
    choose(person, ["lesson.shut:sms"], at=at)
    assert selectors.wanted_channels(person, "lesson.shut") == {Channel.SMS}
    assert selectors.wanted_channels(person, "certificate.issued") == {Channel.SMS}
    choose(person, ["certificate.issued:email"], at=at + HOUR)
    assert selectors.wanted_channels(person, "certificate.issued") == set(Channel)
    assert Choice.objects.count() == len(KINDS) * len(Channel)


def test_a_mailbox_is_sealed_and_gets_nothing_before_it_is_confirmed(person, at):
    made = mailboxes.give_address(person, " wang@example.cn ", at=at)
    assert b"wang" not in bytes(made.address_sealed)
    assert (made.address, made.masked_address) == ("wang@example.cn", "w***@example.cn")
    tell(person, at, kind="lesson.shut")
    assert not Delivery.objects.exists()
    token = mailboxes.token_of(made, at=at)
    for who, moment in ((factories.user(), at), (person, at + mailboxes.LINK_LASTS + HOUR)):
        with pytest.raises(mailboxes.LinkOver):
            mailboxes.confirm(token, by=who, at=moment)
    with pytest.raises(mailboxes.LinkOver):
        mailboxes.confirm(token + "x", by=person, at=at)
    mailboxes.confirm(token, by=person, at=at + HOUR)
    assert mailboxes.confirm(token, by=person, at=at + 2 * HOUR).verified_at == at + HOUR
    mailboxes.give_address(person, "other@example.cn", at=at + 3 * HOUR)
    with pytest.raises(mailboxes.LinkOver):
        mailboxes.confirm(token, by=person, at=at + 3 * HOUR)


def test_confirmations_are_not_sent_without_end(person, at):
    for turn in range(mailboxes.MOST_A_DAY):
        mailboxes.give_address(person, "wang@example.cn", at=at + turn * HOUR)
    for moment in (at + 4 * HOUR + dt.timedelta(seconds=5), at + 6 * HOUR):
        with pytest.raises(mailboxes.AskedTooOften):
            mailboxes.give_address(person, "wang@example.cn", at=moment)
    mailboxes.give_address(person, "wang@example.cn", at=at + 24 * HOUR)
    with pytest.raises(mailboxes.BadAddress):
        mailboxes.give_address(person, "𠮷", at=at + 48 * HOUR)


# -- what the database refuses --------------------------------------------------------------------------------------


def test_the_database_refuses_what_the_rules_forbid(person, at):
    notice = tell(person, at)
    row = notice.deliveries.get()
    notices, sent = Notice.objects.all(), Delivery.objects.all()
    copy = {
        "user": person,
        "kind": "x",
        "about": "y",
        "path": "/",
        "words_zh": "字",
        "words_en": "w",
        "created_at": at,
    }
    refused(
        "notice_told_once",
        lambda: Notice.objects.create(**copy | {"kind": notice.kind, "about": notice.about}),
    )
    refused("notice_says_something", lambda: Notice.objects.create(**copy | {"words_en": ""}))
    for path in ("https://example.com/", "//example.com/", "/\\example.com"):
        refused(
            "notice_leads_to_a_page_of_ours", lambda path=path: Notice.objects.create(**copy | {"path": path})
        )
    refused("notice_read_after_told", lambda: notices.update(read_at=at - HOUR))
    refused("notice_words_stay|stays as it was told", lambda: notices.update(words_zh="别的"))
    refused("delivery_one_per_channel", lambda: Delivery.objects.create(
        notice=notice, user=person, channel=row.channel, due_at=at))  # fmt: skip
    refused("delivery_channel_is_known", lambda: sent.update(channel="pigeon"))
    refused("delivery_state_has_its_times_and_reason", lambda: sent.update(due_at=None))
    refused("delivery_state_has_its_times_and_reason", lambda: sent.update(state="failed"))
    refused(
        "delivery_taken_only_while_open",
        lambda: sent.update(state="sent", due_at=None, sent_at=at, taken_at=at),
    )
    sent.update(state="sent", due_at=None, sent_at=at)
    refused("delivery_moves|ended stays", lambda: sent.update(state="waiting", due_at=at, sent_at=None))
    choose(person, [], at=at)
    refused("choice_one_per_kind_and_channel", lambda: Choice.objects.create(
        user=person, kind="lesson.shut", channel="sms", wanted=True, chosen_at=at))  # fmt: skip
    refused(
        "choice_channel_is_known",
        lambda: Choice.objects.filter(kind="lesson.shut", channel="sms").update(channel="x"),
    )
    mailboxes.give_address(person, "wang@example.cn", at=at)
    refused("mailbox_verified_after_asked", lambda: Mailbox.objects.update(verified_at=at - HOUR))
    refused("mailbox_sealed_with_mask", lambda: Mailbox.objects.update(masked_address=""))


# -- pages ----------------------------------------------------------------------------------------------------------


def test_the_bell_counts_and_reading_is_noted_without_a_script(mine, person, now):
    for number in range(3):
        tell(person, now, about=f"coverage:{number}")
    page = mine.get(reverse("notices:list")).text
    assert page.count("标为已读") == 4
    assert "3 条未读消息" in page
    newest = Notice.objects.first()
    gone = mine.post(reverse("notices:open", args=[newest.pk]))
    assert (gone.status_code, gone.url) == (302, "/learn/1/")
    assert selectors.unread(person) == 2
    mine.post(reverse("notices:list"), {"notice": str(Notice.objects.last().pk)})
    assert selectors.unread(person) == 1
    mine.post(reverse("notices:list"))
    assert selectors.unread(person) == 0
    assert "还没有消息" not in mine.get(reverse("notices:list")).text


def test_nobody_reads_or_marks_the_notices_of_another(mine, now):
    other = tell(factories.user("赵小红"), now)
    assert "还没有消息" in mine.get(reverse("notices:list")).text
    assert mine.post(reverse("notices:open", args=[other.pk])).status_code == 404
    mine.post(reverse("notices:list"), {"notice": str(other.pk)})
    mine.post(reverse("api-notices-read"), {"notices": [other.pk]}, content_type="application/json")
    other.refresh_from_db()
    assert other.read_at is None


def test_choices_and_mailbox_by_page(mine, person, now):
    url = reverse("notices:choices")
    bad = mine.post(reverse("notices:mailbox"), {"address": "𠮷·x"})
    assert bad.status_code == 422
    assert "𠮷·x" in bad.text
    assert "name@example.cn" in bad.text
    assert mine.post(reverse("notices:mailbox"), {"address": "wang@example.cn"}).status_code == 302
    assert "w***@example.cn" in mine.get(url).text
    token = letters()[-1].split("/me/notices/mailbox/")[1].strip().rstrip("/")
    link = reverse("notices:confirm", args=[token])
    assert mine.get(link).status_code == 200
    assert mine.post(link).status_code == 302
    assert "已确认" in mine.get(url).text
    assert mine.post(reverse("notices:confirm", args=["x:y:z"])).status_code == 302
    mine.post(url, {"wanted": ["lesson.shut:sms", "nonsense:pigeon"]})
    assert selectors.wanted_channels(person, "lesson.shut") == {Channel.SMS}
    mine.post(reverse("notices:remove"))
    assert not Mailbox.objects.exists()


def test_the_api_is_the_twin(mine, person, now):
    notice = tell(person, now)
    row = mine.get(reverse("api-notices-own")).json()["results"][0]
    assert (row["id"], row["words"], row["path"]) == (notice.pk, notice.words_zh, "/learn/1/")
    assert mine.post(reverse("api-notices-read"), {}, content_type="application/json").json() == {"read": 1}
    wish = {"wanted": ["lesson.shut:sms"]}
    held = mine.put(reverse("api-notices-choices"), wish, content_type="application/json").json()
    assert held == {
        "wanted": ["lesson.shut:sms", *held["bound"]],
        "bound": [
            "certificate.issued:sms",
            "certificate.revoked:sms",
            "external.withdrawn:sms",
            "claim.moved:sms",
            "claim.by_organisation:sms",
            "claim.running_out:sms",
            "recovery.announced:sms",
            "recovery.ordered:sms",
            "recovery.moved:sms",
            "account.changed:sms",
            "account.of_organisation:sms",
        ],
    }
    wrong = mine.put(reverse("api-notices-choices"), {"wanted": ["x"]}, content_type="application/json")
    assert wrong.status_code == 400


def test_a_full_page_asks_no_more_than_an_empty_one_of_notices(
    mine, person, now, django_assert_max_num_queries
):
    for number in range(25):
        tell(person, now, about=f"coverage:{number}")
    with django_assert_max_num_queries(8):
        assert mine.get(reverse("notices:list")).text.count('class="is-wait"') == 20
