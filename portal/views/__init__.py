"""Pages that belong to no single app: home, the learner's desk, the national view, the component page."""

from portal.views.desk import my
from portal.views.health import health
from portal.views.national import overview, overview_csv
from portal.views.showcase import design
from portal.views.welcome import home

__all__ = ["design", "health", "home", "my", "overview", "overview_csv"]
