import os

SECRET_KEY = "only-for-the-benchmark"
INSTALLED_APPS = ["django_tasks", "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
USE_TZ = True

if "DATABASE_URL" in os.environ:
    from psycopg.conninfo import conninfo_to_dict

    _place = conninfo_to_dict(os.environ["DATABASE_URL"])
    DATABASE = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _place["dbname"],
        "USER": _place["user"],
        "HOST": _place["host"],
        "CONN_MAX_AGE": 60,
    }
else:
    DATABASE = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["SQLITE_FILE"],
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
DATABASES = {"default": DATABASE}
