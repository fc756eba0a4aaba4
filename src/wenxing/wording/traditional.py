"""Texts in traditional characters: rules are written in simplified ones.

Such a text is looked at as if it were in simplified characters, one for one, and
what is found is written as the text itself is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from wenxing.document import Document
from wenxing.script import Script, simplified
from wenxing.sites import Site


def in_simplified(document: Document) -> Document:
    """The same document, every offset unchanged."""
    paragraphs = tuple(replace(p, text=simplified(p.text)) for p in document.paragraphs)
    return replace(document, paragraphs=paragraphs)


def rewritten(sites: Iterable[Site], text: str, script: Script) -> Iterator[Site]:
    """Sites of the simplified document as sites of the document itself.

    A site is left out where its places differ in the document, or nothing else can be written there for sure.
    """
    forms: dict[str, set[str]] = {}
    for character in set(text):
        forms.setdefault(simplified(character), set()).add(character)
    for site in sites:
        own = {text[span.start : span.end] for span in site.spans}
        alternatives = script.rewrite(own.pop(), site.alternatives)
        kept = [a for a in alternatives if all(c in forms.get(simplified(c), c) for c in a)]
        if not own and len(kept) > 1:
            yield replace(site, alternatives=tuple(kept))
