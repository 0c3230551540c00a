"""Takes room in a balance: one update, which finds its row only while there is enough."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.db.models import Field

from accounts.ledger.amounts import Amount
from accounts.ledger.booking import BalanceRow
from accounts.ledger.caps import Caps
from accounts.ledger.periods import day_of
from accounts.ledger.quota import Quota
from accounts.models import Balance


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """What is wanted of the quotas of a month, and of the day in it."""

    amount: Amount
    requests: int

    def of(self, quota: Quota) -> int:
        """Of what is stored, room for anything at all: nobody knows how much it will be."""
        match quota:
            case Quota.MONEY | Quota.KEY_MONEY:
                return self.amount.microusd
            case Quota.TOKENS:
                return self.amount.tokens
            case Quota.REQUESTS:
                return self.requests
            case _:
                return 1


# In SQL, since everybody else who writes to SQLite waits while it is put together: Django takes ten times as
# long for it as the database does. What is not wanted, or has no limit, is not asked for. A clock that is
# behind those of others counts into their day.
TAKE = """\
UPDATE accounts_balance SET
    reserved_microusd = reserved_microusd + %(microusd)s,
    reserved_tokens = reserved_tokens + %(tokens)s,
    requests = CASE WHEN day >= %(today)s THEN requests ELSE 0 END + %(requests)s,
    day = CASE WHEN day >= %(today)s THEN day ELSE %(today)s END,
    limit_microusd = %(most_microusd)s,
    limit_tokens = %(most_tokens)s,
    limit_requests = %(most_requests)s
WHERE organization_id = %(organization_id)s AND month = %(month)s AND {key}
    AND (%(microusd)s = 0 OR %(most_microusd)s IS NULL
        OR reserved_microusd + spent_microusd + %(microusd)s <= %(most_microusd)s)
    AND (%(tokens)s = 0 OR %(most_tokens)s IS NULL
        OR reserved_tokens + spent_tokens + %(tokens)s <= %(most_tokens)s)
    AND (%(requests)s = 0 OR %(most_requests)s IS NULL
        OR CASE WHEN day >= %(today)s THEN requests ELSE 0 END + %(requests)s <= %(most_requests)s)
    AND (%(most_bytes)s IS NULL OR %(most_bytes)s > COALESCE(
        (SELECT bytes FROM accounts_storedbytes WHERE organization_id = %(organization_id)s), 0))
"""
OF_ORGANIZATION = TAKE.format(key="api_key_id IS NULL")
OF_KEY = TAKE.format(key="api_key_id = %(api_key_id)s")


def take_room(row: BalanceRow, *, demand: Demand, caps: Caps, now: datetime) -> bool:
    """False when there is too little, or no such balance yet."""
    values = {
        "organization_id": _stored("organization_id", row.organization_id),
        "api_key_id": _stored("api_key_id", row.api_key_id),
        "month": _stored("month", row.month),
        "today": _stored("day", day_of(now)),
        "microusd": demand.amount.microusd,
        "tokens": demand.amount.tokens,
        "requests": demand.requests,
        "most_microusd": caps.microusd,
        "most_tokens": caps.tokens,
        "most_requests": caps.requests,
        "most_bytes": caps.stored_bytes,
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_KEY if row.api_key_id else OF_ORGANIZATION, values)
        return bool(cursor.rowcount)


def _stored(field: str, value: object) -> Any:
    """As the database has it: SQLite keeps ids and days as texts."""
    column = cast("Field[Any, Any]", Balance._meta.get_field(field))
    return column.get_db_prep_value(value, connection)
