"""From a noisy text to observations of sites, for the masters it comes from.

    folding       what a leak may change without changing a word
    target        a master as alignment sees it: fixed text and slots
    chains        where stretches of a master lie in a leak
    windows       the sites of one stretch
    attribution   which part of which leak belongs to which master

Nothing here knows a key, a codeword or a recipient. That is what makes the
p-values of the accusation hold: an innocent's symbols are independent of
everything that is decided here, however a leak was edited.
"""

from wenxing.alignment.attribution import MOST_EXPLANATIONS, Explanation, Match, observe, places
from wenxing.alignment.target import Target

__all__ = ["MOST_EXPLANATIONS", "Explanation", "Match", "Target", "observe", "places"]
