from django.urls import path

from generation.views.batches import BatchListView, BatchResultsView, BatchView, CancelBatchView
from generation.views.catalog import FrameworkListView, ModelListView
from generation.views.estimate import EstimateView
from generation.views.generate import GenerateCodeView
from generation.views.generations import (
    DownloadView,
    FileListView,
    FileView,
    GenerationListView,
    GenerationView,
)
from generation.views.jobs import CancelJobView, JobEventsView, JobView
from generation.views.refinements import DiffView, HistoryView, RefineView, RestoreView
from generation.views.webhook_deliveries import DeliveryListView, DeliveryView, ResendDeliveryView
from generation.views.webhooks import (
    RotateSecretView,
    TestWebhookView,
    WebhookListView,
    WebhookView,
)

urlpatterns = [
    path("generate_code", GenerateCodeView.as_async_view(), name="generate-code"),
    path("generate_code/estimate", EstimateView.as_view(), name="estimate"),
    path("jobs/<uuid:job_id>", JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/events", JobEventsView.as_async_view(), name="job-events"),
    path("jobs/<uuid:job_id>/cancel", CancelJobView.as_view(), name="job-cancel"),
    path("generations", GenerationListView.as_view(), name="generations"),
    path("generations/<uuid:generation_id>", GenerationView.as_view(), name="generation"),
    path("generations/<uuid:generation_id>/files", FileListView.as_view(), name="generation-files"),
    path("generations/<uuid:generation_id>/files/<path:path>", FileView.as_view(), name="generation-file"),
    path("generations/<uuid:generation_id>/download", DownloadView.as_view(), name="generation-download"),
    path("generations/<uuid:generation_id>/refine", RefineView.as_async_view(), name="generation-refine"),
    path("generations/<uuid:generation_id>/restore", RestoreView.as_view(), name="generation-restore"),
    path("generations/<uuid:generation_id>/history", HistoryView.as_view(), name="generation-history"),
    path("generations/<uuid:generation_id>/diff", DiffView.as_view(), name="generation-diff"),
    path("webhooks", WebhookListView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/rotate_secret", RotateSecretView.as_view(), name="webhook-rotate"),
    path("webhooks/<uuid:webhook_id>/test", TestWebhookView.as_view(), name="webhook-test"),
    path("webhooks/<uuid:webhook_id>/deliveries", DeliveryListView.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>",
        DeliveryView.as_view(),
        name="webhook-delivery",
    ),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/resend",
        ResendDeliveryView.as_view(),
        name="webhook-resend",
    ),
    path("batches", BatchListView.as_async_view(), name="batches"),
    path("batches/<uuid:batch_id>", BatchView.as_view(), name="batch"),
    path("batches/<uuid:batch_id>/results", BatchResultsView.as_view(), name="batch-results"),
    path("batches/<uuid:batch_id>/cancel", CancelBatchView.as_view(), name="batch-cancel"),
    path("frameworks", FrameworkListView.as_view(), name="frameworks"),
    path("models", ModelListView.as_view(), name="models"),
]
