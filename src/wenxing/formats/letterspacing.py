"""WordprocessingML: how far apart the characters of a run stand, styles included (ECMA-376 part 1, 17.7.2).

A run's own spacing counts first, then that of its character style, of its paragraph's style, of the
document's defaults. Table styles are disregarded: nothing here is read in tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wenxing.formats import xml
from wenxing.formats.package import Package
from wenxing.formats.wordparts import related
from wenxing.formats.wordprocessing import OFF, ParagraphElement, Run, twentieths

_DEFAULTS = "w:rPrDefault"


@dataclass
class _Style:
    kind: str = ""
    based_on: str = ""
    spacing: int | None = None


@dataclass(frozen=True)
class Letterspacing:
    """What the styles of a document say.

    Attributes:
        styles: style → spacing, what it is based on included; `None` when it says nothing.
        default: of text without any style, twentieths of a point.
        usual: identifier of the default paragraph style, or empty.
    """

    styles: Mapping[str, int | None]
    default: int = 0
    usual: str = ""

    @classmethod
    def of(cls, package: Package, part: str) -> "Letterspacing":
        """Read the styles of a document part."""
        known: dict[str, _Style] = {}
        usual, default, current = "", 0, _Style()
        for source in related(package, part, "styles"):
            for name, attributes in xml.elements(package.read(source)):
                value = attributes.get("w:val", "")
                if name in (_DEFAULTS, "w:latentStyles", "w:pPrDefault"):
                    current = known.setdefault(name, _Style())
                elif name == "w:style":
                    identifier = attributes.get("w:styleId", "")
                    current = known[identifier] = _Style(attributes.get("w:type", ""))
                    if current.kind == "paragraph" and attributes.get("w:default", "0") not in OFF:
                        usual = identifier
                elif name == "w:basedOn":
                    current.based_on = value
                elif name == "w:spacing" and "w:val" in attributes:  # that of paragraphs has no value
                    current.spacing = twentieths(value)
        if _DEFAULTS in known:
            default = known[_DEFAULTS].spacing or 0
        return cls({style: _inherited(known, style) for style in known}, default, usual)

    def at(self, paragraph: ParagraphElement, run: Run | None) -> int:
        """Twentieths of a point between the characters of a run."""
        if run is not None and run.spacing is not None:
            return run.spacing
        for style in (run.style if run is not None else "", paragraph.style or self.usual):
            value = self.styles.get(style) if style else None
            if value is not None:
                return value
        return self.default


def _inherited(known: Mapping[str, _Style], style: str) -> int | None:
    seen: set[str] = set()
    while style in known and style not in seen:
        seen.add(style)
        if known[style].spacing is not None:
            return known[style].spacing
        style = known[style].based_on
    return None
