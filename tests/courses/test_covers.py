from courses.covers import Cover, cover_of


def test_the_longest_listed_beginning_of_the_code_wins():
    assert cover_of("6-18-02-04") == Cover("make", "welder")
    assert cover_of("6-18-01-01") == Cover("make", "cnc")
    assert cover_of("6-99-01-01") == Cover("make", "hat")
    assert cover_of("9") == Cover("make", "grad")
