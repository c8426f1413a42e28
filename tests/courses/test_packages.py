"""What an archive from a stranger may hold, and what its manifest may say: every refusal by its code."""

import io
import zipfile

import pytest
from django.utils import translation

from courses.packages import BadPackage, archive, look, open_archive, read_manifest
from courses.packages.frame import with_shim
from courses.packages.refusals import REFUSALS, sentence
from tests.courses import scorm

PATHS = {"课件/首页.html", "a.html", "b/c.html", "x.pdf"}


def looked(data):
    with open_archive(io.BytesIO(data)) as opened:
        return look(opened, packed_bytes=len(data))


def refused(data):
    with pytest.raises(BadPackage) as broken:
        looked(data)
    return broken.value


def with_file(name, body="x", **more):
    return scorm.packed(scorm.files() | {name: body}, **more)


@pytest.mark.parametrize("standard", ["1.2", "2004"])
def test_a_good_package(standard):
    content = scorm.files(standard)
    entries = looked(scorm.packed(content))
    assert [entry.path for entry in entries] == list(content)
    told = read_manifest(content["imsmanifest.xml"].encode(), paths={entry.folded for entry in entries})
    assert (told.standard, told.title) == (standard, "用电安全课件")
    assert [(item.title, item.href) for item in told.items] == [("安全用电𠮷", "课件/首页.html")]


def test_names_in_gbk_are_read_as_their_author_wrote_them():
    content = scorm.files()
    assert [entry.path for entry in looked(scorm.packed(content, gbk=True))] == list(content)


def test_names_in_utf8_without_the_mark_are_read():
    data = scorm.packed({"imsmanifest.xml": "x", "é.html": "y"})
    plain = bytearray(data)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = plain.rfind(mark)
        at = place + (6 if mark == b"PK\x03\x04" else 8)
        plain[at : at + 2] = b"\0\0"
    assert [entry.path for entry in looked(bytes(plain))][-1] == "é.html"


def test_what_systems_leave_behind_is_left_out():
    junk = {"__MACOSX/._a": "x", "课件/.DS_Store": "x", "Thumbs.db": "x", "课件/": ""}
    assert len(looked(scorm.packed(scorm.files() | junk))) == len(scorm.files())


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("not_a_zip", b""),
        ("not_a_zip", b"PK\x03\x04 not really"),
        ("not_a_zip", b"<html></html>" * 99),
        ("path_outside", with_file("../../etc/passwd.html")),
        ("path_outside", with_file("a/../../b.html")),
        ("path_outside", with_file("/etc/passwd.html")),
        ("path_outside", with_file("C:/windows/a.html")),
        ("backslash", with_file("..\\..\\a.html")),
        ("bad_name", with_file("a//b.html")),
        ("bad_name", with_file("./a.html")),
        ("bad_name", with_file("a\x07.html")),
        ("bad_name", with_file("长" * 241 + ".html")),
        ("twice", with_file("课件/首页.HTML")),
        ("twice", scorm.packed(scorm.files() | {"Ä.css": "", "a\u0308.css": ""})),
        ("link", scorm.link(scorm.files())),
        ("type", with_file("shell.php")),
        ("type", with_file("a.html.exe")),
        ("type", with_file("inner.zip")),
        ("type", with_file("no-ending")),
        ("method", with_file("a.html", method=zipfile.ZIP_BZIP2)),
        ("packed_too_tightly", with_file("zeros.txt", b"\0" * 5_000_000)),
    ],
)
def test_a_hostile_archive_is_refused(code, data):
    assert refused(data).code == code


def test_a_password_is_refused():
    data = bytearray(scorm.good())
    for place in (6, data.find(b"PK\x01\x02") + 8):
        data[place] |= 1
    assert refused(bytes(data)).code == "encrypted"


def test_limits_hold_and_lies_about_them_do_not_help(monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    assert refused(scorm.good()).code == "too_many_files"
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_UNPACKED", 100)
    assert refused(scorm.good()).code == "too_large_unpacked"
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_OF_ONE", 10)
    assert refused(scorm.good()).code == "file_too_large"
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    assert refused(scorm.good()).code == "too_large"


def test_a_list_of_millions_is_never_read():
    """The end record claims a list of 4 GB: refused from the record alone."""
    data = bytearray(scorm.good())
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = (2**32 - 2).to_bytes(4, "little")
    assert refused(bytes(data)).code == "too_many_files"
    zip64 = data[:end] + b"PK\x06\x07" + b"\0" * 16 + scorm.good()[end:]
    assert refused(bytes(zip64)).code == "too_many_files"


def test_files_that_share_their_bytes_are_refused():
    """Fifield's bomb: every entry of the list points at the same packed bytes."""
    data = scorm.packed({"imsmanifest.xml": "x" * 50, "a.html": "y" * 900, "b.html": "z" * 900}, method=0)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            info.compress_size = info.file_size = 1_500
        with pytest.raises(BadPackage) as broken:
            look(opened, packed_bytes=len(data))
    assert broken.value.code == "overlapping"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("manifest_unreadable", "no xml at all"),
        ("manifest_unreadable", ""),
        ("manifest_unreadable", "<manifest>"),
        (
            "manifest_entities",
            scorm.manifest(before='<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>', titles=("&x;",)),
        ),
        (
            "manifest_entities",
            scorm.manifest(
                before='<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>', titles=("&b;",)
            ),
        ),
        ("manifest_entities", scorm.manifest(before='<!DOCTYPE m SYSTEM "http://127.0.0.1/evil.dtd">')),
        ("not_scorm", scorm.manifest(version="CommonCartridge")),
        ("not_scorm", "<manifest/>"),
        ("nothing_to_open", scorm.manifest(titles=())),
        ("nothing_to_open", "<manifest><metadata><schemaversion>1.2</schemaversion></metadata></manifest>"),
        ("page_elsewhere", scorm.manifest(hrefs=("https://example.org/a.html",))),
        ("page_elsewhere", scorm.manifest(hrefs=("//example.org/a.html",))),
        ("page_elsewhere", scorm.manifest(hrefs=("javascript:alert(1)",))),
        ("page_elsewhere", scorm.manifest(hrefs=("../../a.html",))),
        ("page_elsewhere", scorm.manifest(hrefs=("/a.html",))),
        ("page_missing", scorm.manifest(hrefs=("none.html",))),
        ("page_missing", scorm.manifest(hrefs=("a" * 2_000,))),
        ("not_a_page", scorm.manifest(hrefs=("x.pdf",))),
    ],
)
def test_a_manifest_that_is_not_taken(code, text):
    with pytest.raises(BadPackage) as broken:
        read_manifest(text.encode(), paths=PATHS)
    assert broken.value.code == code


def test_a_manifest_too_large_is_not_parsed():
    with pytest.raises(BadPackage) as broken:
        read_manifest(b"<a>" * 2_000_000, paths=PATHS)
    assert broken.value.code == "manifest_too_large"


def test_a_manifest_in_gbk_is_read():
    text = scorm.manifest().replace("UTF-8", "GB2312").replace("𠮷", "")
    assert read_manifest(text.encode("gb18030"), paths=PATHS).title == "用电安全课件"


def test_addresses_keep_their_query_and_find_their_file_whatever_the_capitals():
    hrefs = ("%E8%AF%BE%E4%BB%B6/%E9%A6%96%E9%A1%B5.html?p=1", "B/C.HTML#top")
    told = read_manifest(scorm.manifest(hrefs=hrefs, titles=("一", "二")).encode(), paths=PATHS)
    assert [item.href for item in told.items] == ["课件/首页.html?p=1", "B/C.HTML#top"]


def test_bases_are_put_before_addresses():
    text = scorm.manifest(hrefs=("c.html",)).replace("<resources>", '<resources xml:base="b/">')
    assert read_manifest(text.encode(), paths=PATHS).items[0].href == "b/c.html"


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_a_sentence_in_both_languages(code):
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said[language] = sentence(code, "课件/首页.html")
    assert said["en"] != said["zh-hans"]
    assert said["zh-hans"].endswith(("。", "课件/首页.html"))


@pytest.mark.parametrize(
    ("page", "made"),
    [
        (b"<html><head><title>a", b"<html><head>@<title>a"),
        (b'<HTML><HEAD lang="zh">a', b'<HTML><HEAD lang="zh">@a'),
        (b"<!-- <head> --><html><head>a", b"<!-- <head> --><html><head>@a"),
        (b"<!doctype html><p>a", b"<!doctype html>@<p>a"),
        (b"<html><header>a", b"<html>@<header>a"),
        (b"\xef\xbb\xbf<p>a", b"\xef\xbb\xbf@<p>a"),
        (b"\xba\xb8<p>", b"@\xba\xb8<p>"),
        ("\ufeff<html><head>焊".encode("utf-16-le"), "\ufeff<html><head>@焊".encode("utf-16-le")),
    ],
)
def test_our_script_comes_first_whatever_the_encoding(page, made):
    tag = b'<script src="S"></script>'
    wide = page.startswith(b"\xff\xfe")
    expected = made.replace(b"@\0", tag.decode().encode("utf-16-le")) if wide else made.replace(b"@", tag)
    assert with_shim(page, "S") == expected
