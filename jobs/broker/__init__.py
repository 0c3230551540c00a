"""The only package that speaks to NATS: one connection, three streams, and what passes over them."""

from jobs.broker.client import Broker
from jobs.broker.deliveries import Delivery, PullEnded, PullInbox

__all__ = ["Broker", "Delivery", "PullEnded", "PullInbox"]
