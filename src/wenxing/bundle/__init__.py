"""Evidence bundles: an accusation with everything needed to check it, and nothing more.

A bundle is a ZIP container with the leaks untouched, the masters of the editions
that they show, and `bundle.json`: site tables, commitments, the keys of *those
editions only*, the suspects as numbers, the parameters, the result, and what the
result assumes and does not prove. Whoever has it recomputes every step without the
library's key and without its database.

Showing the keys of an edition burns it: whoever holds the bundle can forge any copy
of that edition, so later leaks of it prove nothing. The register beside the key
remembers which editions that are. No other edition is weakened: every edition's
keys are derived one-way, under its own label, from the master key.

    layout     the container and the shape of its description
    bundling   leaks + key → a bundle
    verifying  a bundle → agree or differ, line by line
    register   which editions were disclosed
"""

from wenxing.bundle.bundling import Bundle, bundle
from wenxing.bundle.register import Disclosed, burn, burned, register_of
from wenxing.bundle.verifying import Check, Verdict, verify

__all__ = ["Bundle", "Check", "Disclosed", "Verdict", "bundle", "burn", "burned", "register_of", "verify"]
