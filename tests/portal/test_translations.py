import gettext
import os

from portal import translations


def test_who_reads_a_catalogue_while_it_is_compiled_reads_a_whole_one():
    (path, *_more) = translations.compile_all()
    with path.open("rb") as reader:
        begun = reader.read(8)
        assert path in translations.compile_all()
        with path.open("rb") as fresh:
            assert begun + reader.read() == fresh.read()
        assert path.stat().st_ino != os.fstat(reader.fileno()).st_ino
    with path.open("rb") as file:
        assert gettext.GNUTranslations(file).info()["language"] == "zh_Hans"
    assert list(path.parent.glob("*.half.mo")) == []
