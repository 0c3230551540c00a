"""Whatever happens in whichever order, and wherever a process dies: nothing is overspent, all sums agree."""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.ledger.amounts import Amount
from accounts.ledger.checking import check_balances
from accounts.ledger.closing import Bill, hand_over, release, release_all, settle
from accounts.ledger.late_writes import write_late
from accounts.ledger.reserving import NewHold, reserve, reserve_again
from accounts.ledger.sweeping import Fate, sweep_holds
from accounts.ledger.testing import limit
from accounts.models import ApiKey, Balance, Hold, LedgerEntry, Organization
from accounts.testing import make_key, make_organization
from codegen_site.errors import QuotaExceeded

machines = count(1)
MONEY, TOKENS, KEY_MONEY = 1_000, 5_000, 600


class Died(Exception):
    """The process, in the middle of a transaction."""


amounts = st.builds(Amount, microusd=st.integers(0, 400), tokens=st.integers(0, 1_500))
# After so many statements; never, mostly.
deaths = st.one_of(st.none(), st.none(), st.integers(0, 12))


def die_after(statements: int) -> Callable[..., Any]:
    left = iter(range(statements))

    def count(execute: Any, *args: Any) -> Any:
        if next(left, None) is None:
            raise Died
        return execute(*args)

    return count


class Ledger(RuleBasedStateMachine):
    """What should be true is kept beside: what is held, what was spent, and by how much that was exceeded."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(next(machines) << 64)
        limits = {"money_per_month_microusd": MONEY, "tokens_per_month": TOKENS}
        self.organization: Organization = limit(make_organization(), **limits)
        ApiKey.objects.filter(pk=make_key(self.organization)[0].pk).update(monthly_budget_microusd=KEY_MONEY)
        self.key = ApiKey.objects.get(organization=self.organization)
        self.held: dict[UUID, tuple[Amount, bool]] = {}
        self.released: dict[UUID, tuple[Amount, bool]] = {}
        self.spent = {True: Amount(), False: Amount()}
        self.overshoot = {"money": 0, "tokens": 0, "key": 0}

    def new_id(self) -> UUID:
        """Rising, so that what is drawn by its place is the same when hypothesis plays it again."""
        return UUID(int=next(self.ids))

    def attempt(self, action: Callable[[], Any], dies: int | None, *, late: bool = False) -> bool:
        """In a transaction, or as a worker does. False when it was refused or died: nothing has happened."""
        try:
            with transaction.atomic(), write_late() if late else transaction.atomic():
                if dies is None:
                    action()
                else:
                    with connection.execute_wrapper(die_after(dies)):
                        action()
        except (QuotaExceeded, Died):
            return False
        return True

    @rule(wanted=st.lists(amounts, min_size=1, max_size=3), with_key=st.booleans(), dies=deaths)
    def reserve(self, wanted: list[Amount], with_key: bool, dies: int | None) -> None:
        holds = [NewHold(generation_id=self.new_id(), amount=amount) for amount in wanted]
        key = self.key if with_key else None
        ask = lambda: reserve(organization=self.organization, api_key=key, holds=holds)  # noqa: E731
        if self.attempt(ask, dies):
            self.held |= {hold.generation_id: (hold.amount, with_key) for hold in holds}

    @precondition(lambda self: self.held)
    @rule(data=st.data(), cost=amounts, dies=deaths, late=st.booleans())
    def settle(self, data: st.DataObject, cost: Amount, dies: int | None, late: bool) -> None:
        generation_id = data.draw(st.sampled_from(sorted(self.held)))
        if self.attempt(lambda: settle(self.bill(generation_id, cost)), dies, late=late):
            self.note_settled(generation_id, cost)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), dies=deaths, late=st.booleans())
    def release(self, data: st.DataObject, dies: int | None, late: bool) -> None:
        some = data.draw(st.sets(st.sampled_from(sorted(self.held)), min_size=1, max_size=3))
        if self.attempt(lambda: release_all(some), dies, late=late):
            for generation_id in some:
                self.released[generation_id] = self.held.pop(generation_id)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), dies=deaths, late=st.booleans())
    def hand_over(self, data: st.DataObject, dies: int | None, late: bool) -> None:
        """To an heir of the same key: that of another may exceed its budget, as is said."""
        generation_id, heir_id = data.draw(st.sampled_from(sorted(self.held))), self.new_id()
        amount, with_key = self.held[generation_id]

        def cancel() -> None:
            release(generation_id)
            key_id = self.key.pk if with_key else None
            hand_over(generation_id, heir_id=heir_id, heirs_key_id=key_id)

        if self.attempt(cancel, dies, late=late):
            self.released[generation_id] = self.held.pop(generation_id)
            self.held[heir_id] = (amount, with_key)

    @precondition(lambda self: self.released)
    @rule(data=st.data(), dies=deaths)
    def retry(self, data: st.DataObject, dies: int | None) -> None:
        generation_id = data.draw(st.sampled_from(sorted(self.released)))
        key = self.key if self.released[generation_id][1] else None
        again = lambda: reserve_again(  # noqa: E731
            organization=self.organization, api_key=key, generation_id=generation_id
        )
        if self.attempt(again, dies):
            self.held[generation_id] = self.released.pop(generation_id)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def end_twice(self, data: st.DataObject) -> None:
        generation_id = data.draw(st.sampled_from(sorted(self.held)))
        release(generation_id)
        self.released[generation_id] = self.held.pop(generation_id)
        assert not release(generation_id)
        assert not settle(self.bill(generation_id, Amount(microusd=50, tokens=50)))

    @rule(data=st.data(), cost=amounts)
    def sweep(self, data: st.DataObject, cost: Amount) -> None:
        """Some were forgotten: they have vanished, or have ended with a cost; the others live."""
        fates: dict[UUID, Fate] = {
            generation_id: data.draw(st.sampled_from(["live", None, self.bill(generation_id, cost)]))
            for generation_id in sorted(self.held)
        }
        Hold.objects.open().update(expires_at=timezone.now())
        sweep_holds(lambda ids: {one: fate for one, fate in fates.items() if fate is not None})
        for generation_id, fate in fates.items():
            if isinstance(fate, Bill):
                self.note_settled(generation_id, cost)
            elif fate is None:
                self.released[generation_id] = self.held.pop(generation_id)

    def bill(self, generation_id: UUID, cost: Amount) -> Bill:
        return Bill(
            organization_id=self.organization.pk, api_key_id=None, generation_id=generation_id, amount=cost
        )

    def note_settled(self, generation_id: UUID, cost: Amount) -> None:
        held, with_key = self.held.pop(generation_id)
        before = self.spent[with_key]
        self.spent[with_key] = Amount(
            microusd=before.microusd + cost.microusd, tokens=before.tokens + cost.tokens
        )
        self.overshoot["money"] += max(0, cost.microusd - held.microusd)
        self.overshoot["tokens"] += max(0, cost.tokens - held.tokens)
        self.overshoot["key"] += max(0, cost.microusd - held.microusd) if with_key else 0

    @invariant()
    def the_balance_has_what_is_held_and_what_was_spent(self) -> None:
        balance = Balance.objects.filter(organization=self.organization, api_key_id=None).first() or Balance()
        spent = [self.spent[True], self.spent[False]]
        assert balance.reserved_microusd == sum(amount.microusd for amount, _ in self.held.values())
        assert balance.reserved_tokens == sum(amount.tokens for amount, _ in self.held.values())
        assert balance.spent_microusd == sum(amount.microusd for amount in spent)
        assert balance.spent_tokens == sum(amount.tokens for amount in spent)
        assert balance.reserved_microusd + balance.spent_microusd <= MONEY + self.overshoot["money"]
        assert balance.reserved_tokens + balance.spent_tokens <= TOKENS + self.overshoot["tokens"]

    @invariant()
    def the_key_has_not_more_than_its_budget(self) -> None:
        balance = Balance.objects.filter(api_key_id=self.key.pk).first() or Balance()
        assert balance.reserved_microusd == sum(a.microusd for a, with_key in self.held.values() if with_key)
        assert balance.spent_microusd == self.spent[True].microusd
        assert balance.reserved_microusd + balance.spent_microusd <= KEY_MONEY + self.overshoot["key"]

    @invariant()
    def the_entries_sum_to_the_balances(self) -> None:
        assert check_balances(organization=self.organization) == []

    @invariant()
    def nothing_is_settled_twice(self) -> None:
        settled = LedgerEntry.objects.for_organization(self.organization).filter(kind="settle")
        ids = list(settled.values_list("generation_id", flat=True))
        assert len(ids) == len(set(ids))


@pytest.mark.django_db
def test_any_interleaving_keeps_the_limits_and_the_books() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
