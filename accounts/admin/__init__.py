"""What operators see and do: a module for each noun."""

from accounts.admin import api_key, audit_entry, organization, user  # noqa: F401 - registers them
