"""What is handed in: files, pictures, archives of them. Whatever they are, the leak is read or refused."""

import io
import zipfile

import pytest

from engine.picture_files import TEXT, hostile, needs_ocr, needs_type, page, saved
from engine.word_files import paragraph, word_file
from wenxing.errors import EmptyFile, FileTooLarge, UnknownFormat, UnreadableFile
from wenxing.formats import limits
from wenxing.formats.package import Package
from wenxing.leaks import MOST_FILES, Leak, opened
from wenxing.reading import bounded
from wenxing.sites import SiteKind

_DOCX = word_file(paragraph("第一段，我们必须努力。"))


def _archive(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_file_is_one_leak_and_a_word_file_is_not_an_archive() -> None:
    assert opened("文字。".encode()).leaks == (Leak("文字。"),)
    (leak,) = opened(_DOCX).leaks
    assert leak.text.startswith("第一段，我们必须努力。")
    assert set(leak.readers) == {SiteKind.SPACING}


def test_the_files_of_an_archive_are_leaks_and_what_cannot_be_read_is_told() -> None:
    found = opened(
        _archive(
            ("a/一.txt", "第一。".encode()),
            ("b.docx", _DOCX),
            (".hidden", b"x"),
            ("__MACOSX/c.txt", b"x"),
            ("d.bin", bytes(range(256))),
            ("e.zip", _archive(("f.txt", b"f"))),
        ),
        name="leak.zip",
    )
    assert [leak.text[:9] for leak in found.leaks] == ["第一。", "第一段，我们必须努"]
    assert found.unread == ("leak.zip/d.bin", "leak.zip/e.zip")


@pytest.mark.parametrize(("name", "encoding"), [("泄露", "gbk"), ("功許", "big5"), ("été", "cp437")])
def test_names_in_an_archive_may_be_in_an_old_encoding(name: str, encoding: str) -> None:
    short = name.encode(encoding)
    plain = b"a" * len(short)
    archive = _archive(
        (f"{plain.decode()}.txt", "第一。".encode()), (f"{plain.decode()}.bin", bytes(range(256)))
    )
    found = opened(archive.replace(plain, short), name="leak.zip")
    assert [leak.text for leak in found.leaks] == ["第一。"]
    assert len(found.unread) == 1
    if encoding == "gbk":
        assert found.unread == (f"leak.zip/{name}.bin",)


def test_an_archive_built_to_deceive_is_refused() -> None:
    with pytest.raises(EmptyFile, match="nothing in the archive"):
        opened(_archive(("../../etc/passwd", "文字。".encode())))
    bomb = _archive(("a.txt", bytes(30 * limits.MIB)), ("b.txt", "文字。".encode()))
    assert [leak.text for leak in opened(bomb, name="z").leaks] == ["文字。"]
    with pytest.raises(EmptyFile, match="nothing in the archive"):
        opened(_archive(("a.txt", bytes(30 * limits.MIB))))
    with pytest.raises(FileTooLarge, match="more than 200 files"):
        opened(_archive(*((f"{i}.txt", b"a") for i in range(MOST_FILES + 1))))


@pytest.mark.parametrize("odd", ["../甲.txt", "a/../../甲.txt", "/甲.txt", "c:\\甲.txt", "a//甲.txt"])
def test_a_file_with_a_forbidden_name_is_left_out_and_said_and_the_others_are_read(odd: str) -> None:
    found = opened(_archive(("乙.txt", "第一。".encode()), (odd, "第二。".encode())), name="leak.zip")
    assert [leak.text for leak in found.leaks] == ["第一。"]
    assert found.unread == ("leak.zip/甲.txt",)


def test_a_document_with_a_forbidden_name_in_it_is_refused_whole() -> None:
    assert opened(_DOCX, name="a.docx").leaks
    with pytest.raises(UnreadableFile, match="forbidden name"):
        opened(Package(_DOCX).replaced({}, added={"../a.xml": b"<a/>"}), name="a.docx")


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [(f"{i}.txt", f"第{i}份文字。".encode()) for i in range(20)]
    assert len(opened(_archive(*files)).leaks) == 20
    monkeypatch.setattr(limits, "TOTAL_BYTES", 100)
    with pytest.raises(FileTooLarge, match="in parts"):
        opened(_archive(*files))


@needs_ocr
@needs_type
def test_a_picture_is_a_leak_alone_and_in_an_archive() -> None:
    picture = saved(page(), "JPEG", quality=70)
    (alone,) = opened(picture, name="a.txt").leaks
    assert "".join(alone.text.split()) == "".join(TEXT).replace("　", "")
    files = [("1.jpg", picture), ("2.webp", saved(page(), "WEBP")), ("3.png", dict(hostile())["white"])]
    both = opened(_archive(*files), name="z")
    assert [leak.text for leak in both.leaks] == [alone.text, alone.text]
    assert both.unread == ("z/3.png",)


def test_a_picture_that_no_library_reads_is_refused_by_its_name() -> None:
    with pytest.raises(UnknownFormat, match="HEIC"):
        opened(b"\0\0\0\x18ftypheic" + bytes(300))


def test_a_stranger_s_file_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(_DOCX).leaks

    def lost(*_: object, **__: object) -> bounded.Outcome:
        return bounded.Outcome(b"", UnreadableFile("The file hurts."), odd=False, seconds=0, memory=0)

    monkeypatch.setattr(bounded, "attempt", lost)
    for data in (_DOCX, "文字。".encode(), b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(UnreadableFile, match="hurts"):
            opened(data)
