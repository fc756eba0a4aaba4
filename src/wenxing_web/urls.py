"""Every address of the platform. Apps name their own; this file only joins them."""

from django.urls import include, path
from django.views.i18n import set_language

from wenxing_web.live.views import healthz

urlpatterns = [
    path("", include("wenxing_web.reader.urls")),
    path("", include("wenxing_web.members.urls")),
    path("", include("wenxing_web.billing.urls")),
    path("", include("wenxing_web.cases.urls")),
    path("", include("wenxing_web.notices.urls")),
    path("", include("wenxing_web.demand.urls")),
    path("", include("wenxing_web.rooms.urls")),
    path("console/", include("wenxing_web.console.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", set_language, name="set_language"),
    path("healthz", healthz, name="healthz"),
]
