"""Settings, read from the environment at start. README lists every variable.

Where DATABASE_URL or REDIS_URL is unset, the embedded servers under `.chatsvg/` are meant. Without
a DATABASE_URL it is not production (PRODUCTION says otherwise), and only then are secrets made up
and kept in that folder.
"""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from chatsvg import embedded, env, safety, unfold
from chatsvg.addresses import broker_url, django_database, redis_urls, s3_storage, whole

# --- Where we are -----------------------------------------------------------------------------
BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_URL = env.text("DATABASE_URL") or embedded.database_url()
EMBEDDED = not env.text("DATABASE_URL")
PRODUCTION = env.flag("PRODUCTION", default=not EMBEDDED)
if PRODUCTION:
    env.require("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "ALLOWED_HOSTS")
REDIS_URL = env.text("REDIS_URL") or embedded.redis_url()  # several, by commas: first come first
try:
    REDIS_URLS = redis_urls(REDIS_URL)
except ValueError as error:
    raise ImproperlyConfigured(f"REDIS_URL: {error}.") from None
DEBUG = env.flag("DEBUG", default=False)
DATA_DIR = embedded.data_dir()


# --- Secrets ----------------------------------------------------------------------------------
def _secret(name: str) -> str:
    value = env.text(name) or (embedded.secret(name) if not PRODUCTION else "")
    if env.is_weak(value):
        raise ImproperlyConfigured(f"{name} must be set to at least 32 random characters.")
    return value


def _secrets(name: str) -> list[str]:
    values = env.words(name)
    if any(map(env.is_weak, values)):
        raise ImproperlyConfigured(f"{name}: each must be at least 32 random characters.")
    return values


SECRET_KEY = _secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = _secrets("SECRET_KEY_FALLBACKS")  # what older keys made is still ours
JWT_SECRET = _secret("JWT_SECRET")
JWT_SECRET_FALLBACKS = _secrets("JWT_SECRET_FALLBACKS")  # access tokens of the last minutes
if PRODUCTION and SECRET_KEY == JWT_SECRET:
    raise ImproperlyConfigured("SECRET_KEY and JWT_SECRET must be two different secrets.")

# --- Hosts and browsers -----------------------------------------------------------------------
PORT = env.number("PORT", 8000)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if not PRODUCTION else "")
PUBLIC_URL = env.origin("PUBLIC_URL", f"http://127.0.0.1:{PORT}")  # in mails and links
FRONTEND_URL = env.origin("FRONTEND_URL", PUBLIC_URL)
FRONTEND_PREVIEW_REGEX = env.pattern("FRONTEND_PREVIEW_REGEX")
COOKIE_SECURE = env.flag("COOKIE_SECURE", default=PRODUCTION)
COOKIE_SAMESITE: Any = env.choice("COOKIE_SAMESITE", ("Lax", "Strict", "None"))
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

CORS_ALLOWED_ORIGINS = [FRONTEND_URL]
CORS_ALLOWED_ORIGIN_REGEXES = [whole(FRONTEND_PREVIEW_REGEX)] if FRONTEND_PREVIEW_REGEX else []
CORS_ALLOW_CREDENTIALS = True
CORS_URLS_REGEX = r"^/api/(?!v1/)"  # no page has a key to call /v1 with
CORS_ALLOW_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = ["content-type", "x-csrf-token", "x-idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = [
    "Retry-After",
    "Location",
    "x-request-id",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
]
CORS_PREFLIGHT_MAX_AGE = 600

APPEND_SLASH = False
# W003 looks for Django's CSRF middleware by name. Ours guards pages and API; Django's, the admin.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 100 * 1024  # bytes: the contract's body limit

SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^api/health$", r"^api/ready$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE  # the Django admin's own
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "admin-session", "admin-csrf"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Applications -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "chatsvg.backoffice.apps.AdminConfig",  # django.contrib.admin, with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_htmx",
    "rest_framework",
    "channels",
    "chatsvg",
    "accounts",
    "credits",
    "generations",
    "realtime",
    "chatsvg.backoffice",
]
MIDDLEWARE = [
    "chatsvg.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "chatsvg.middleware.Cors",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chatsvg.middleware.Csp",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chatsvg.security.Edge",
    "django.middleware.common.CommonMiddleware",
    "chatsvg.middleware.DatabaseAway",
    "chatsvg.middleware.BoundedBody",
    "chatsvg.middleware.AdminSession",
    "chatsvg.middleware.AdminCsrf",
    "chatsvg.middleware.AdminAuthentication",
    "chatsvg.middleware.AdminMessages",
    "accounts.ceiling.RateLimits",
    "accounts.middleware.DoubleSubmitCsrf",
    "accounts.middleware.SignedIn",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "chatsvg.urls"
ASGI_APPLICATION = "chatsvg.asgi.application"
WSGI_APPLICATION = "chatsvg.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.signed_in",
                "chatsvg.context.page",
                "realtime.context.bell",
                "generations.context.tray",
            ]
        },
    }
]

# --- PostgreSQL -------------------------------------------------------------------------------
DATABASES = {"default": django_database(DATABASE_URL, pool_size=env.number("DB_POOL_SIZE", 20))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: wake-ups and pushes, never the truth ----------------------------------------------
REDIS_TIMEOUT_SECONDS = 2
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "realtime.layer.GroupLayer",
        "CONFIG": {
            "hosts": [{"address": url} for url in REDIS_URLS],
            "prefix": env.text("CHANNEL_PREFIX", "chatsvg"),
        },
    }
}
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
    "socket_timeout": REDIS_TIMEOUT_SECONDS * 2,
    "socket_keepalive": True,
    "retry_on_timeout": False,
    "max_retries": 0,  # publishing does not wait for a broker that is away
    "ack_emulation": False,  # messages are hints: what a dead worker had is found by its rows
    "global_keyprefix": env.text("BROKER_PREFIX", ""),
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # the sweep sends again what could not be sent
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "generations.run_job": {"queue": "drawings"},
    "accounts.build_export": {"queue": "exports"},
    "accounts.build_due_exports": {"queue": "exports"},
    "accounts.*": {"queue": "mail"},
}
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20

# --- Mail -------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=EMAIL_PORT == 465)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=EMAIL_PORT == 587)  # STARTTLS
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10)  # seconds, for each answer of the server
MAIL_LEAVES = bool(EMAIL_HOST or env.text("EMAIL_BACKEND"))
_NO_SERVER = "django.core.mail.backends.console" if not PRODUCTION else "accounts.mail.nowhere"
EMAIL_BACKEND = env.text("EMAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else f"{_NO_SERVER}.EmailBackend"
)
ANYMAIL = env.prefixed("ANYMAIL_")  # of django-anymail, where EMAIL_BACKEND is one of its
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "ChatSVG <noreply@chatsvg.dev>")
MAIL_DOMAIN = parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
SECURITY_CONTACT = env.text("SECURITY_CONTACT", f"{PUBLIC_URL}/contact")  # who hears of holes
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL")  # who answers people, named in mails; none where unset
ADMIN_EMAILS = [address.lower() for address in env.words("ADMIN_EMAIL")]  # who may see the figures
REQUIRE_VERIFIED_EMAIL = env.flag("REQUIRE_VERIFIED_EMAIL", default=PRODUCTION and MAIL_LEAVES)

# --- Who you are ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.hashers.Argon2id"]
BREACHED_PASSWORD_CHECK = env.flag("BREACHED_PASSWORD_CHECK", default=PRODUCTION)
BREACHED_PASSWORDS_FILE = env.text("BREACHED_PASSWORDS_FILE")  # more of them: lower case, by lines
ACCESS_TOKEN_SECONDS = 15 * 60
REFRESH_DAYS, REMEMBER_ME_DAYS = 7, 30
REFRESH_GRACE_SECONDS = 10
LOGIN_URL = "/signin"

# --- Sign-in elsewhere ------------------------------------------------------------------------
EMAIL_AUTH_ENABLED = env.flag("EMAIL_AUTH_ENABLED", default=True)
OAUTH_TIMEOUT_SECONDS = env.number("OAUTH_TIMEOUT_SECONDS", 10)  # for all that a provider is asked
_CALLBACK = PUBLIC_URL + "/api/auth/{}/callback"
GOOGLE_CLIENT_ID = env.text("GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = env.text("GOOGLE_CLIENT_SECRET")
GOOGLE_REDIRECT_URI = env.text("GOOGLE_REDIRECT_URI", _CALLBACK.format("google"))
GOOGLE_ISSUER = env.text("GOOGLE_ISSUER", "https://accounts.google.com")
GOOGLE_AUTHORIZE_URL = env.text(
    "GOOGLE_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth"
)
GOOGLE_TOKEN_URL = env.text("GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
GOOGLE_JWKS_URL = env.text("GOOGLE_JWKS_URL", "https://www.googleapis.com/oauth2/v3/certs")
GITHUB_CLIENT_ID = env.text("GITHUB_CLIENT_ID")
GITHUB_CLIENT_SECRET = env.text("GITHUB_CLIENT_SECRET")
GITHUB_REDIRECT_URI = env.text("GITHUB_REDIRECT_URI", _CALLBACK.format("github"))
GITHUB_BASE_URL = env.text("GITHUB_BASE_URL", "https://github.com").rstrip("/")
GITHUB_API_URL = env.text("GITHUB_API_URL", "https://api.github.com").rstrip("/")

# --- Payments ---------------------------------------------------------------------------------
PAYPAL_BASE_URL = env.text("PAYPAL_BASE_URL", "https://api-m.paypal.com").rstrip("/")
PAYPAL_CLIENT_ID = env.text("PAYPAL_CLIENT_ID")
PAYPAL_CLIENT_SECRET = env.text("PAYPAL_CLIENT_SECRET")
PAYPAL_PLAN_ID = env.text("PAYPAL_PLAN_ID")  # of the monthly plan that makes a SUPPORTER
PAYPAL_WEBHOOK_ID = env.text("PAYPAL_WEBHOOK_ID")
PAYPAL_TIMEOUT_SECONDS = env.number("PAYPAL_TIMEOUT_SECONDS", 10)  # for all of one question

# --- Webhooks ---------------------------------------------------------------------------------
WEBHOOK_TIMEOUT_SECONDS = env.number("WEBHOOK_TIMEOUT_SECONDS", 15)  # for all of one delivery
WEBHOOK_ALLOW_HTTP = env.flag("WEBHOOK_ALLOW_HTTP", default=not PRODUCTION)
# networks of ours that webhooks may be sent into, on any port; of the Internet, all may be
WEBHOOK_ALLOWED_NETWORKS = env.words(
    "WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128" if not PRODUCTION else ""
)

# --- Drawing ----------------------------------------------------------------------------------
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL")
OPENAI_API_KEY = env.text("OPENAI_API_KEY")
OPENAI_MODEL = env.text("OPENAI_MODEL")  # what the three standard models are called there
OPENAI_API_VERSION = env.text("OPENAI_API_VERSION")  # of Azure's old addresses
OPENAI_PRICE_IN = env.text("OPENAI_PRICE_IN")  # US dollars per million tokens
OPENAI_PRICE_OUT = env.text("OPENAI_PRICE_OUT")
OPENAI_FALLBACK = env.words("OPENAI_FALLBACK")  # models to turn to when it is away
CHATSVG_MODELS = env.text("CHATSVG_MODELS")  # a JSON file of more endpoints
MODEL_CONNECT_SECONDS = env.number("MODEL_CONNECT_SECONDS", 5)
MODEL_FIRST_BYTE_SECONDS = env.number("MODEL_FIRST_BYTE_SECONDS", 60)
MODEL_STALL_SECONDS = env.number("MODEL_STALL_SECONDS", 30)
LEASE_SECONDS = env.number("LEASE_SECONDS", 8)
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 3)
JOB_DEADLINE_SECONDS = env.number("JOB_DEADLINE_SECONDS", 110)
QUEUE_SLOW_SECONDS = env.number("QUEUE_SLOW_SECONDS", 10)  # waited for: fewer polls; 0: never
QUEUE_FULL_SECONDS = env.number("QUEUE_FULL_SECONDS", 45)  # no new free drawings; 0: never
WAITS_AT_ONCE = env.number("WAITS_AT_ONCE", 16)  # requests of programs, in one process
EXPOSE_QUEUE = env.flag("EXPOSE_QUEUE", default=not PRODUCTION)
MODEL_BREAKER_FAILURES = env.number("MODEL_BREAKER_FAILURES", 5)  # in a row; 0: no breakers
MODEL_BREAKER_WINDOW_SECONDS = env.number("MODEL_BREAKER_WINDOW_SECONDS", 60)
MODEL_BREAKER_PAUSE_SECONDS = env.number("MODEL_BREAKER_PAUSE_SECONDS", 5)  # the first; they double
MODEL_BREAKER_LONGEST_SECONDS = env.number("MODEL_BREAKER_LONGEST_SECONDS", 15)
MODEL_REPAIR_SECONDS = env.number("MODEL_REPAIR_SECONDS", 15)  # less than that left: no repair
MODERATION = env.text("MODERATION")  # a callable that may refuse a prompt, by its dotted path
MODERATION_SECONDS = env.number("MODERATION_SECONDS", 5)
MODERATION_REQUIRED = env.flag("MODERATION_REQUIRED", default=True)  # no answer: no drawing
MODERATION_MODEL = env.text("MODERATION_MODEL", "omni-moderation-latest")

# --- Limits -----------------------------------------------------------------------------------
RATELIMIT_ENABLED = env.flag("RATELIMIT_ENABLED", default=True)
RATELIMIT_PREFIX = env.text("RATELIMIT_PREFIX", "chatsvg")  # of keys in Redis

# --- Gallery ----------------------------------------------------------------------------------
GALLERY_PREFIX = env.text("GALLERY_PREFIX", "chatsvg:gallery")  # of keys in Redis

# --- Storage ----------------------------------------------------------------------------------
S3_BUCKET = env.text("S3_BUCKET")
S3_SIGNED_URL_TTL = env.number("S3_SIGNED_URL_TTL", 60)
S3_DIRECT_DOWNLOADS = env.flag("S3_DIRECT_DOWNLOADS", default=True)  # browsers reach it too
_FILES = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": env.text("FILES_DIR") or DATA_DIR / "files", "allow_overwrite": True},
}
STORAGES = {
    "default": s3_storage(S3_BUCKET, seconds=S3_SIGNED_URL_TTL) if S3_BUCKET else _FILES,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
WHITENOISE_ADD_HEADERS_FUNCTION = safety.of_static_file

# --- The JSON API -----------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.SignedInAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["chatsvg.ratelimits.throttles.PerPerson"],
    "DEFAULT_PARSER_CLASSES": ["chatsvg.parsing.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["chatsvg.parsing.Utf8JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chatsvg.parsing.OneRenderer",
    "EXCEPTION_HANDLER": "chatsvg.problems.handle",
    "DATETIME_FORMAT": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

# --- Figures for Prometheus -------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN")  # who presents it may read /metrics
if METRICS_TOKEN and env.is_weak(METRICS_TOKEN):
    raise ImproperlyConfigured("METRICS_TOKEN must be at least 32 random characters.")
METRICS_PORT = env.number("METRICS_PORT", 0)  # of workers and the schedule; 0: none
METRICS_HOST = env.text("METRICS_HOST", "127.0.0.1")  # another needs METRICS_TOKEN
# for figures that processes of one machine share
METRICS_DIR = env.text("METRICS_DIR") or ("" if PRODUCTION else str(DATA_DIR / "run" / "metrics"))
if METRICS_DIR:  # read by prometheus_client when it is first imported
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIR
else:
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)

# --- Traces and faults, told elsewhere: nothing unless these are set --------------------------
RELEASE = env.text("RELEASE")  # which version of ChatSVG this is
SENTRY_DSN = env.text("SENTRY_DSN")
SENTRY_ENVIRONMENT = env.text("SENTRY_ENVIRONMENT", "production" if PRODUCTION else "development")
OTEL_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT").rstrip("/")  # OTLP over HTTP
OTEL_SERVICE_NAME = env.text("OTEL_SERVICE_NAME", "chatsvg")
OTEL_MODEL_TRACEPARENT = env.flag("OTEL_MODEL_TRACEPARENT", default=False)  # models get it too
env.needs("SENTRY_DSN", "sentry_sdk", extra="sentry")
env.needs("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.exporter", extra="otel")

# --- The admin --------------------------------------------------------------------------------
UNFOLD = unfold.config(is_production=PRODUCTION)

# --- How long things are kept -----------------------------------------------------------------
EVENTS_DAYS = env.days("EVENTS_DAYS", 30)  # the log of every job, for who resumes
ATTEMPTS_DAYS = env.days("ATTEMPTS_DAYS", 30)  # what models said, word by word
NOTIFICATIONS_DAYS = env.days("NOTIFICATIONS_DAYS", 90)
WEBHOOKS_DAYS = env.days("WEBHOOKS_DAYS", 30)  # messages, their deliveries and tries
MAILS_DAYS = env.days("MAILS_DAYS", 30)  # that were sent or given up
LINKS_DAYS = env.days("LINKS_DAYS", 30)  # in mails, that work no more
VISITS_DAYS = env.days("VISITS_DAYS", 30)  # backstage
KEY_USES_DAYS = env.days("KEY_USES_DAYS", 7)  # each request with a key; its day counts it for good
SESSION_EVIDENCE_DAYS = env.days("SESSION_EVIDENCE_DAYS", 30)  # ended ones, to find stolen tokens

# --- The status page --------------------------------------------------------------------------
STATUS_CHECKS = env.flag("STATUS_CHECKS", default=True)  # whether every part is looked at
STATUS_WEB_URL = env.text("STATUS_WEB_URL", PUBLIC_URL).rstrip("/")  # where upkeep asks the web
STATUS_CHECKS_DAYS = env.days("STATUS_CHECKS_DAYS", 2)  # how long every check is kept
STATUS_DAYS = env.days("STATUS_DAYS", 90)  # and what each day came to

# --- Language, logs ---------------------------------------------------------------------------
LANGUAGE_CODE, TIME_ZONE, USE_I18N, USE_TZ = "en", "UTC", False, True
FORMAT_MODULE_PATH = "chatsvg.formats"
ACCESS_LOG = env.flag("ACCESS_LOG", default=True)  # a line for every request
LOG_FORMAT = env.choice("LOG_FORMAT", ("json", "console") if PRODUCTION else ("console", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "chatsvg.logs.lines.formatter", "style": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},  # what is refused has its line
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # so has what scanners ask
        "django.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},  # a line when a task ends is enough…
        "celery.app.trace": {"level": "WARNING"},  # …which is ours
        "httpx2": {"level": "WARNING"},
        "openai": {"level": "WARNING"},
        "mcp": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
    },
}
