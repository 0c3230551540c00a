from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "generation"

    def ready(self) -> None:
        from accounts.ledger.late_writes import write_late
        from generation import (
            anomalies,  # noqa: F401 - connects anomalies to the webhooks,
            audited_jobs,  # noqa: F401 - connects the audit log to what operators do,
            checks,  # noqa: F401 - registers the system checks
            plan_receivers,  # noqa: F401 - connects the receivers of the accounts' signals,
            quota_mail,  # noqa: F401 - more of them,
            receivers,  # noqa: F401 - those of the jobs' signals,
            retention,  # noqa: F401 - registers how what is kept for a time is erased,
            settling,  # noqa: F401 - those of the ledger,
        )
        from generation.login import receivers as of_logins  # noqa: F401 - those of the logins
        from generation.organizations import export  # noqa: F401 - registers the exporters
        from generation.organizations import receivers as of_organizations  # noqa: F401 - those of accounts
        from generation.webhooks import receivers as of_webhooks  # noqa: F401 - and those of the webhooks
        from jobs.lane import around_transactions

        around_transactions.append(write_late)
