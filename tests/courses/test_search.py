import pytest
from django.http import QueryDict

from courses import selectors


def found(query):
    return [course.code for course in selectors.search(QueryDict(query)).page.object_list]


def test_a_published_course_is_found_by_one_two_and_more_characters(publish_course):
    publish_course()
    assert found("q=焊") == found("q=焊工") == found("q=平焊入门") == found("q=weld") == ["GZ-0001"]
    assert found("q=电工") == []
