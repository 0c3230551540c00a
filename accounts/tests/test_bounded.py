from accounts.bounded import Bounded


def test_it_gives_back_what_it_was_told() -> None:
    bounded: Bounded[int] = Bounded(2)
    bounded.set("a", 1)
    assert (bounded.get("a"), bounded.get("b"), len(bounded)) == (1, None, 1)


def test_the_oldest_go_first() -> None:
    bounded: Bounded[int] = Bounded(2)
    for name in ("a", "b", "a", "c"):
        bounded.set(name, 1)
    assert [name for name in "abc" if bounded.get(name)] == ["a", "c"]


def test_a_value_is_changed_where_it_is() -> None:
    bounded: Bounded[int] = Bounded(2)
    for _ in range(3):
        bounded.change("a", lambda value: (value or 0) + 1)
    assert bounded.get("a") == 3


def test_what_is_meant_is_forgotten() -> None:
    bounded: Bounded[int] = Bounded(9)
    for number in range(4):
        bounded.set(str(number), number)
    bounded.forget(lambda value: value % 2 == 0)
    assert [bounded.get(str(number)) for number in range(4)] == [None, 1, None, 3]
    bounded.clear()
    assert len(bounded) == 0
