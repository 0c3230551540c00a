from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "generation"

    def ready(self) -> None:
        from generation import receivers  # noqa: F401 - connects the receivers of the jobs' signals
        from generation.login import receivers as of_login  # noqa: F401 - those of the logins
        from generation.webhooks import receivers as of_webhooks  # noqa: F401 - and those of the webhooks
