"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import desk, marking, packages, play, study

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *packages.urlpatterns,
    *desk.urlpatterns,
    *marking.urlpatterns,
]
