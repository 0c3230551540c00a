from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView
from django_prometheus.exports import ExportToDjangoView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from accounts.organizations.pages import InvitationPage
from codegen_site import health

handler400 = "codegen_site.error_pages.bad_request"
handler403 = "codegen_site.error_pages.permission_denied"
handler404 = "codegen_site.error_pages.page_not_found"
handler500 = "codegen_site.error_pages.server_error"

PUBLIC = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("favicon.ico", RedirectView.as_view(url=static("codegen_site/favicon.svg"))),
    path("", include("accounts.login.urls")),
    path("admin/", admin.site.urls),
    path("invitation", InvitationPage.as_view(), name="invitation-page"),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("generation.urls")),
    path("api/v1/", include("accounts.ledger.urls")),
    path("api/schema", SpectacularAPIView.as_view(**PUBLIC), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema", **PUBLIC), name="docs"),
    path("health", health.live, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", ExportToDjangoView, name="metrics"),
]
