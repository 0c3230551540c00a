"""`/api/v1/usage`: what an organization used, what it cost, and what is left of its quotas."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller_of, organization_of
from accounts.ledger.csv_format import CsvRenderer
from accounts.ledger.overview import all_quotas
from accounts.ledger.reporting import MOST_DAYS, MOST_ROWS, Dimension, UsageQuery, report_usage
from accounts.ledger.serializers import QuotasSerializer, UsageQuerySerializer, UsageReportSerializer
from accounts.models import ApiKey
from accounts.plans.reading import limits_of
from accounts.scopes import Scope


class UsageView(APIView):
    """What the organization used and was billed for, up to 366 days and 10,000 rows at once."""

    renderer_classes = (*APIView.renderer_classes, CsvRenderer)
    required_scopes = {"GET": Scope.USAGE}

    @extend_schema(
        operation_id="get_usage",
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="Default: the first of the month."),
            OpenApiParameter(
                "to", OpenApiTypes.DATE, description=f"Default: today. At most {MOST_DAYS} days."
            ),
            OpenApiParameter(
                "group_by",
                {"type": "array", "items": {"type": "string", "enum": Dimension.values}},
                style="form",
                explode=False,
                description=f"Default: day. More than {MOST_ROWS:,} rows are refused.",
            ),
            OpenApiParameter("format", str, enum=["json", "csv"]),
        ],
        responses={200: UsageReportSerializer, (200, CsvRenderer.media_type): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Response:
        """Days are those of UTC. Known answers and failures cost nothing, and are not in it."""
        asked = UsageQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        query = UsageQuery(organization=organization_of(request), **asked.validated_data)
        report = report_usage(query)
        body = {
            "object": "usage",
            "since": query.since,
            "until": query.until,
            "group_by": query.group_by,
            "columns": query.columns,
            "data": report.rows,
            "by_purpose": report.by_purpose,
            "total": report.total,
        }
        return Response(body)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response.accepted_renderer, CsvRenderer):
            response["Content-Disposition"] = 'attachment; filename="usage.csv"'
        return response


class QuotasView(APIView):
    """The quotas of the organization's plan, and of the calling key where it has a budget of its own."""

    required_scopes = {"GET": Scope.USAGE}

    @extend_schema(operation_id="get_quotas", responses=QuotasSerializer)
    def get(self, request: Request) -> Response:
        organization, caller = organization_of(request), caller_of(request)
        limits = limits_of(organization)
        quotas = all_quotas(organization, caller if isinstance(caller, ApiKey) else None)
        body = {
            "object": "quotas",
            "plan": {"slug": limits.plan, "name": limits.name},
            "quotas": quotas,
        }
        return Response(QuotasSerializer(body).data)
