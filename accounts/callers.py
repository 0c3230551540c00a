"""Who calls: a key, or a member who is logged in."""

from accounts.models import ApiKey, Membership

Caller = ApiKey | Membership


def is_test(caller: Caller | None) -> bool:
    return isinstance(caller, ApiKey) and caller.is_test
