"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import (
    answering,
    asking,
    desk,
    exports,
    extra_time,
    figures,
    intake,
    key_groups,
    marking,
    packages,
    play,
    practice,
    rosters,
    study,
)

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *packages.urlpatterns,
    *asking.urlpatterns,
    *answering.urlpatterns,
    *marking.urlpatterns,
    *practice.urlpatterns,
    *desk.urlpatterns,
    *figures.urlpatterns,
    *extra_time.urlpatterns,
    *exports.urlpatterns,
    *intake.urlpatterns,
    *key_groups.urlpatterns,
    *rosters.urlpatterns,
]
