"""WordprocessingML: where the parts of a document are, and what its styles say of paragraphs.

Section numbers refer to ECMA-376 part 1, 5th edition.
"""

from dataclasses import dataclass
from posixpath import dirname, normpath

from wenxing.errors import UnknownFormat, UnreadableFile
from wenxing.formats import xml
from wenxing.formats.package import Package
from wenxing.formats.wordprocessing import OFF, outline_level

DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_TYPES = {
    "wordprocessingml.template": "a Word template",
    "ms-word": "a Word document with macros",
    "spreadsheetml": "an Excel workbook",
    "ms-excel": "an Excel workbook",
    "presentationml": "a PowerPoint presentation",
    "ms-powerpoint": "a PowerPoint presentation",
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says about the role of its paragraphs."""

    name: str
    outline: int | None


def main_part(package: Package) -> str:
    """Return the name of the part that holds the document.

    Raises:
        UnknownFormat: the container is not a Word document.
        UnreadableFile: it is one, and the part is missing.
    """
    if "[Content_Types].xml" not in package:
        kind = "an OpenDocument or e-book file" if "mimetype" in package else "a ZIP archive"
        raise UnknownFormat(f"The file is {kind}; save it as a Word document (.docx) or plain text.")
    part = next(iter(related(package, "", "officeDocument")), "")
    kind = _content_type(package, part)
    for mark, what in _OTHER_TYPES.items():
        if mark in kind:
            raise UnknownFormat(f"The file is {what}; save it as a Word document (.docx) or plain text.")
    if kind != DOCUMENT_TYPE or part not in package:
        raise UnreadableFile(
            "The Word document has no text part; open it in a word processor and save it again."
        )
    return part


def related(package: Package, part: str, kind: str) -> list[str]:
    """Return the parts that `part` (empty: the package) points to by relationships of a kind, sorted.

    `kind` is the last step of the relationship type: `header`, `footer`, `styles`.
    """
    source = relations_of(part)
    if source not in package:
        return []
    targets = {
        _resolved(part, attributes.get("Target", ""))
        for name, attributes in xml.elements(package.read(source))
        if name == "rel:Relationship"
        and attributes.get("TargetMode") != "External"
        and attributes.get("Type", "").rpartition("/")[2] == kind
    }
    return sorted((t for t in targets if t in package), key=lambda t: (len(t), t))


def relations_of(part: str) -> str:
    """Return the name of the member that holds the relationships of a part (empty: the package)."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def styles(package: Package, part: str) -> dict[str, Style]:
    """Return the paragraph styles of a document part by identifier, inherited levels resolved.

    The default paragraph style is also under the empty identifier.
    """
    own: dict[str, tuple[str, str, int | None]] = {}
    current = default = ""
    for source in related(package, part, "styles"):
        for name, attributes in xml.elements(package.read(source)):
            value = attributes.get("w:val", "")
            if name == "w:style":
                current = attributes.get("w:styleId", "")
                own[current] = ("", "", None)
                if attributes.get("w:type") == "paragraph" and attributes.get("w:default", "0") not in OFF:
                    default = current
            elif current and name == "w:name":
                own[current] = (value.lower(), *own[current][1:])
            elif current and name == "w:basedOn":
                own[current] = (own[current][0], value, own[current][2])
            elif current and name == "w:outlineLvl":
                own[current] = (*own[current][:2], outline_level(value))
    resolved = {key: Style(name, _inherited(own, key)) for key, (name, _, _) in own.items()}
    if default:
        resolved[""] = resolved[default]
    return resolved


def _inherited(own: dict[str, tuple[str, str, int | None]], key: str) -> int | None:
    seen: set[str] = set()
    while key in own and key not in seen:
        seen.add(key)
        _, based_on, outline = own[key]
        if outline is not None:
            return outline if outline < 9 else None
        key = based_on
    return None


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return normpath(target).lstrip("/")
    return normpath(f"{dirname(part)}/{target}").lstrip("/")


def _content_type(package: Package, part: str) -> str:
    for name, attributes in xml.elements(package.read("[Content_Types].xml")):
        if name == "ct:Override" and attributes.get("PartName", "").lstrip("/").lower() == part.lower():
            return attributes.get("ContentType", "")
    return _default_type(package, part)


def _default_type(package: Package, part: str) -> str:
    extension = part.rpartition(".")[2].lower()
    return next(
        (
            attributes.get("ContentType", "")
            for name, attributes in xml.elements(package.read("[Content_Types].xml"))
            if name == "ct:Default" and attributes.get("Extension", "").lower() == extension
        ),
        "",
    )
