from courses import grams


def test_characters_and_pairs_of_dense_writing_and_whole_words():
    assert grams.grams("焊工 CO₂") == ["co2", "工", "焊", "焊工"]
    assert grams.haystack("焊工（四级）：CO₂气体", "MAG-weld") == "焊工 四级 co2 气体 mag weld"


def test_characters_newer_than_the_tables_are_characters():
    assert grams.grams("\U00031350\U0002ebf0") == sorted(["\U00031350", "\U0002ebf0", "\U00031350\U0002ebf0"])


def test_variation_selectors_do_not_matter():
    assert grams.grams("葛\U000e0100城") == grams.grams("葛城")


def test_a_query_asks_for_pairs_and_looks_again_from_three_characters_on():
    assert grams.words("焊工") == (grams.Word("焊工", "'焊工'"),)
    assert grams.words("焊") == (grams.Word("焊", "'焊'"),)
    assert grams.words("焊工安") == (grams.Word("焊工安", "'焊工' & '工安'", "焊工安"),)
    assert grams.words("'\\ !~^") == ()


def test_a_latin_word_may_be_pinyin_or_initials():
    assert grams.words("hg") == (grams.Word("hg", "('hg':*) | ('~hg':*) | ('^hg':*)"),)
    assert grams.words("co2") == (grams.Word("co2", "'co2':*"),)
    (long,) = grams.words("gongyejiqirenxitongyunwei")
    assert "'~gongyejiqirenxi':* & '~tongyunwei':*" in long.tsquery
    assert "'~nv':*" in grams.words("nü")[0].tsquery


def test_the_same_word_is_asked_for_once():
    assert [word.text for word in grams.words("焊工 焊工 weld WELD")] == ["焊工", "weld"]


def test_a_query_has_at_most_ten_words():
    assert len(grams.words(" ".join("abcdefghijklmno"))) == grams.MOST_WORDS
