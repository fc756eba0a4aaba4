"""What a PDF says of people, and what it would do by itself, taken out; its pages stay as they are."""

from typing import Any

import pikepdf

from wenxing.formats.pdf.assembly import opened, whole

_OF_DOCUMENT = (
    "/Metadata",
    "/OpenAction",
    "/AA",
    "/PieceInfo",
    "/Collection",
    "/Legal",
    "/Perms",
    "/Requirements",
)
_OF_PAGES = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb", "/AF")
_NAMES = ("/EmbeddedFiles", "/JavaScript", "/AlternatePresentations")
_KEPT = ("/Link", "/Widget")  # annotations that are not remarks
_RUNS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition")


def forgotten(data: bytes) -> bytes:
    """Return the PDF without properties, remarks, attachments, scripts and earlier states of itself.

    Not looked into: pictures, and the text itself.

    Raises:
        ProtectedFile, UnreadableFile: it cannot be opened.
    """
    with opened(data) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        _drop(pdf.Root, (*_OF_DOCUMENT, "/AF"))
        _drop(pdf.Root.get("/Names"), _NAMES)
        form = pdf.Root.get("/AcroForm")
        _drop(form, ("/XFA",))
        for page in pdf.pages:
            _drop(page.obj, _OF_PAGES)
            _keep_links(page.obj)
        return whole(pdf)


def _keep_links(page: Any) -> None:
    """Leave out every annotation that is a remark, a file, or runs something."""
    found = page.get("/Annots")
    if not isinstance(found, pikepdf.Array):
        return
    kept = [own for own in found if isinstance(own, pikepdf.Dictionary) and _is_link(own)]
    for own in kept:
        _drop(own, ("/AA", "/T") if own.get("/Subtype") == "/Link" else ("/AA",))
    page.Annots = pikepdf.Array(kept)


def _is_link(annotation: Any) -> bool:
    action = annotation.get("/A")
    runs = isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) in _RUNS
    return str(annotation.get("/Subtype")) in _KEPT and not runs


def _drop(dictionary: Any, names: tuple[str, ...]) -> None:
    if isinstance(dictionary, pikepdf.Dictionary):
        for name in names:
            if name in dictionary:
                del dictionary[name]
