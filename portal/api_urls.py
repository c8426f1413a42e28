from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("me/", include("portal.accounts.api")),
    path("courses/", include("courses.api")),
    path("learn/", include("learners.api")),
    path("certificates/", include("certificates.api")),
    path("subsidies/", include("subsidies.api")),
]
