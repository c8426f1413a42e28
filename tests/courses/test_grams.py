from courses import grams


def test_characters_and_pairs_of_dense_writing_and_whole_words():
    assert grams.grams("焊工 CO₂") == ["co2", "工", "焊", "焊工"]
    assert grams.haystack("焊工（四级）：CO₂气体", "MAG-weld") == "焊工 四级 co2 气体 mag weld"


def test_characters_newer_than_the_tables_are_characters():
    assert grams.grams("\U00031350\U0002ebf0") == sorted(["\U00031350", "\U0002ebf0", "\U00031350\U0002ebf0"])


def test_variation_selectors_do_not_matter():
    assert grams.grams("葛\U000e0100城") == grams.grams("葛城")


def test_a_query_asks_for_pairs_and_looks_again_from_three_characters_on():
    assert grams.query("焊工") == grams.Query("'焊工'", ())
    assert grams.query("焊") == grams.Query("'焊'", ())
    assert grams.query("焊工安 weld") == grams.Query("'焊工' & '工安' & 'weld':*", ("焊工安",))
    assert grams.query("'\\ !") == grams.Query("", ())
