"""A running case file, `.wxcase`: everything that was ever searched in one case, and what it comes to.

A trace answers one question under one bound. Asking again with another fragment,
or with another list of suspects, until somebody is named would spend the bound
again each time. In a case file this cannot happen:

- the suspects and the bound are fixed when the file is made;
- every leak that is looked at is written down before its result is known;
- a recipient's *e-value* decides, a bet against innocence that adds up over leaks
  and documents: whoever reaches (suspects / bound) is named. Were every suspect
  innocent, the chance that any of them is *ever* named, however often and whenever
  one looks, is at most the bound (Ville's inequality; `wenxing.accusation.evalues`);
- each (edition, site) counts once. The first reading stands: whoever could replace
  a reading could choose among them. Leaks given in one trace are read together, and
  where they contradict each other the site stays unread.

The file cannot know of a case file that was thrown away. Keep its head (printed
after each trace) outside the machine, as with a ledger.

    records   whole records on disk, chained by their digests
    entries   what the records say
    readings  what all leaks so far show, each site once
    recipe    leaks + case file → a report
"""

from wenxing.casefile.entries import Terms
from wenxing.casefile.recipe import Case, CaseReport, open_case

__all__ = ["Case", "CaseReport", "Terms", "open_case"]
