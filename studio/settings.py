"""Django's settings, derived from the deployment. An operator sets the environment, never this file."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from studio.deployment import ROOT, deployment

_deployment = deployment()

SECRET_KEY = _deployment.secret_key
DEBUG = _deployment.debug
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    *(urlsplit(o).hostname or "" for o in _deployment.origins),
]
CSRF_TRUSTED_ORIGINS = list(_deployment.origins)
ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
AUTH_USER_MODEL = "teams.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "channels",
    "graphene_django",
    "studio.teams",
    "studio.audit",
    "studio.catalog",
    "studio.reviews",
    "studio.environments",
    "studio.graphs",
    "studio.runs",
    "studio.live",
    "studio.api",
    "studio.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "studio.web.middleware.StaticFiles",
    "studio.web.middleware.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "studio.web.middleware.Authentication",
    "django.middleware.csrf.CsrfViewMiddleware",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]


def _database() -> dict[str, Any]:
    if not _deployment.database_url:
        _deployment.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return {
            "ENGINE": "studio.sqlite",
            "NAME": _deployment.data / "lamina.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                ),
            },
            "TEST": {"NAME": _deployment.data / "test.sqlite3"},
        }
    url = urlsplit(_deployment.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "HOST": url.hostname or "",
        "PORT": url.port or "",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Statements may be prepared; of ours those of studio/runs/sql.py are.
            "prepare_threshold": 5,
            # A server that has fallen silent is told from one that takes its time, within half a minute.
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,
        },
    }


TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": _database()}
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    if not _deployment.redis_url
    else {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": _deployment.redis_url, "socket_timeout": None}]},
    }
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "studio.api.rest.refusing.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not (_deployment.is_embedded or _deployment.insecure_loopback):
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STATIC_URL = "/static/"
FRONTEND_DIST: Path = ROOT / "frontend" / "dist"
PERSISTED_DOCUMENTS: Path = ROOT / "frontend" / "src" / "api" / "generated" / "persisted-documents.json"
STATIC_ROOT = FRONTEND_DIST / "static" if (FRONTEND_DIST / "static").is_dir() else None
# Every file of the built front end carries a hash of its content in its name.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/.*[-.][A-Za-z0-9_-]{8,}\.\w+$"
DATA_UPLOAD_MAX_MEMORY_SIZE = 80 << 20
GRAPHENE = {"SCHEMA": "studio.api.schema.schema", "DJANGO_CHOICE_FIELD_ENUM_CONVERT": False}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
