"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import classes, contests, desk, packages, play, study

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *packages.urlpatterns,
    *desk.urlpatterns,
    *contests.urlpatterns,
    *classes.urlpatterns,
]
