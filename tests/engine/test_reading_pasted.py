"""A leak pasted from the source of a page or a program reads as what its reader sees."""

import html
import json
import urllib.parse
from collections.abc import Callable

import pytest

import wenxing
from engine.command_line import CORPUS
from wenxing.reading.pasted import shown

TEXT = "第一，我们要认真研究。\n第二，必须按时完成 AI 项目，不能拖延。\n第三，及时总结🔥。\n"


def _tagged(text: str) -> str:
    return "".join(f"<p class='x'><span>{html.escape(line)}</span></p>" for line in text.split("\n") if line)


def _decimal(text: str) -> str:
    return "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in text)


def _hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(c):X};" if ord(c) > 127 else c for c in text)


PASTES = [_tagged, _decimal, _hexadecimal, json.dumps, urllib.parse.quote]


@pytest.mark.parametrize("paste", PASTES)
def test_a_pasted_source_reads_as_its_text(paste: Callable[[str], str]) -> None:
    assert shown(paste(TEXT)).strip('"').split() == TEXT.split()


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "",
        "用 <p> 和 </p> 表示段落，&nbsp; 是空格，\\u4e2d 是“中”，%E4%B8%AD 也是。",
        "a < b & c > d，100%。" * 9,
    ],
)
def test_what_a_text_only_speaks_of_stays(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize("paste", PASTES)
@pytest.mark.parametrize("as_file", [False, True])
def test_a_pasted_source_names_its_account(paste: Callable[[str], str], *, as_file: bool) -> None:
    key = wenxing.new_key()
    source = "\n".join(file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))[:4])
    master = wenxing.prepare(source.encode(), key=key, approve="AB")
    copy = wenxing.mark(master, key=key, recipient=77, format="txt").decode()
    leak: bytes | str = paste(copy).encode() if as_file else paste(copy)
    report = wenxing.trace([leak], key=key, masters=[master], suspects=1000)
    assert [named.recipient for named in report.named] == [77]
