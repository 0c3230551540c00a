"""Who calls: a key, or a member who is logged in."""

from accounts.models import ApiKey, Membership

Caller = ApiKey | Membership
