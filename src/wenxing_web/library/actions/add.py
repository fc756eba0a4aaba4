"""The editor adds a site of their own: a phrase of the text, and what else copies may read there."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from wenxing_web import engine
from wenxing_web.library import queries
from wenxing_web.library.actions.decide import decide
from wenxing_web.library.models import Draft
from wenxing_web.library.queries import Decisions


class NotAdded(Exception):
    """The site cannot be. The message says why, to the editor."""


def add(draft: Draft, phrase: str, others: Sequence[str], *, which: int) -> int:
    """Add an approved site. What the rules found at its places steps aside for as long as it is approved.

    Args:
        phrase: characters of the text.
        others: 1–3 wordings that copies may read instead.
        which: the how-manieth occurrence, from 1; 0: all of them, which then change together.

    Returns:
        The site's number.

    Raises:
        NotAdded: with a reason.
    """
    document = queries.cleaned(draft).document
    places = engine.occurrences(document, phrase)
    if not places:
        raise NotAdded(_("正文里没有这个说法（标题和页眉页脚不能改）。请从正文里原样复制。"))
    if which > len(places):
        raise NotAdded(_("这个说法在正文里只出现 %(n)s 次。") % {"n": len(places)})
    spans = places if which <= 0 else places[which - 1 : which]
    number = 0

    def change(now: Decisions) -> Decisions:
        nonlocal number
        taken = [now.sites[other] for other in now.own_numbers if other in now.approved]
        try:
            site = engine.propose(document, spans, others, taken=taken)
        except engine.ProposalRefused as refusal:
            raise NotAdded(_explained(refusal.reason)) from refusal
        number = len(now.sites)
        grown = replace(now, own=(*now.own, site))
        return grown.settled(number, "approved")

    decide(draft, change)
    return number


def _explained(reason: engine.Reason) -> str:
    said = {
        engine.Reason.ABSENT: _("正文里没有这个说法（标题和页眉页脚不能改）。请从正文里原样复制。"),
        engine.Reason.COUNT: _("请写一到三种别的说法。"),
        engine.Reason.SAME: _("各种说法要互不相同，只差全角半角或空格的分不出来。"),
        engine.Reason.FORM: _("每种说法最多 30 个字，不能换行，首尾不能有空格。"),
        engine.Reason.PROTECTED: _(
            "这里有不能动的内容：人名、数字、引文、标题、固定提法，或者换了会变成这些。"
        ),
        engine.Reason.TAKEN: _("这里已经有您加的一处，或者紧挨着。两处之间至少隔一个字。"),
    }
    return said[reason]
