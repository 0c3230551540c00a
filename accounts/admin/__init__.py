"""What operators see and do: a module for each noun."""

from accounts.admin import (  # noqa: F401 - registers them
    api_key,
    audit_entry,
    group,
    invitation,
    organization,
    service_account,
    user,
)
from accounts.ledger import admin as _of_ledger  # noqa: F401
from accounts.login import admin as _of_logins  # noqa: F401
