from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "generation"

    def ready(self) -> None:
        from generation import audited_jobs, receivers  # noqa: F401 - connect the receivers of the jobs' signals
        from generation.organizations import export  # noqa: F401 - registers the exporters
        from generation.organizations import receivers as of_organizations  # noqa: F401 - those of accounts
        from generation.webhooks import receivers as of_webhooks  # noqa: F401 - and those of the webhooks
