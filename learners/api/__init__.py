"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import desk, packages, play, practice, study

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *packages.urlpatterns,
    *practice.urlpatterns,
    *desk.urlpatterns,
]
