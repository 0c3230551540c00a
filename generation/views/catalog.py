"""What can be asked for: frameworks and models."""

from dataclasses import asdict

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller_of, organization_of
from accounts.organizations.allowed import is_framework_allowed, is_model_allowed
from accounts.scopes import Scope
from generation.frameworks import load_frameworks
from generation.integrations.model_list import known_models
from generation.serializers import FrameworkSerializer, ModelSerializer


class FrameworkListView(APIView):
    """The frameworks that a prompt can be built with, as far as the organization allows them."""

    required_scopes = Scope.READ

    @extend_schema(operation_id="list_frameworks", responses=FrameworkSerializer(many=True))
    def get(self, request: Request) -> Response:
        organization = organization_of(request)
        allowed = [one for one in load_frameworks().values() if is_framework_allowed(organization, one.slug)]
        frameworks = sorted(allowed, key=lambda framework: framework.slug)
        return Response(FrameworkSerializer(frameworks, many=True).data)


class ModelListView(APIView):
    """The models behind the proxy, as far as the organization and the key allow them."""

    required_scopes = Scope.READ

    @extend_schema(operation_id="list_models", responses=ModelSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = [
            {**asdict(model), "is_default": model.id == settings.DEFAULT_MODEL}
            for model in known_models()
            if is_model_allowed(caller_of(request), model.id)
        ]
        return Response(ModelSerializer(rows, many=True).data)
