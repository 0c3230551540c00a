from generation.tests.webhooks.conftest import receiver, subscribe

__all__ = ["receiver", "subscribe"]
