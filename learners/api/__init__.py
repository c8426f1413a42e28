"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import (
    answering,
    asking,
    classes,
    contests,
    desk,
    exports,
    extra_time,
    figures,
    marking,
    packages,
    play,
    practice,
    study,
    tries,
)

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *tries.urlpatterns,
    *packages.urlpatterns,
    *asking.urlpatterns,
    *answering.urlpatterns,
    *marking.urlpatterns,
    *practice.urlpatterns,
    *desk.urlpatterns,
    *contests.urlpatterns,
    *classes.urlpatterns,
    *figures.urlpatterns,
    *extra_time.urlpatterns,
    *exports.urlpatterns,
]
