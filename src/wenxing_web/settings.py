"""Settings. Everything an operator may change comes from the environment or from files in the home folder.

WENXING_HOME           folder for the database, keys and files; default `var` below the project
WENXING_DATABASE_URL   default SQLite in the home folder; `postgres://…` when grown up
WENXING_ADDRESS        the address people type, such as https://library.example; default http://127.0.0.1:8000
WENXING_PASSPHRASE     opens the engine's key when it was made with one
WENXING_CONTACT        how visitors reach the operator to join: any one line, shown on the page of plans
WENXING_EMAIL_URL      where mail goes, such as smtp+tls://user:password@mail.example:587; default: printed
WENXING_EMAIL_FROM     the sender of mail; default wenxing@ the host of the address
WENXING_DIGEST_HOUR    from which hour of the day the daily letters go out; default 8
WENXING_EVENT_DAYS     how many days events are kept for browsers that were away; default 30
WENXING_STREAMS        how many browsers of one account are told what is new at once; default 10
WENXING_DEBUG          1 shows tracebacks in the browser; never on a public machine
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(env.str("WENXING_HOME", default=str(ROOT / "var"))).resolve()
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret(name: str) -> str:
    """The contents of a secret file in the home folder, made at first use and readable by its owner only."""
    file = HOME / name
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


ADDRESS = env.str("WENXING_ADDRESS", default="http://127.0.0.1:8000")
_HTTPS = ADDRESS.startswith("https://")
SECRET_KEY = _secret("session.secret")
CODES_SECRET = _secret("codes.secret")  # without it no redemption code that was sold can be redeemed
DEBUG = env.bool("WENXING_DEBUG", default=False)
ALLOWED_HOSTS = [urlsplit(ADDRESS).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]

ENGINE_KEY = HOME / "engine.key"
WENXING_PASSPHRASE = env.str("WENXING_PASSPHRASE", default="") or None
MEDIA_ROOT = HOME / "files"
STATIC_ROOT = HOME / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_URL = "/static/"

INSTALLED_APPS = [
    "wenxing_web.ledger",
    "wenxing_web.members",
    "wenxing_web.billing",
    "wenxing_web.library",
    "wenxing_web.live",
    "wenxing_web.delivery",
    "wenxing_web.reader",
    "wenxing_web.cases",
    "wenxing_web.notices",
    "wenxing_web.demand",
    "wenxing_web.rooms",
    "wenxing_web.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "wenxing_web.members.middleware.keep_private",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "wenxing_web.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATICFILES_DIRS = [Path(__file__).parent / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DATABASES = {"default": env.db_url("WENXING_DATABASE_URL", default=f"sqlite:///{HOME / 'wenxing.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Deferred transactions fail with "database is locked" under concurrent read-then-write.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: an acknowledged ledger row survives a power cut, not only a killed process.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;",
    }
DATABASES["default"]["CONN_MAX_AGE"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = env.str("WENXING_TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FORM_CLASS = "wenxing_web.members.forms.SignupNotice"
ACCOUNT_ADAPTER = "wenxing_web.notices.actions.post.Adapter"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Without an address for mail it is printed where the server was started: enough to try things out.
vars().update(env.email_url("WENXING_EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("WENXING_EMAIL_FROM", default=f"wenxing@{urlsplit(ADDRESS).hostname}")
EMAIL_TIMEOUT = 20  # seconds; Django would wait for ever
DIGEST_HOUR = env.int("WENXING_DIGEST_HOUR", default=8)  # of the day, from which the daily letters go out

LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_500_000  # a pasted leak of 2,000,000 characters; files have their own limit
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_PERMISSIONS = 0o600  # masters, drafts and reports: Django would let everybody read them
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_LIMIT = 20_000_000  # bytes; larger uploads are refused with a message

REQUEST_LIMIT = 64_000_000  # bytes of a whole request; beyond it nothing is read any more
PAGE_THREADS = env.int("WENXING_THREADS", default=4)
TRACE_PATIENCE = 1.5  # seconds that a request waits for its trace before it shows that it is under way
LIVE_LIMIT = 10_000  # open event streams of one process
LIVE_PER_ACCOUNT = env.int("WENXING_STREAMS", default=10)  # of one account; one more ends its oldest
LIVE_DAYS = env.int("WENXING_EVENT_DAYS", default=30)  # that old events are kept for browsers that were away
LIVE_BEAT = 15.0  # seconds between two signs of life

PAYMENT_GATEWAYS = ["wenxing_web.gateways.payment.transfer.Transfer"]  # see gateways/payment
CURRENCY = "CNY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # What a visitor mistypes is not worth a line; what fails here is, with its traceback.
        "django.request": {"level": "ERROR"},
        "django": {"handlers": [], "propagate": True},
    },
}

CONTACT = env.str("WENXING_CONTACT", default="")
SITE_NAME = _("文行")
