from django.apps import AppConfig


class CodegenSiteConfig(AppConfig):
    name = "codegen_site"

    def ready(self) -> None:
        from codegen_site import checks  # noqa: F401 - registers them
