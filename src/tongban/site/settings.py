"""Django's settings, read from the environment: the only place where it is read.

Each variable and what it is for stands in docs/settings.md; a test compares the two.
"""

import os
from pathlib import Path

from tongban.site.sqlite import use_locked_sqlite
from tongban.site.store import Address, database, origin, secret_key, whole_number

use_locked_sqlite()

ROOT = Path(__file__).resolve().parents[3]
# A folder may be named from where one stands; the node's processes stand elsewhere.
CITY = Path(os.environ.get("TONGBAN_CITY", ROOT / "cities" / "yunxi")).resolve()
VAR = Path(os.environ.get("TONGBAN_VAR", ROOT / "var")).resolve()
OPENING_KEYS = os.environ.get("TONGBAN_OPENING_KEYS", "")

# Where this node is seen from outside. Cookies and redirects follow from it: with https they are
# sent over TLS only, and the proxy in front must set X-Forwarded-Proto itself.
PORT = whole_number("TONGBAN_PORT", os.environ.get("TONGBAN_PORT", "8080"), most=65535)
WEB_WORKERS = whole_number("TONGBAN_WEB_WORKERS", os.environ.get("TONGBAN_WEB_WORKERS", "1"), most=64)
ORIGIN = os.environ.get("TONGBAN_ORIGIN", f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = os.environ.get("TONGBAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
OVER_TLS = ORIGIN.startswith("https://")

# Where other organisations' systems reach the gateway, and as what they address it; empty, there is none.
GATEWAY = Address.read("TONGBAN_GATEWAY", os.environ.get("TONGBAN_GATEWAY", ""))
GATEWAY_ORIGIN = origin(
    "TONGBAN_GATEWAY_ORIGIN",
    os.environ.get("TONGBAN_GATEWAY_ORIGIN", f"http://{GATEWAY}" if GATEWAY else ""),
)
GATEWAY_WORKERS = whole_number(
    "TONGBAN_GATEWAY_WORKERS", os.environ.get("TONGBAN_GATEWAY_WORKERS", "1"), most=64
)

SECRET_KEY = secret_key(os.environ.get("TONGBAN_SECRET_KEY", ""), VAR / "secret_key")
DEBUG = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tongban.site.urls"
WSGI_APPLICATION = "tongban.site.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",  # the pages that describe the interface, from our own files
    "tongban.ledger",
    "tongban.registry",
    "tongban.catalogue",
    "tongban.exchange",
    "tongban.licences",
    "tongban.papers",
    "tongban.items",
    "tongban.cases",
    "tongban.portal",
    "tongban.workbench",
    "tongban.rest",
    "tongban.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongban.site.headers.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tongban.site.speaking.OtherLanguageMiddleware",
    "tongban.site.placing.WorkplaceMiddleware",
    "tongban.site.bodies.BodyLimitMiddleware",
    "tongban.workbench.guard.IdleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongban.site.errors.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csrf",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", f"sqlite:///{VAR / 'tongban.sqlite3'}"))}

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # the one civil time of the country
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = OVER_TLS

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # straight from the rooms' folders: nothing to collect, nothing stale
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# A session is a row: it survives a restart and can be ended from here. It never outlives a day's work.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "tongban_session"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = OVER_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = OVER_TLS
CSRF_TRUSTED_ORIGINS = [ORIGIN]
CSRF_FAILURE_VIEW = "tongban.site.errors.forged"

# The name and secret of this node at the identity provider; without them the endpoint `idp` has its own.
OIDC_CLIENT_ID = os.environ.get("TONGBAN_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("TONGBAN_OIDC_CLIENT_SECRET", "")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if OVER_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OVER_TLS else None
X_FRAME_OPTIONS = "DENY"
# Pages may send a form to this node, and through sign-in to the identity provider; nowhere else.
FORM_TARGETS = [t for t in os.environ.get("TONGBAN_FORM_TARGETS", "").split(",") if t]

UPLOAD_LIMIT_BYTES = int(os.environ.get("TONGBAN_UPLOAD_LIMIT_BYTES", "20971520"))  # 20 MiB
SCANNER = os.environ.get("TONGBAN_SCANNER", "")  # a command that looks into each of them
BODY_LIMIT_BYTES = 3 * UPLOAD_LIMIT_BYTES + 1024 * 1024  # one request in all: a form with its documents
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # a form or a JSON body, files not counted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # larger ones wait in a temporary file
FILE_UPLOAD_PERMISSIONS = 0o600

# One line an event on standard error, for whatever collects it. Bodies and facts are never logged.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TONGBAN_LOG", "WARNING")},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
