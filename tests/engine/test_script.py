"""A text may be in traditional characters, and a leak may be turned into them."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from engine.made_texts import drawn, written
from wenxing.alignment import Target, observe
from wenxing.reading import read
from wenxing.script import Script, script_of, simplified
from wenxing.sites import Grade, Site, Span
from wenxing.wording import find
from wenxing.wording.official import official_signs
from wenxing.wording.traditional import rewritten

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
REGIONS = ("s2t", "s2tw", "s2hk")


@given(st.text())
def test_simplifying_keeps_every_offset_and_changes_nothing_twice(text: str) -> None:
    assert len(simplified(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)


def test_simplifying_undoes_what_any_region_writes() -> None:
    text = CORPUS[0].read_text(encoding="utf-8")
    for region in REGIONS:
        converted = OpenCC(region).convert(text)
        differ = sum(a != b for a, b in zip(simplified(converted), simplified(text), strict=True))
        assert differ <= len(text) // 200, region


@pytest.mark.parametrize("text", ["", "The plan is ready.", "我们要认真学习，乾坤未定。", "中文"])
def test_a_text_that_is_not_traditional_has_no_script_of_its_own(text: str) -> None:
    assert script_of(text) is None
    assert script_of("我們要認真學習。") is not None


@pytest.mark.parametrize("region", REGIONS)
def test_a_script_writes_as_its_text_does(region: str) -> None:
    text = OpenCC(region).convert(CORPUS[1].read_text(encoding="utf-8"))
    script = script_of(text)
    assert script is not None
    likeness = sum(a == b for a, b in zip(script.write(simplified(text)), text, strict=True))
    assert likeness >= 0.995 * len(text)


def test_alternatives_are_written_in_the_script_of_the_text() -> None:
    assert Script("s2t").rewrite("將", ("将", "把")) == ("將", "把")
    assert Script("s2tw").rewrite("為什麼", ("为什么", "为何")) == ("為什麼", "為何")
    assert Script("s2t").rewrite("和", ("和",)) == ("和",)


def test_no_other_form_of_a_character_comes_into_a_text() -> None:
    text = "他爲何不來，爲何不說？這些問題，我們爲什麼沒有想過？"
    sites = [Site((Span(1, 3),), ("为何", "为什么"), Grade.A, "why")]
    assert [s.alternatives for s in rewritten(sites, text, Script("s2hk"))] == []
    spoken = text.replace("爲", "為")
    assert [s.alternatives for s in rewritten(sites, spoken, Script("s2hk"))] == [("為何", "為什麼")]


@pytest.mark.parametrize("region", REGIONS)
def test_a_traditional_text_has_the_sites_of_the_simplified_one(region: str) -> None:
    for file in CORPUS[:4]:
        text = file.read_text(encoding="utf-8")
        ours = find(read(text.encode(), name="a.txt"))
        converted = OpenCC(region).convert(text)
        theirs = find(read(converted.encode(), name="a.txt"))
        assert 0.9 * len(ours) <= len(theirs) <= len(ours), file.name
        for site in theirs:
            assert all(converted[s.start : s.end] == site.alternatives[0] for s in site.spans)
            assert len(set(site.alternatives)) == len(site.alternatives)
            assert all(OpenCC(region).convert(simplified(a)) == a for a in site.alternatives)


def test_a_traditional_act_is_seen_to_be_official() -> None:
    text = "某縣人民政府關於加強河道管理的通知\n\n各鄉鎮人民政府：\n\n河道的管理關係到千家萬戶，要認真抓好。"
    assert official_signs(read(text.encode(), name="a.txt"))
    assert not official_signs(read("在座談會上的發言\n\n大家好，我談三點。".encode(), name="a.txt"))


@pytest.mark.parametrize("region", [*REGIONS, "s2twp"])
def test_a_leak_that_was_turned_into_traditional_characters_is_read(region: str) -> None:
    document = read(CORPUS[2].read_bytes(), name="a.txt")
    sites = find(document)
    codeword = drawn(sites, random.Random(5))
    copy = written(document, sites, codeword)
    (plain,) = observe([copy], [Target(document, sites)])
    (converted,) = observe([OpenCC(region).convert(copy)], [Target(document, sites)])
    assert plain[0].sites_read == len(sites)
    assert converted[0].sites_read >= 0.95 * len(sites)
    assert all(o.symbol in (None, codeword[o.site]) for o in converted[0].observations)


def test_a_copy_of_a_traditional_text_is_read_in_simplified_characters() -> None:
    document = read(OpenCC("s2tw").convert(CORPUS[3].read_text(encoding="utf-8")).encode(), name="a.txt")
    sites = find(document)
    codeword = drawn(sites, random.Random(6))
    leak = OpenCC("tw2s").convert(written(document, sites, codeword))
    (match,) = observe([leak], [Target(document, sites)])
    assert match[0].sites_read >= 0.95 * len(sites)
    assert all(o.symbol in (None, codeword[o.site]) for o in match[0].observations)
