from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from jobs import checks  # noqa: F401 - registers them
        from jobs.compat import silence_signal_logs

        silence_signal_logs()
