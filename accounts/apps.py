from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401 - connects the receivers of the models' signals
        from accounts.ledger import receivers as of_ledger  # noqa: F401 - those of the ledger
        from accounts.limits import checks as of_limits  # noqa: F401 - registers system checks
        from accounts.plans import checks  # noqa: F401 - registers system checks
