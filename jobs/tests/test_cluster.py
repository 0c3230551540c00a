"""Three NATS servers that keep each message thrice: one may die, whichever it is."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codegen_site.tests.plugin import free_port
from jobs.broker import Broker
from jobs.config import broker_config
from jobs.models import Job
from jobs.tests import trouble
from jobs.tests.processes import NatsProcess, World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True), once]


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[NatsProcess]]:
    ports, routes = ([free_port() for _ in range(3)] for _ in range(2))
    others = ", ".join(f"nats://127.0.0.1:{port}" for port in routes)
    nodes = [
        NatsProcess.make(
            folder=tmp_path / f"n{number}",
            port=ports[number],
            extra=f"server_name: n{number}\n"
            f"cluster {{ name: c, listen: 127.0.0.1:{routes[number]}, routes: [{others}] }}\n",
        )
        for number in range(3)
    ]
    yield nodes
    for node in nodes:
        if node.child:
            node.kill()


@pytest.fixture
def cluster(nodes: list[NatsProcess], make_world: Callable[..., World]) -> World:
    urls = ",".join(node.url for node in nodes)
    return make_world(nodes[0], NATS_URL=urls, JOBS_REPLICAS="3")


def leader_of_the_queue() -> int:
    async def ask() -> int:
        broker = await Broker.connect(broker_config(), name="test")
        try:
            cluster = (await broker.js.stream_info(broker.config.tasks_stream)).cluster
        finally:
            await broker.close()
        assert cluster
        assert cluster.leader
        return int(cluster.leader.removeprefix("n"))

    return asyncio.run(ask())


def test_a_worker_waits_for_a_cluster_that_has_no_leader_yet(
    cluster: World, nodes: list[NatsProcess]
) -> None:
    nodes[0].start()
    worker = cluster.start_worker()
    eventually(lambda: "Trying again." in worker.said())
    time.sleep(1.0)
    for node in nodes[1:]:
        node.start()
    worker.wait_ready()


def test_nothing_is_lost_when_the_leader_dies_under_load(cluster: World, nodes: list[NatsProcess]) -> None:
    for node in nodes:
        node.start()
    for _ in range(2):
        cluster.start_worker(queues="default:50")
    for worker in cluster.workers:
        worker.wait_ready()
    for _ in range(2):
        leader = nodes[leader_of_the_queue()]
        trouble.buy.enqueue_many([{"seconds": 0.2}] * 200)
        leader.kill()
        trouble.buy.enqueue_many([{"seconds": 0.2}] * 200)
        time.sleep(2.0)
        leader.start()
        eventually(lambda: not Job.objects.unfinished().exists())
    assert Job.objects.filter(status=Job.Status.SUCCESSFUL).count() == 800
    assert len(cluster.calls("call")) == 800
