"""A PDF copy of a draft as a member would have it, made for nobody, to look at before it is published.

It is of an edition and under a key that are made for it and thrown away: it says nothing about anybody's
copy, and names nobody when it leaks. Nothing is delivered, so nothing is recorded.
"""

import json
from functools import lru_cache

from django.utils.translation import gettext as _

from wenxing_web import engine
from wenxing_web.library.models import Draft
from wenxing_web.library.queries.decisions import sites_of_edition
from wenxing_web.library.queries.drafts import cleaned

PAGES = 3
"""How many pages are shown as pictures."""


class NoSample(Exception):
    """There is none. The message says why, to the editor."""


def sample(draft: Draft) -> bytes:
    """The PDF, with the approvals of the moment.

    Raises:
        NoSample: no font of this machine has the text's characters, or it cannot be made.
    """
    decided = json.dumps([draft.approved, draft.narrowed, draft.own, draft.policy, draft.is_free])
    try:
        return _sample(draft.pk, draft.digest, tuple(sorted(draft.removed)), decided)
    except engine.MissingFont as error:
        raise NoSample(_("这台服务器缺少中文字体，做不了 PDF。请安装 fonts-noto-cjk。")) from error
    except engine.WenxingError as error:
        raise NoSample(_("样张做不出来。")) from error


def sample_pages(draft: Draft) -> tuple[bytes, ...]:
    """The first pages of the sample as pictures (PNG).

    Raises:
        NoSample: as `sample`.
    """
    return _pages(sample(draft))


def forget_samples() -> None:
    """Make samples again, after the rules or the files were changed."""
    _sample.cache_clear()
    _pages.cache_clear()


@lru_cache(maxsize=4)
def _sample(number: int, _digest: str, _removed: tuple[int, ...], _decided: str) -> bytes:
    draft = Draft.objects.get(pk=number)
    text, (sites, approved) = cleaned(draft), sites_of_edition(draft)
    chosen = approved if draft.policy == "adaptable" and not draft.is_free else ()
    return engine.sample(
        text.source, text.document, approved=chosen, sites=sites, title=draft.title, marked=not draft.is_free
    )


@lru_cache(maxsize=4)
def _pages(pdf: bytes) -> tuple[bytes, ...]:
    return engine.pages_shown(pdf, most=PAGES)
