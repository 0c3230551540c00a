"""The site with pages and a task that break while they hold secrets."""

from codegen_site.settings import *  # noqa: F403

ROOT_URLCONF = "codegen_site.tests.planted.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_TIMEOUT = 2
