"""The steps of a case: report, claim, trace, unmask, ask, answer, confirm or dismiss, reward."""

from wenxing_web.cases.models import CaseError

__all__ = ["CaseError"]
