"""The editor chooses whether copies may differ in wording."""

from wenxing_web.library.models import Draft, Policy


def choose(draft: Draft, policy: Policy) -> Draft:
    """Set a draft's policy. Approved sites are kept, so that changing one's mind costs nothing."""
    draft.policy = policy
    draft.save(update_fields=["policy"])
    return draft
