"""Pictures are read in the child process, within limits; what cannot be read is told in one sentence."""

import subprocess
import sys
from contextlib import suppress

import pytest
from PIL import Image

from engine.picture_files import TEXT, hostile, needs_ocr, needs_type, page, saved
from wenxing.errors import EmptyFile, FileTooLarge, UnknownFormat, UnreadableFile
from wenxing.formats import limits, pictures
from wenxing.reading import bounded, recognition
from wenxing.reading.recognition import Line, in_order, separators

_WORDS = "".join(line.strip("　") for line in TEXT[:3]) + "\n" + TEXT[3].strip("　")


def _box(text: str, left: float, top: float, right: float, bottom: float) -> Line:
    return Line(text, ((left, top), (right, top), (right, bottom), (left, bottom)))


@needs_ocr
@needs_type
@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("JPEG", {"quality": 60}), ("WEBP", {"quality": 60})]
)
def test_the_words_of_a_picture_are_read_in_paragraphs(kind: str, options: dict[str, int]) -> None:
    read = bounded.recognise(saved(page(), kind, **options))
    assert read.text == _WORDS
    assert [read.text[line.start : line.start + len(line.text)] for line in read.lines] == [
        line.text for line in read.lines
    ]
    assert len(read.grey) == read.width * read.height


@needs_ocr
@needs_type
def test_a_picture_is_read_however_it_is_turned_or_coloured() -> None:
    white = page(colour="white", ground="#102040")
    assert bounded.recognise(saved(white)).text == _WORDS
    upright = page()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side, and says so
    assert bounded.recognise(saved(upright.rotate(90, expand=True), "JPEG", exif=exif)).text == _WORDS
    for degrees in (90, 180, 270):
        assert bounded.recognise(saved(upright.rotate(degrees, expand=True))).text == _WORDS
    clear = page().convert("RGBA")
    clear.putalpha(page().convert("L").point(lambda grey: 255 - grey))
    assert bounded.recognise(saved(clear)).text == _WORDS


@needs_ocr
@needs_type
def test_pictures_leave_no_room_to_the_next_file() -> None:
    text = ("字" * 99 + "\n").encode() * 19_000
    for picture in (saved(page()), bytes(30 * limits.MIB), saved(page())):
        with suppress(UnreadableFile):  # the bytes of each come and go in the process that forks
            bounded.recognise(picture)
    bounded.read(text)
    with pytest.raises(FileTooLarge, match="memory"):
        bounded.read(text, memory=limits.MIB)


@needs_ocr
def test_the_models_are_loaded_before_there_is_a_picture() -> None:
    program = (
        "import onnxruntime, wenxing.reading.recognition as reading; "
        "made = []; make = onnxruntime.InferenceSession; "
        "onnxruntime.InferenceSession = lambda *a, **k: made.append(a) or make(*a, **k); "
        "reading.load(); loaded = len(made); reading.load(); assert loaded == len(made) == 2, made"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_ocr
@needs_type
def test_a_strip_of_many_screens_is_read_to_its_end() -> None:
    lines = [f"第{i:03d}行说的是学习和工作的安排" for i in range(60)]
    read = bounded.recognise(saved(page(lines, size=24)))
    assert [line.text for line in read.lines] == lines


@needs_ocr
def test_every_picture_made_to_do_harm_is_refused_in_a_sentence() -> None:
    for name, data in hostile():
        assert pictures.is_picture(data), name
        outcome = bounded.attempt(
            "recognise", data, name="", seconds=limits.PICTURE_SECONDS, memory=limits.PICTURE_MEMORY
        )
        assert isinstance(outcome.error, UnreadableFile), name
        assert not outcome.odd, name
        assert 10 < len(str(outcome.error)) < 160, name
        assert str(outcome.error).endswith("."), name
        assert outcome.memory < 1200 * limits.MIB, name


@needs_ocr
def test_too_many_pixels_are_refused_before_they_are_unpacked() -> None:
    data = dict(hostile())["20,000 × 20,000 pixels"]
    with pytest.raises(FileTooLarge, match="million pixels"):
        bounded.recognise(data, memory=512 * limits.MIB)


@needs_ocr
def test_no_text_and_no_whole_picture_are_told_apart() -> None:
    files = dict(hostile())
    with pytest.raises(EmptyFile, match="no text"):
        bounded.recognise(files["white"])
    with pytest.raises(UnreadableFile, match="damaged or incomplete"):
        bounded.recognise(files["a JPEG cut off"])


def test_without_the_extra_the_message_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "_NEEDED", ("a_module_that_is_not_there",))
    with pytest.raises(UnknownFormat, match=r"make ocr.*wenxing\[ocr\]"):
        recognition.recognise(saved(Image.new("L", (600, 400), 255)))


def test_pieces_of_a_line_are_put_in_order_and_paragraphs_begin_at_indents_short_lines_and_gaps() -> None:
    lines = in_order(
        [
            _box("四", 60, 160, 300, 180),
            _box("二", 200, 1, 300, 21),
            _box("三", 0, 40, 200, 60),
            _box("一", 40, 0, 190, 20),
            _box("六", 0, 300, 300, 320),
            _box("五", 0, 200, 300, 220),
        ]
    )
    assert [line.text for line in lines] == list("一二三四五六")
    assert separators(lines) == ["", "", "", "\n", "", "\n"]
    english = [_box("one", 0, 0, 300, 20), _box("two", 0, 30, 300, 50), _box("hy-", 0, 60, 300, 80)]
    assert separators([*english, _box("phen", 0, 90, 300, 110)]) == ["", " ", " ", ""]
