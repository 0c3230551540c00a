from django.apps import AppConfig


class CodegenSiteConfig(AppConfig):
    name = "codegen_site"
