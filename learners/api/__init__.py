"""The API twin of the learners' pages, by subject. Mounted at /api/learn/."""

urlpatterns: list = []
