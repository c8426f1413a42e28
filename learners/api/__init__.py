"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import desk, play, study

urlpatterns = [*study.urlpatterns, *play.urlpatterns, *desk.urlpatterns]
