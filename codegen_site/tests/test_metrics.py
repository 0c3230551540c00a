import re

from django.test import Client


def count(text: str, **labels: str) -> float:
    named = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    found = re.search(rf"http_request_duration_seconds_count{{{named}}} (\S+)", text)
    return float(found[1]) if found else 0


def test_requests_are_counted_by_view_and_status() -> None:
    client = Client()
    before = client.get("/metrics").content.decode()
    client.get("/health")
    client.get("/api/v1/generations", headers={"Accept": "application/json"})
    client.get("/nothing/1")
    client.get("/nothing/2")
    after = client.get("/metrics").content.decode()
    for labels, more in (
        ({"method": "GET", "view": "health", "status": "200"}, 1),
        ({"method": "GET", "view": "generations", "status": "401"}, 1),
        ({"method": "GET", "view": "none", "status": "404"}, 2),
    ):
        assert count(after, **labels) - count(before, **labels) == more
