"""A learner's own list: every state, searching among many, taking away and sharing."""

import datetime as dt

import pytest
from django.urls import reverse

from certificates import services
from certificates.services import batches
from certificates.views import holder
from portal.accounts.roles import Role
from tests import factories
from tests.certificates import making

pytestmark = pytest.mark.django_db
MINE = reverse("certificates:mine")


def text_of(response):
    return response.content.decode()


@pytest.fixture
def person(client, at):
    someone = factories.learner(at=at)
    factories.sign_in(client, someone)
    return someone


def test_each_state_is_named(client, person, at):
    officer = factories.staff(Role.PROVINCE_REVIEWER)
    making.revoked(making.issued(person, at=at), at=at)
    good = making.issued(person, at=at)
    services.request(making.completion(person), at=at)
    batches.set_terms("520000", by_batch=True, by=officer, at=at)
    services.request(making.completion(person), at=at)
    page = text_of(client.get(MINE))
    for words in ("已撤销", "有效", "制作中", "等待省里统一发证"):
        assert words in page, words
    assert reverse("certificates:pdf", args=[good.serial]) in page
    assert page.count("/pdf/") == 1, "what is not valid is not offered to be shown"


def test_a_failed_one_is_only_delayed(client, at):
    asked = services.request(making.completion(name="王\U00030729"), at=at)
    services.issue_due(at=at, most=1)
    factories.sign_in(client, asked.user)
    page = text_of(client.get(MINE))
    assert "稍有延迟" in page or "延迟" in page
    assert "U+30729" not in page


def test_few_are_not_searched_and_many_are(client, person, at, monkeypatch):
    welding = making.issued(person, at=at)
    sewing = making.issued(person, of=making.version(title="服装缝纫𠮷"), at=at + dt.timedelta(seconds=1))
    assert 'name="words"' not in text_of(client.get(MINE))
    monkeypatch.setattr(holder, "FEW", 1)
    assert 'name="words"' in text_of(client.get(MINE))
    for words, there, gone in (
        ("缝纫𠮷", sewing, welding),
        (welding.serial.lower(), welding, sewing),
        (welding.course_code, welding, sewing),
    ):
        page = text_of(client.get(MINE, {"words": words}))
        assert there.serial in page
        assert gone.serial not in page
    assert "没有符合的证书" in text_of(client.get(MINE, {"words": "%"}))
    assert client.get(MINE, {"words": "\x00" * 500, "page": "x"}).status_code == 200


def test_it_never_finds_those_of_others(client, person, at):
    other = making.issued(factories.learner("李莲花", at=at), at=at)
    assert other.serial not in text_of(client.get(MINE, {"words": other.serial[:8]}))


def test_the_link_to_the_check_is_there_to_be_copied(client, person, at):
    issued = making.issued(person, at=at)
    page = text_of(client.get(reverse("certificates:certificate", args=[issued.serial])))
    assert f'value="{issued.paper_facts().verify_url}" readonly' in page
    assert 'data-copy="check-link"' in page
