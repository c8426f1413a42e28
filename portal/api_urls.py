from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from portal.views.national_api import overview

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("overview/", overview, name="api-overview"),
    path("me/notices/", include("portal.notices.api")),
    path("me/", include("portal.accounts.api")),
    path("courses/", include("courses.api")),
    path("partner/v1/", include("courses.api.partner_urls")),
    path("learn/", include("learners.api")),
    path("certificates/", include("certificates.api")),
    path("subsidies/", include("subsidies.api")),
]
