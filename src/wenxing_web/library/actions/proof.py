"""The editor approves sites, or takes an approval back."""

from collections.abc import Collection

from wenxing_web import engine
from wenxing_web.library.actions.decide import decide
from wenxing_web.library.models import Draft
from wenxing_web.library.queries import Decisions


def proof(draft: Draft, *, approve: Collection[int] = (), reject: Collection[int] = ()) -> Draft:
    """Decide about sites. Numbers that no site has are ignored; rejecting wins.

    Approvals given under other rules are dropped: their numbers mean other sites now. A site that one of
    the editor's own approved sites has displaced, or that would stand in the way of one, is left alone.
    """

    def change(now: Decisions) -> Decisions:
        for number in sorted(set(approve) - set(reject)):
            if 0 <= number < len(now.sites) and _is_free(now, number):
                now = now.settled(number, "approved")
        for number in set(reject):
            if 0 <= number < len(now.sites):
                now = now.settled(number, "rejected")
        return now

    return decide(draft, change)


def _is_free(now: Decisions, number: int) -> bool:
    """Whether a site may be approved next to the editor's own approved ones."""
    own = (now.sites[other] for other in now.own_numbers if other != number and other in now.approved)
    return not any(engine.in_the_way(now.sites[number], other) for other in own)
