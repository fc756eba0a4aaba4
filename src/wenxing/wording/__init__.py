"""Where a text may be varied without disturbing its reader.

The knowledge is in tables (`tables/zh/*.toml`) that a linguist reads and extends: rules with examples that
must match and examples that must not, and spans that are never touched. The code only applies them:

    segmentation    a paragraph → words with parts of speech
    protection      a paragraph → the characters no rule may touch
    loading         the tables → `Rule` objects, or a clear refusal
    matching        one rule, one paragraph → the places where it holds
    structures      conditions that no pattern can say
    finding         all rules, one document → sites that can be chosen independently of each other
"""

from wenxing.wording.finding import find
from wenxing.wording.language import language_of
from wenxing.wording.loading import alphabet, rules
from wenxing.wording.rule import Example, Rule, RuleTableError

__all__ = ["Example", "Rule", "RuleTableError", "alphabet", "find", "language_of", "rules"]
