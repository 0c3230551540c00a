"""`POST /api/v1/generate_code/estimate`: what a request would cost."""

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller_of
from accounts.idempotent_view import IdempotentView
from accounts.scopes import Scope
from generation.allowed import check_allowed, model_for
from generation.catalog import check_fits, request_limits
from generation.estimate_serializers import EstimateSerializer, show_estimate
from generation.estimating import estimate_generation
from generation.models import Generation
from generation.pipeline.validate_request import validate_request
from generation.request_serializers import GenerateRequestSerializer


class EstimateView(IdempotentView, GenericAPIView[Generation]):
    """What a request would cost, what is left of each quota, and whether it would be accepted.

    The body is that of `generate_code`. Nothing is stored, and no model is asked.
    """

    is_repeatable = True

    serializer_class = GenerateRequestSerializer
    required_scopes = {"POST": Scope.GENERATE}

    @extend_schema(
        operation_id="estimate_generation",
        request=GenerateRequestSerializer,
        responses={200: EstimateSerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        options = dict(serializer.validated_data)
        cache, store = options.pop("cache"), options.pop("store")
        for name in ("async", "stream", "metadata"):
            options.pop(name, None)
        caller = caller_of(request)
        options["model"] = model_for(caller, options.get("model"))
        asked = validate_request(limits=request_limits(options["model"]), **options)
        check_allowed(caller, asked)
        estimate = estimate_generation(
            organization=caller.organization,
            request=check_fits(asked),
            cache=cache if store else "off",
            caller=caller,
        )
        return Response(show_estimate(estimate, model=asked.model))
