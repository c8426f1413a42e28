"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import answering, asking, desk, exports, marking, packages, play, study

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *packages.urlpatterns,
    *desk.urlpatterns,
    *asking.urlpatterns,
    *answering.urlpatterns,
    *marking.urlpatterns,
    *exports.urlpatterns,
]
