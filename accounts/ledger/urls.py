from django.urls import path

from accounts.ledger.views import QuotasView, UsageView

urlpatterns = [
    path("usage", UsageView.as_view(), name="usage"),
    path("usage/limits", QuotasView.as_view(), name="usage-limits"),
]
