from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CodegenSiteConfig(AppConfig):
    name = "codegen_site"
    default = True

    def ready(self) -> None:
        from codegen_site import checks  # noqa: F401 - registers them


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "accounts.login.admin_site.AdminSite"
