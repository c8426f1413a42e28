from django.urls import include, path
from django.views.i18n import set_language

from portal import views
from portal.demo import views as demo

urlpatterns = [
    path("", views.home, name="home"),
    path("my/", views.my, name="my"),
    path("overview/", views.overview, name="overview"),
    path("overview/figures.csv", views.overview_csv, name="overview_csv"),
    path("design/", views.design, name="design"),
    path("demo/", demo.desk, name="demo"),
    path("demo/clock/", demo.forward, name="demo_clock"),
    path("language/", set_language, name="set_language"),
    path("health/", views.health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("me/notices/", include("portal.notices.urls")),
    path("me/data/", include("portal.owndata.urls")),
    path("me/", include("portal.accounts.urls")),
    path("audit/", include("portal.audit.urls")),
    path("courses/", include("courses.urls")),
    path("learn/", include("learners.urls")),
    path("", include("certificates.urls")),
    path("", include("subsidies.urls")),
    path("api/", include("portal.api_urls")),
]
