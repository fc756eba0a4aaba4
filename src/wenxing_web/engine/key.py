"""The library's key: read here, and held by nothing outside this package."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

import wenxing


def ensure_key() -> bool:
    """Make the library's key if there is none. Returns whether it was made."""
    path = Path(settings.ENGINE_KEY)
    if path.exists():
        return False
    wenxing.create_key(path, passphrase=settings.WENXING_PASSPHRASE)
    return True


@lru_cache(maxsize=1)
def _opened(path: str, passphrase: str | None) -> wenxing.MasterKey:
    return wenxing.load_key(Path(path), passphrase=passphrase)


def library_key() -> wenxing.MasterKey:
    """The key of the library whose settings are in force; unlocking it is slow, so it is kept."""
    return _opened(str(settings.ENGINE_KEY), settings.WENXING_PASSPHRASE)
