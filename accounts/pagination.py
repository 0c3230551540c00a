from rest_framework.pagination import CursorPagination


class HistoryPagination(CursorPagination):
    """Newest first; ids are in the order of time."""

    ordering = "-id"
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
