"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

from learners.api import desk, packages, play, study, tries

urlpatterns = [
    *study.urlpatterns,
    *play.urlpatterns,
    *tries.urlpatterns,
    *packages.urlpatterns,
    *desk.urlpatterns,
]
