"""`/api/v1/generations`: what was made, and its files."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import organization_of
from accounts.pagination import HistoryPagination
from accounts.scopes import Scope
from generation.archive import files_in_order, zip_files
from generation.filters import GenerationFilter
from generation.models import File, Generation
from generation.serializers import (
    FileHeadSerializer,
    FileSerializer,
    GenerationHeadSerializer,
    GenerationSerializer,
)
from generation.services import delete_generation
from generation.views.jobs import generation_or_404


class GenerationListView(ListAPIView[Generation]):
    """The generations of the organization, newest first, without the content of their files."""

    serializer_class = GenerationHeadSerializer
    pagination_class = HistoryPagination
    filterset_class = GenerationFilter
    queryset = Generation.objects.none()
    required_scopes = {"GET": Scope.READ}

    def get_queryset(self) -> QuerySet[Generation]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return Generation.objects.for_organization(organization_of(self.request)).with_heads()


class GenerationView(GenericAPIView[Generation]):
    """One generation with its files."""

    serializer_class = GenerationSerializer
    required_scopes = {"GET": Scope.READ, "DELETE": Scope.GENERATE}

    @extend_schema(operation_id="get_generation")
    def get(self, request: Request, generation_id: UUID) -> Response:
        return Response(self.get_serializer(generation_or_404(request, generation_id)).data)

    @extend_schema(operation_id="delete_generation", responses={204: None})
    def delete(self, request: Request, generation_id: UUID) -> Response:
        """Delete it for good, with its files, its attempts and what the cache knows of it."""
        delete_generation(generation=generation_or_404(request, generation_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FileListView(APIView):
    """The files of a generation, without their content."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(operation_id="list_files", responses=FileHeadSerializer(many=True))
    def get(self, request: Request, generation_id: UUID) -> Response:
        files = generation_or_404(request, generation_id).files.defer("content")
        return Response(FileHeadSerializer(files, many=True).data)


class FileView(GenericAPIView[File]):
    """One file of a generation."""

    serializer_class = FileSerializer
    required_scopes = {"GET": Scope.READ}

    @extend_schema(operation_id="get_file")
    def get(self, request: Request, generation_id: UUID, path: str) -> Response:
        if "\0" in path:  # PostgreSQL would not even look for it
            raise Http404
        files = generation_or_404(request, generation_id).files
        return Response(self.get_serializer(get_object_or_404(files, path=path)).data)


class DownloadView(APIView):
    """All files of a generation as a zip. The same files give the same bytes."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="download_generation", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, generation_id: UUID) -> StreamingHttpResponse:
        generation = generation_or_404(request, generation_id)
        response = StreamingHttpResponse(
            zip_files(files_in_order(generation)), content_type="application/zip"
        )
        response["Content-Disposition"] = f'attachment; filename="{generation.id}.zip"'
        return response
