"""Conditions of English rules that no pattern can say."""

import re

from wenxing.wording.segmentation import Passage

_MEMBER = r"(?:(?:the|a|an|of|his|her|their|its|our) )?[a-z][a-z’'-]+(?: (?!and\b|or\b)[a-z][a-z’'-]+)?"
_LIST = re.compile(rf"(?P<head>[^,.;:!?()—–]+), {_MEMBER}(?:, {_MEMBER})*\Z", re.IGNORECASE)
_NEXT = re.compile(rf" {_MEMBER}\b", re.IGNORECASE)
_VERBAL = re.compile(
    r"\b(?:I|we|you|he|she|it|they|there|this|which|who|that|is|are|was|were|be|has|have|had|do|does|did|can|could|"
    r"will|would|may|might|must|should|not|but|so|then|to|in|on|at|by|with|from|for|if|when|because|since|as|"
    r"however|therefore|though|\w+ly|nobody|everybody|somebody|people|said|says|also|even|still|instead|too)\b",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    r"\s*(?:in|at|on|for|after|by|from|over|during|with|to|until|since|within|before|when|if|as|while|although|though|"
    r"because|despite|of|among|between|however|then|today|yesterday|last|this|next|one|once|first|second|finally|"
    r"unlike|like|here|there|now|under|through|without|given|except|apart|according|and|but|yet|so|\w+ly)\b",
    re.IGNORECASE,
)


def closes_a_list(passage: Passage, start: int, end: int) -> bool:
    """Whether `, and` or ` and` stands before the last of three or more short members of one list.

    Members are one or two words (with an article) that hold no verb and no pronoun, and the sentence does not
    open with an adverbial phrase before the first comma: in "In spring, farmers and traders met" there is
    no list.
    """
    low, high = passage.sentence(start, end)
    left, right = passage.text[low:start], passage.text[end:high]
    found, following = _LIST.search(left), _NEXT.match(right)
    if found is None or following is None or right[:1] != " ":
        return False
    members = left[found.end("head") :] + "," + following[0]
    if _VERBAL.search(members):
        return False
    head = found["head"]
    return not (found.start("head") == 0 and _ADVERBIAL.match(head)) and len(head.split()) >= 2
