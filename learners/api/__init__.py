"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import desk, intake, key_groups, packages, play, rosters, study

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *packages.urlpatterns,
    *desk.urlpatterns,
    *intake.urlpatterns,
    *key_groups.urlpatterns,
    *rosters.urlpatterns,
]
