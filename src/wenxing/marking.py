"""Recipe: a master + a recipient → that recipient's copy.

The wording of a recipient is the same in every format and on every page; the layout
carries more of the code where the format can hold it. Nothing is stored: the same
master, key and number give the same bytes for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import getitem

from wenxing.carriers import background, docx, markup, pdf, text
from wenxing.codebook import Codebook, MasterKey
from wenxing.document import Document, Edit
from wenxing.errors import UnsupportedOutput
from wenxing.master import Master
from wenxing.sealing import commitment_of, open_codebooks
from wenxing.sites import Setting, SiteKind
from wenxing.wording import alphabet, language_of

FORMATS = ("txt", "docx", "pdf", "md", "html")
"""The formats a copy can be made in."""

PSEUDONYM_BYTES = 6

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread


_CARRIED = {
    "docx": SiteKind.SPACING,
    "pdf": SiteKind.GLYPH,
}  # by format: the kind of site that it carries besides wording


def mark(master: Master, *, key: MasterKey, recipient: int, format: str) -> bytes:
    """Make a recipient's copy as a file.

    Args:
        master: the edition.
        key: with which it was prepared.
        recipient: 1 … 2**32 − 1.
        format: `txt` (UTF-8, line feeds, no headers or footers), `docx`, `pdf`, `md` or `html`. In the
            format of the publisher's own file the copy is that file with the wording changed; in any other
            the text is set in a plain layout. In a Word copy the spacing of runs is the recipient's, too, and
            in a PDF the places of single characters; a PDF that we set shows the visible code. A scanned PDF
            has the code and a background that says the recipient's pseudonym.

    Raises:
        UnsupportedOutput: the edition is a scanned PDF, which is copied as `pdf` only.
        MissingFont: `pdf`, and no font on this machine has the text's characters.
        UnknownRecipient: the number cannot be a recipient's.
        WrongKey, MasterError: the master is of another key, or was changed.
        UnsupportedOutput: copies are not made in this format.
    """
    _refuse_unknown(format)
    if master.document.is_scan:
        return _scan(master, key=key, recipient=recipient, format=format)
    kind = _CARRIED.get(format)
    codes = open_codebooks(master, key=key, kinds=() if kind is None else (kind,))
    words, settings = _edits(master, codes, recipient), _settings(master, codes, kind, recipient)
    if format == "docx":
        # Masters from before there were tables give the bytes that they gave.
        return _word(master, words, settings, _pseudonym(codes, recipient) if settings else b"")
    return _write(master, words, format, settings, _code(codes, recipient) if format == "pdf" else "")


def settings_of(master: Master, kind: SiteKind, *, key: MasterKey, recipient: int) -> tuple[Setting, ...]:
    """What a recipient's copy shows at the edition's sites of a kind that is not wording, in order.

    Raises:
        UnknownRecipient, WrongKey, MasterError: as `mark`.
    """
    return _settings(master, open_codebooks(master, key=key, kinds=(kind,)), kind, recipient)


def mark_document(master: Master, *, key: MasterKey, recipient: int) -> Document:
    """The same copy as paragraphs, for a page. Offsets of the master do not hold in it.

    Raises:
        UnknownRecipient, WrongKey, MasterError: as `mark`.
    """
    return _edited(master.document, edits(master, key=key, recipient=recipient))


def plain(master: Master, *, format: str) -> bytes:
    """The master's own text as a file: nobody's copy.

    Raises:
        UnsupportedOutput: copies are not made in this format.
    """
    _refuse_unknown(format)
    if master.document.is_scan:
        _refuse_text_of_scan(format)
        return master.source
    return _write(master, (), format)


def commitment(master: Master, *, key: MasterKey) -> bytes:
    """32 bytes that bind the operator to this edition's code and reveal nothing about it.

    Raises:
        WrongKey, MasterError: the master is of another key, or was changed.
    """
    return commitment_of(master, key=key)


def visible_code(master: Master, *, key: MasterKey, recipient: int) -> str:
    """Eight letters and digits, `7K3M-Q2PX`, to be printed on a recipient's copy of this edition.

    The beginning of the recipient's pseudonym: in another edition the same recipient has another one, and
    nobody without the key can make one up. Two recipients may share one, and anybody can copy one: it helps
    to find where to look and is no evidence.

    Raises:
        UnknownRecipient, WrongKey, MasterError: as `mark`.
    """
    return _code(open_codebooks(master, key=key, kinds=()), recipient)


def pseudonym(master: Master, *, key: MasterKey, recipient: int) -> bytes:
    """6 bytes that stand for a recipient in this edition only: what marks carry that are not scored.

    Never the number: nobody can make one up or paint another's, and two editions' cannot be linked. That
    any two of 100,000 recipients share one has a chance of 1 in 56,000. It helps to find where to look and is
    no evidence.

    Raises:
        UnknownRecipient, WrongKey, MasterError: as `mark`.
    """
    return _pseudonym(open_codebooks(master, key=key, kinds=()), recipient)


def background_tile(master: Master, *, key: MasterKey, recipient: int) -> bytes:
    """The PNG of a tile, 192 pixels square, for the background of a recipient's page in light mode.

    It differs from even paper by one grey level and says the recipient's pseudonym.

    Raises:
        UnknownRecipient, WrongKey, MasterError: as `mark`.
    """
    return background.tile(pseudonym(master, key=key, recipient=recipient))


def edits(master: Master, *, key: MasterKey, recipient: int) -> tuple[Edit, ...]:
    """The words of a recipient's copy, where they are not the master's."""
    return _edits(master, open_codebooks(master, key=key, kinds=()), recipient)


_Codes = Mapping[SiteKind, Codebook]


def _edits(master: Master, codes: _Codes, recipient: int) -> tuple[Edit, ...]:
    codeword = codes[SiteKind.WORDING].codeword(recipient).tolist()
    return tuple(
        Edit(span.start, span.end, site.alternatives[symbol])
        for site, symbol in zip(master.approved_sites, codeword, strict=True)
        if symbol
        for span in site.spans
    )


def _settings(master: Master, codes: _Codes, kind: SiteKind | None, recipient: int) -> tuple[Setting, ...]:
    if kind is None or kind not in codes:
        return ()
    symbols = codes[kind].codeword(recipient).tolist()
    return tuple(map(getitem, master.settings_of(kind), symbols))


def _code(codes: _Codes, recipient: int) -> str:
    number = int.from_bytes(codes[SiteKind.WORDING].pseudonym(recipient)[:5], "big")
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def _pseudonym(codes: _Codes, recipient: int) -> bytes:
    return codes[SiteKind.WORDING].pseudonym(recipient)[:PSEUDONYM_BYTES]


def _scan(master: Master, *, key: MasterKey, recipient: int, format: str) -> bytes:
    """The scanned pages with the pseudonym in their background and the visible code at the foot."""
    _refuse_text_of_scan(format)
    codes = open_codebooks(master, key=key, kinds=())
    own, code = _pseudonym(codes, recipient), _code(codes, recipient)
    return pdf.mark_scan(master.source, background.cells(own), code)


def _word(master: Master, edits: Sequence[Edit], settings: Sequence[Setting] = (), own: bytes = b"") -> bytes:
    """The publisher's own file keeps every part but its text; only a file that is ours says a pseudonym."""
    if master.document.format == "docx":
        return docx.write(master.source, master.document, edits, settings)
    return docx.typeset(master.document, edits, settings, pseudonym=own)


def _write(
    master: Master,
    edits: Sequence[Edit],
    format: str,
    settings: Sequence[Setting] = (),
    code: str = "",
) -> bytes:
    if format == "txt":
        return text.write(master.document, edits)
    own = master.document.format == format
    if format == "docx":
        return _word(master, edits, settings)
    if format == "pdf":
        if own:
            return pdf.write(master.source, master.document, settings)
        return pdf.typeset(master.document, edits, settings, code=code, spare=spare(master))
    if own:
        return markup.write(master.source, master.document, edits)
    edited = _edited(master.document, edits)
    return markup.typeset_markdown(edited) if format == "md" else markup.typeset_hypertext(edited)


def spare(master: Master) -> str:
    """Characters that copies may show where the master shows others.

    With all that any rule could bring, so that a copy's fonts do not tell what its edition varies.
    """
    if not master.approved:
        return ""
    own = {c for site in master.approved_sites for wording in site.alternatives for c in wording}
    return "".join(sorted((own | alphabet(language_of(master.document.text))) - {" "}))


def _refuse_unknown(format: str) -> None:
    if format not in FORMATS:
        raise UnsupportedOutput(
            f"Copies are made as .txt, .docx, .pdf, .md or .html, not as {format or 'a file without suffix'}."
        )


def _refuse_text_of_scan(format: str) -> None:
    if format != "pdf":
        raise UnsupportedOutput("A scanned PDF has no text: copies of it are made as .pdf only.")


def _edited(document: Document, edits: Sequence[Edit]) -> Document:
    """The document with edits made; every edit lies within one paragraph."""
    paragraphs = list(document.paragraphs)
    for index, group in _by_paragraph(document, edits):
        own, start = paragraphs[index].text, document.starts[index]
        pieces, at = [], 0
        for edit in group:
            pieces += [own[at : edit.start - start], edit.replacement]
            at = edit.end - start
        paragraphs[index] = replace(paragraphs[index], text="".join([*pieces, own[at:]]))
    return replace(document, paragraphs=tuple(paragraphs))


def _by_paragraph(document: Document, edits: Sequence[Edit]) -> Iterator[tuple[int, list[Edit]]]:
    ordered = sorted(edits, key=lambda edit: edit.start)
    for index, group in groupby(ordered, key=lambda edit: document.paragraph_at(edit.start)):
        yield index, list(group)
