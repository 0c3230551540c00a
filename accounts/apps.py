from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.ledger import receivers  # noqa: F401 - connects the receivers of the accounts' signals
        from accounts.plans import checks  # noqa: F401 - registers the system checks
