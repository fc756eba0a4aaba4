"""Text encodings decided by hand, also on very short texts."""

import codecs
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wenxing.errors import UnknownFormat, UnreadableFile
from wenxing.formats.encodings import decode

SIMPLIFIED = (
    "各位代表，大家上午好！这一年，我们围绕中心、服务大局，各项工作取得了新的进展。",
    "第三条 任何单位和个人不得泄露在工作中知悉的商业秘密。",
    "会议认为，要把调查研究作为基本功，多到困难多、群众意见集中的地方去。",
    "张三，你好。",
    "通知书",
    "培训班讲义（2021年第3期）",
)
TRADITIONAL = (
    "各位同學、各位老師，大家早安！今天我們要討論的是如何提高學習的效率。",
    "臺灣的教育制度經過多年的改革，已經有了很大的進步。",
    "關於召開座談會的通知",
    "經濟發展離不開人才",
)
_PROSE = "".join((*SIMPLIFIED, *TRADITIONAL)) + "ABC xyz 123,.\n"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", (*SIMPLIFIED, *TRADITIONAL))
def test_short_texts_are_read_in_every_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("text", TRADITIONAL)
def test_big5_is_told_from_gb18030(text: str) -> None:
    assert decode(text.encode("big5")) == text


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf16_and_utf32_marks_decide(order: str) -> None:
    for encoding in ("utf-16", "utf-32"):
        mark = "\ufeff".encode(f"{encoding}-{order}")
        assert decode(mark + "好，OK".encode(f"{encoding}-{order}")) == "好，OK"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_any_utf8_text_is_itself(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@given(st.text(st.sampled_from(_PROSE), min_size=12), st.sampled_from(ENCODINGS))
def test_prose_comes_back_whatever_the_encoding(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assume(encoding != "gb18030" or not _is_utf8(data))
    assert decode(data) == text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_bytes_that_are_valid_utf8_are_utf8_even_when_gb18030_would_make_sense() -> None:
    assert "通知".encode("gb18030").decode() == decode("通知".encode("gb18030")) != "通知"
    assert decode("通知书".encode("gb18030")) == "通知书"


def test_real_texts_are_read_in_every_encoding_from_eight_characters_on(seed_text: str) -> None:
    draw = random.Random(3)
    for encoding in ENCODINGS:
        for _ in range(100):
            at = draw.randrange(len(seed_text) - 8)
            sample = seed_text[at : at + 8]
            if sample.strip():
                assert decode(sample.encode(encoding)) == sample, (encoding, at)


def test_random_bytes_are_not_text() -> None:
    draw = random.Random(5)
    assert decode("一段文字".encode())
    for size in (40, 200, 5000):
        for _ in range(30):
            with pytest.raises((UnknownFormat, UnreadableFile)):
                decode(draw.randbytes(size))


@pytest.mark.parametrize(
    "data", [b"\0", b"text\0text", "text\0文字".encode(), b"\0\0\0\0", b"\x01\x02\x03\x04abc"]
)
def test_zero_and_control_bytes_are_not_text(data: bytes) -> None:
    assert decode(data.translate(None, b"\0\x01\x02\x03\x04") or b"x")
    with pytest.raises(UnknownFormat):
        decode(data)


def test_utf8_cut_in_the_middle_of_a_character_is_refused_and_not_misread() -> None:
    data = SIMPLIFIED[0].encode()
    assert decode(data) == SIMPLIFIED[0]
    with pytest.raises(UnreadableFile):
        decode(data[:-1])
    with pytest.raises(UnreadableFile):
        decode(codecs.BOM_UTF8 + data[:-1])


def test_a_marked_text_with_zero_characters_is_not_text() -> None:
    assert decode("文字".encode("utf-16")) == "文字"
    with pytest.raises(UnknownFormat):
        decode("文\0字".encode("utf-16"))
