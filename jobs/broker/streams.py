"""What the server keeps for us. Every option is known to servers from 2.9 on: older ones ignore silently."""

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from jobs.bands import Band
from jobs.config import BrokerConfig

EVENTS_MAX_AGE_S = 900
EVENTS_PER_JOB = 20_000
DEAD_MAX_AGE_S = 30 * 86_400


def stream_configs(config: BrokerConfig) -> list[StreamConfig]:
    return [_tasks(config), _events(config), _dead(config)]


def _tasks(config: BrokerConfig) -> StreamConfig:
    """The doorbell: a message goes when its job was taken care of."""
    return StreamConfig(
        name=config.tasks_stream,
        subjects=[f"{config.prefix}tasks.run.>"],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        duplicate_window=600,
        max_bytes=2 * 1024**3,
        num_replicas=config.replicas,
    )


def _events(config: BrokerConfig) -> StreamConfig:
    """The event logs of the jobs: to follow live, and to replay for a while."""
    return StreamConfig(
        name=config.events_stream,
        subjects=[f"{config.prefix}ev.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.MEMORY,
        discard=DiscardPolicy.OLD,
        max_age=EVENTS_MAX_AGE_S,
        max_msgs_per_subject=EVENTS_PER_JOB,
        max_bytes=256 * 1024**2,
        allow_direct=True,
        num_replicas=config.replicas,
    )


def _dead(config: BrokerConfig) -> StreamConfig:
    """Messages that no job belongs to, for somebody to look at; dead jobs themselves are in SQL."""
    return StreamConfig(
        name=config.dead_stream,
        subjects=[f"{config.prefix}tasks.dead.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=DEAD_MAX_AGE_S,
        max_bytes=256 * 1024**2,
        num_replicas=config.replicas,
    )


def consumer_name(queue: str, band: Band) -> str:
    return f"{queue}-{band}"


def consumer_config(config: BrokerConfig, queue: str, band: Band) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=consumer_name(queue, band),
        filter_subject=f"{config.prefix}tasks.run.{queue}.{band}.>",
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=config.timing.ack_wait,
        max_deliver=-1,
        max_ack_pending=50_000,
        max_waiting=2048,
    )
