"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import (
    answering,
    appeals,
    asking,
    desk,
    exports,
    extra_time,
    figures,
    integrity,
    marking,
    packages,
    play,
    practice,
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
    *appeals.urlpatterns,
    *integrity.urlpatterns,
    *extra_time.urlpatterns,
    *exports.urlpatterns,
]
