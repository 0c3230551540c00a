import pytest

from jobs.bands import Band, Demand, band_of, share_out


@pytest.mark.parametrize(
    ("priority", "band"),
    [(100, "hi"), (34, "hi"), (33, "mid"), (0, "mid"), (-33, "mid"), (-34, "lo"), (-100, "lo")],
)
def test_a_priority_belongs_to_a_band(priority: int, band: str) -> None:
    assert band_of(priority) == band


def share(slots: int, **wishes: tuple[int, int]) -> dict[str, int]:
    """Bands as `hi=(used, wanted)`."""
    demands = {Band(band): Demand(used=used, wanted=wanted) for band, (used, wanted) in wishes.items()}
    room = slots - sum(used for used, _ in wishes.values())
    return {str(band): count for band, count in share_out(slots, room, demands).items()}


def test_each_band_gets_its_share_while_all_have_jobs_that_wait() -> None:
    assert share(100, hi=(0, 500), mid=(0, 500), lo=(0, 500)) == {"hi": 70, "mid": 20, "lo": 10}


def test_what_one_band_leaves_goes_to_the_others() -> None:
    assert share(100, hi=(0, 5), mid=(0, 500), lo=(0, 0)) == {"hi": 5, "mid": 95, "lo": 0}
    assert share(100, hi=(0, 0), mid=(0, 500), lo=(0, 0)) == {"hi": 0, "mid": 100, "lo": 0}


def test_mass_in_the_low_band_leaves_half_of_the_slots_free() -> None:
    assert share(100, hi=(0, 0), mid=(0, 0), lo=(0, 500)) == {"hi": 0, "mid": 0, "lo": 50}
    assert share(100, hi=(0, 0), mid=(0, 0), lo=(50, 500)) == {"hi": 0, "mid": 0, "lo": 0}


def test_a_band_that_has_more_than_its_share_gets_nothing_before_the_others_have_theirs() -> None:
    assert share(100, hi=(0, 3), mid=(97, 500), lo=(0, 0)) == {"hi": 3, "mid": 0, "lo": 0}
    assert share(100, hi=(0, 500), mid=(90, 500), lo=(0, 500)) == {"hi": 10, "mid": 0, "lo": 0}


@pytest.mark.parametrize("slots", [1, 2, 3, 7])
def test_never_more_is_shared_out_than_there_is(slots: int) -> None:
    given = share(slots, hi=(0, 9), mid=(0, 9), lo=(0, 9))
    assert sum(given.values()) == slots
    assert given["hi"] >= 1
