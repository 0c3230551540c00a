from rest_framework.exceptions import APIException

from codegen_site.errors import AppException


class Refusal(APIException):
    """An error of ours where DRF deals with its own alone: in authentication and permissions."""

    def __init__(self, error: AppException) -> None:
        super().__init__(error.message)
        self.app_exception = error
        self.status_code = error.status
