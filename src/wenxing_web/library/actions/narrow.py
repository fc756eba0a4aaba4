"""The editor leaves out one of three or four alternatives of a site, or takes it back in."""

from wenxing_web.library.actions.decide import decide
from wenxing_web.library.models import Draft
from wenxing_web.library.queries import Decisions


def narrow(draft: Draft, number: int, *, alternative: int) -> Draft:
    """Change whether copies may read an alternative. The text's own and one other always stay.

    Numbers that no site or no alternative has change nothing.
    """

    def change(now: Decisions) -> Decisions:
        if not 0 <= number < len(now.sites) or not 0 < alternative < now.sites[number].arity:
            return now
        used = set(now.used(number)) ^ {alternative}
        return now.narrowed_to(number, used) if len(used) > 1 else now

    return decide(draft, change)
