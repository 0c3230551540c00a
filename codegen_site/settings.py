"""Every setting of the site, from where `env.py` finds it. `.env.example` lists them with their defaults.

A variable that is missing has a default that suits a fresh clone; one that is malformed stops the start.
"""

import sys
from pathlib import Path
from typing import Any

import structlog
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from codegen_site.env import BASE_DIR, LoudEnv, environment, parse_networks
from codegen_site.error_texts import print_uncaught
from codegen_site.logging import SHARED, logging_config
from codegen_site.secret_key import local_secret_key

env = LoudEnv(environment())

# Where the embedded servers keep their data, and SQLite its file.
LOCAL_DIR = Path(env.str("LOCAL_DIR", str(BASE_DIR / ".local")))

# --- The site

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", False)
# Where links in e-mails lead; unset: to the address that was called.
SITE_URL = env.str("SITE_URL", "").rstrip("/")
# Networks of proxies whose X-Forwarded-For is believed.
TRUSTED_PROXIES = env("TRUSTED_PROXIES", cast=parse_networks, default=[])
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if HTTPS:
        raise ImproperlyConfigured("SECRET_KEY must be set: every process of an installation needs the same.")
    SECRET_KEY = local_secret_key(LOCAL_DIR)
# Those before it: what they signed or encrypted is still read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Long random texts that encrypt the secrets of organizations and key the hashes of their API keys, the newest
# first; after them SECRET_KEY.
SECRETS_KEYS = env.list("SECRETS_KEYS", default=[])

INSTALLED_APPS = [
    "codegen_site",
    "generation",
    "jobs",
    "accounts",
    "codegen_site.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_prometheus",
    "django_tasks",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# Pages of these origins may call /api/, with a key and without cookies.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])

MIDDLEWARE = [
    "codegen_site.request_id.request_id_middleware",
    "codegen_site.content_security.content_security_middleware",
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    "django.middleware.security.SecurityMiddleware",
    "codegen_site.static_files.static_files_middleware",
    "codegen_site.rate_limits.rate_limit_middleware",
    "accounts.login.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "codegen_site.urls"
ASGI_APPLICATION = "codegen_site.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
SILENCED_SYSTEM_CHECKS: list[str] = []

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- SQL: the truth

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{LOCAL_DIR}/db.sqlite3"),
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # In a file also for tests: threads that share a database in memory lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": str(LOCAL_DIR / "test.sqlite3")}
    # IMMEDIATE takes the write lock at BEGIN, where SQLite waits for it; later it would fail at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }

# --- Redis: answers already known, sessions, look-ups. Everything in it may vanish.

REDIS_URL = env.str("REDIS_URL", "")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "codegen_site.redis_cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "codegen",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 1},
    }

# --- NATS JetStream: which job to run next, and the event log of each job

NATS_URL = env.str("NATS_URL", "nats://127.0.0.1:4222")
JOBS_REPLICAS = env.int("JOBS_REPLICAS", 1)
JOBS_STREAM_PREFIX = env.str("JOBS_STREAM_PREFIX", "")
TASKS = {
    "default": {
        "BACKEND": "jobs.backend.JetStreamBackend",
        "QUEUES": ["default", "llm"],
        # After this long without a sign of life from its worker, a job goes to another one.
        "OPTIONS": {
            "ACK_WAIT_S": env.float("JOBS_ACK_WAIT_S", 30.0),
            "FORMAT_ERROR": "codegen_site.error_texts.format_error",
        },
    },
}

# Finished jobs and the ticks of schedules are deleted after this long; generations are not.
JOBS_KEPT_DAYS = env.int("JOBS_KEPT_DAYS", 7)
JOBS_TICKS_KEPT_DAYS = env.int("JOBS_TICKS_KEPT_DAYS", 30)

# --- The model, behind the LiteLLM proxy

LLM_URL = env.str("LLM_URL", "http://127.0.0.1:4000")
LLM_API_KEY = env.str("LLM_API_KEY", "")
DEFAULT_MODEL = env.str("DEFAULT_MODEL", "gemini-2.5-flash")
LLM_CONNECT_TIMEOUT_S = env.float("LLM_CONNECT_TIMEOUT_S", 5.0)
# The longest silence between two pieces of an answer, thinking included.
LLM_READ_TIMEOUT_S = env.float("LLM_READ_TIMEOUT_S", 120.0)

# --- Generations

SYNC_WAIT_S = env.float("SYNC_WAIT_S", 120.0)
GENERATION_TIMEOUT_S = env.float("GENERATION_TIMEOUT_S", 900.0)
MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", 1_048_576)
# Of POST /api/v1/batches; a line of it has at most MAX_BODY_BYTES.
BATCH_MAX_BODY_BYTES = env.int("BATCH_MAX_BODY_BYTES", 33_554_432)
MAX_PROMPT_CHARS = env.int("MAX_PROMPT_CHARS", 100_000)
MAX_OUTPUT_TOKENS = env.int("MAX_OUTPUT_TOKENS", 65_536)
ANSWER_CACHE_TTL_S = env.int("ANSWER_CACHE_TTL_S", 86_400)

# --- Langfuse: the texts of the prompts come from there where a label of its prompts is named

LANGFUSE_BASE_URL = env.str("LANGFUSE_BASE_URL", "https://cloud.langfuse.com")
LANGFUSE_PUBLIC_KEY = env.str("LANGFUSE_PUBLIC_KEY", "")
LANGFUSE_SECRET_KEY = env.str("LANGFUSE_SECRET_KEY", "")
PROMPTS_FROM_LANGFUSE = env.str("PROMPTS_FROM_LANGFUSE", "")

# --- Accounts

# After so many guesses within a minute an address is refused before anything is looked up.
API_KEY_GUESSES_PER_MINUTE = env.int("API_KEY_GUESSES_PER_MINUTE", 20)
# What generations of test keys are made with; unset: with what was asked for.
TEST_MODEL = env.str("TEST_MODEL", "")
INVITATION_TTL_DAYS = env.int("INVITATION_TTL_DAYS", 7)
ORGANIZATION_DELETION_DELAY_DAYS = env.int("ORGANIZATION_DELETION_DELAY_DAYS", 14)

# --- Plans, quotas, money

# Of organizations without one of their own: a file of accounts/plans, or of PLANS_DIR.
DEFAULT_PLAN = env.str("DEFAULT_PLAN", "unlimited")
# A folder of plans beside those; one with the same name takes their place.
PLANS_DIR = env.str("PLANS_DIR", "")
# Tokens of output that are held for a generation whose request has no limit of its own.
RESERVED_OUTPUT_TOKENS = env.int("RESERVED_OUTPUT_TOKENS", 16_384)
# What is held for models of which the proxy knows no price, in US dollars for a million tokens.
UNKNOWN_INPUT_USD_PER_MILLION = env.float("UNKNOWN_INPUT_USD_PER_MILLION", 1.25)
UNKNOWN_OUTPUT_USD_PER_MILLION = env.float("UNKNOWN_OUTPUT_USD_PER_MILLION", 10.0)
# Prices to hold by in place of the proxy's: a TOML file, a table for each model.
PRICES_FILE = env.str("PRICES_FILE", "")

# --- E-mail: smtp://user:password@host:587, smtps://…; unset: into the log

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "Code generation <noreply@localhost>")
EMAIL_TIMEOUT = 10

# --- Limits of who calls

# By what a request does and whose bucket it takes from: so many at once, and so many more in each second.
RATE_LIMITS: dict[str, dict[str, dict[str, Any]]] = env.json(
    "RATE_LIMITS",
    default={
        "generate": {
            "key": {"tokens": 1_000, "refill_per_s": 50},
            "organization": {"tokens": 2_000, "refill_per_s": 100},
            "address": {"tokens": 2_000, "refill_per_s": 100},
        },
        "batch": {
            "key": {"tokens": 100, "refill_per_s": 1},
            "organization": {"tokens": 200, "refill_per_s": 2},
            "address": {"tokens": 200, "refill_per_s": 2},
        },
        "read": {
            "key": {"tokens": 2_000, "refill_per_s": 200},
            "organization": {"tokens": 6_000, "refill_per_s": 600},
            "address": {"tokens": 6_000, "refill_per_s": 600},
        },
        "write": {
            "key": {"tokens": 1_000, "refill_per_s": 50},
            "organization": {"tokens": 2_000, "refill_per_s": 100},
            "address": {"tokens": 2_000, "refill_per_s": 100},
        },
        "login": {"address": {"tokens": 60, "refill_per_s": 0.5}},
        "anonymous": {"address": {"tokens": 1_000, "refill_per_s": 20}},
    },
)

# Queued and running, the lines of batches apart: of an organization, and of one of its keys.
MAX_GENERATIONS_IN_FLIGHT = env.int("MAX_GENERATIONS_IN_FLIGHT", 1_000)
MAX_GENERATIONS_IN_FLIGHT_OF_KEY = env.int("MAX_GENERATIONS_IN_FLIGHT_OF_KEY", 1_000)
# Batches that have not ended, of an organization.
MAX_BATCHES_IN_FLIGHT = env.int("MAX_BATCHES_IN_FLIGHT", 100)

# --- People: logins, sessions

# Who may make an account: "off" nobody, "invited" who has an invitation, "open" everybody with a mailbox.
SIGNUP = env.str("SIGNUP", "invited")
if SIGNUP not in ("off", "invited", "open"):
    raise ImproperlyConfigured("SIGNUP must be off, invited or open.")
# Whether the admin opens only for a login with a second factor.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", HTTPS)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# How long the links of e-mails open something: one for a password, one that proves an address.
PASSWORD_LINK_S = env.int("PASSWORD_LINK_S", 3_600)
EMAIL_LINK_S = env.int("EMAIL_LINK_S", 259_200)

SESSION_ENGINE = "accounts.login.sessions"
# Without a request for so long, and in any case after so long, a session ends.
SESSION_IDLE_S = env.int("SESSION_IDLE_S", 604_800)
SESSION_LIFETIME_S = env.int("SESSION_LIFETIME_S", 2_592_000)
# A name that browsers keep others from setting, where that can be had.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "codegen_site.error_pages.csrf_failure"

# --- E-mail: smtp://user:password@host:25, smtp+tls://…:587, smtp+ssl://…:465; unset: into a folder

vars().update(env.email("EMAIL_URL", default=f"filemail:///{LOCAL_DIR / 'mail'}"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "Code generation <noreply@localhost>")

# --- Webhooks: requests to addresses that organizations choose

WEBHOOKS_ALLOW_HTTP = env.bool("WEBHOOKS_ALLOW_HTTP", False)
# Empty: any port.
WEBHOOKS_ALLOWED_PORTS = env("WEBHOOKS_ALLOWED_PORTS", cast=[int], default=[443, 80, 8443, 8080])
# Networks that are not public and may be sent to all the same.
WEBHOOKS_ALLOWED_NETWORKS = env("WEBHOOKS_ALLOWED_NETWORKS", cast=parse_networks, default=[])
WEBHOOKS_TIMEOUT_S = env.float("WEBHOOKS_TIMEOUT_S", 15.0)
WEBHOOKS_MAX_ENDPOINTS = env.int("WEBHOOKS_MAX_ENDPOINTS", 10)
WEBHOOKS_KEEP_DAYS = env.int("WEBHOOKS_KEEP_DAYS", 30)

# --- The web: REST, documentation, static files, headers

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "accounts.limits.within_limits.WithinLimits",
        "accounts.permissions.HasScope",
    ],
    "DEFAULT_PARSER_CLASSES": ["codegen_site.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.schema.ApiSchema",
    "EXCEPTION_HANDLER": "codegen_site.error_handler.handle_exception",
    "DATETIME_FORMAT": "iso-8601",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "STRICT_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Code generation API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "codegen_site.schema.add_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "GenerationStatus": "generation.models.Generation.Status",
        "WebhookDeliveryStatus": "generation.models.WebhookDelivery.Status",
        "WebhookEventType": "generation.models.EventType",
        "WebhookDisabledReason": "generation.models.DisabledReason",
        "BatchStatus": "generation.models.Batch.Status",
        "Role": "accounts.models.Role",
        "ServiceAccountRole": "accounts.models.ServiceAccount.ROLES",
        "InvitationStatus": "accounts.models.Invitation.Status",
        "ApiKeyStatus": "accounts.models.ApiKey.Status",
        "QuotaName": "accounts.ledger.quota.Quota",
        "UsageDimension": "accounts.ledger.reporting.Dimension",
    },
}

# How long the response to a request with an Idempotency-Key can be had again.
IDEMPOTENCY_KEY_TTL_S = env.int("IDEMPOTENCY_KEY_TTL_S", 86_400)

STATIC_URL = "static/"
# Where `collectstatic` puts them; without it they are served from where they are.
STATIC_ROOT = env.str("STATIC_ROOT", None)
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key", "last-event-id", "x-organization", "x-request-id")
CORS_EXPOSE_HEADERS = (
    *("content-disposition", "idempotent-replayed", "location", "retry-after", "x-request-id"),
    *("ratelimit", "ratelimit-policy"),
)
CORS_PREFLIGHT_MAX_AGE = 3_600

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# Of each web process, for synchronous code; each keeps a database connection.
REQUEST_THREADS = env.int("REQUEST_THREADS", 8)

# --- Logs, and what is told of errors

DEFAULT_EXCEPTION_REPORTER = "codegen_site.exception_reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "codegen_site.exception_reports.ReportFilter"
sys.excepthook = print_uncaught
LOGGING = logging_config(level=env.str("LOG_LEVEL", "INFO"), json=env.bool("LOG_JSON", not DEBUG))
structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
