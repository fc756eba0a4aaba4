"""Every example of every rule, and what find() promises about a document."""

import random
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from wenxing.alignment import Target, observe
from wenxing.document import Document, Paragraph, Role
from wenxing.sites import Grade, Site, SiteKind
from wenxing.wording import Rule, find, rules
from wenxing.wording.loading import Protected, protected
from wenxing.wording.matching import hits, passage
from wenxing.wording.protection import is_statute, shield

CORPUS = sorted(file for file in (Path(__file__).parent / "corpus").rglob("*.txt") if "en" not in file.parts)


def _ranges(rule: Rule, text: str) -> set[tuple[int, int]]:
    return {(hit.start, hit.end) for hit in hits(rule, passage(text), shield(text))}


def _doubled(*texts: str) -> set[str]:
    """Characters that follow themselves in one of the texts; 常常 does so in a word of the table."""
    return {a + b for text in texts for a, b in pairwise(text) if a == b}


def _document(*paragraphs: str) -> Document:
    return Document(tuple(Paragraph(text) for text in paragraphs))


def _substituted(text: str, sites: tuple[Site, ...], choices: list[int]) -> str:
    edits = [
        (s.start, s.end, site.alternatives[k])
        for site, k in zip(sites, choices, strict=True)
        for s in site.spans
    ]
    for start, end, word in sorted(edits, reverse=True):
        text = text[:start] + word + text[end:]
    return text


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_finds_its_examples_and_leaves_its_counterexamples_alone(rule: Rule) -> None:
    assert rule.examples
    assert rule.counterexamples
    for example in rule.examples:
        assert set(example.places) <= _ranges(rule, example.text), example.text
    for example in rule.counterexamples:
        assert not _ranges(rule, example.text), example.text


@pytest.mark.parametrize("kind", protected(), ids=lambda kind: kind.name)
def test_a_protected_kind_shields_its_examples(kind: Protected) -> None:
    assert kind.examples
    for example in kind.examples:
        mask = shield(example.text + "。")
        for start, end in example.places:
            assert all(mask[start:end]), example.text


def test_the_seed_has_enough_sites(seed_text: str) -> None:
    sites = find(_document(*seed_text.split("\n")))
    assert sum(site.grade is Grade.A for site in sites) >= 85
    assert len(sites) >= 135


def test_sites_are_what_they_promise(seed_text: str) -> None:
    document = _document(*seed_text.split("\n"))
    sites = find(document)
    assert sites == find(document)
    last = -1
    for site in sites:
        assert site.kind is SiteKind.WORDING
        assert 2 <= site.arity <= 4
        assert len(set(site.alternatives)) == site.arity
        assert all(document.text[s.start : s.end] == site.alternatives[0] for s in site.spans)
    for span in sorted((s for site in sites for s in site.spans), key=lambda s: s.start):
        assert span.start > last
        last = span.end


def test_only_body_and_cells_are_searched() -> None:
    text = "因此，我们必须把学习成果转化为推动工作的实际行动。"
    for role in Role:
        found = find(Document((Paragraph(text, role),)))
        assert bool(found) is (role in (Role.BODY, Role.CELL))


def test_any_choice_of_alternatives_doubles_no_character(seed_text: str) -> None:
    document = _document(*seed_text.split("\n"))
    sites = find(document)
    doubled = _doubled(document.text, *(word for site in sites for word in site.alternatives))
    source = random.Random(1)
    for _ in range(200):
        text = _substituted(document.text, sites, [source.randrange(site.arity) for site in sites])
        assert _doubled(text) <= doubled


def _read(file: Path) -> Document:
    return _document(*file.read_text(encoding="utf-8").split("\n"))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_a_speech_or_report_yields_a_readable_site_every_65_characters(file: Path) -> None:
    # 38 readable sites on 2,500 characters; about one site in ten is lost to 2 % of damaged characters.
    document = _read(file)
    assert len(find(document)) * 0.89 * 65 >= document.characters


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_any_choice_on_any_text_doubles_no_character_and_keeps_what_is_protected(file: Path) -> None:
    document = _read(file)
    sites = find(document)
    doubled = _doubled(document.text, *(word for site in sites for word in site.alternatives))
    source = random.Random(file.stem)
    quoted = re.findall(r"“[^”]*”|《[^》]*》|[0-9][0-9.%]*", document.text)
    for _ in range(20):
        text = _substituted(document.text, sites, [source.randrange(site.arity) for site in sites])
        assert _doubled(text) <= doubled
        assert re.findall(r"“[^”]*”|《[^》]*》|[0-9][0-9.%]*", text) == quoted
        assert text.count("\n") == document.text.count("\n")


@pytest.mark.parametrize("file", CORPUS[::4], ids=lambda file: file.stem)
def test_alignment_reads_every_choice_back_from_a_clean_copy(file: Path) -> None:
    document = _read(file)
    sites = find(document)
    target = Target(document, sites)
    source = random.Random(5)
    for _ in range(3):
        choices = [source.randrange(site.arity) for site in sites]
        copy = _substituted(document.text, sites, choices).replace("\n", "")
        (explanation,) = observe([copy], [target])
        assert [seen.symbol for seen in explanation[0].observations] == choices


def test_laws_yield_few_sites_and_none_of_grade_a(data_dir: Path) -> None:
    archive = data_dir / "laws.zip"
    if not archive.is_file():
        pytest.skip(f"no laws: {archive} is absent")
    characters = sites_found = 0
    with zipfile.ZipFile(archive) as laws:
        names = sorted(name for name in laws.namelist() if name.endswith(".txt") and "案例" not in name)
        for name in random.Random(20).sample(names, 20):
            document = _document(*laws.read(name).decode("utf-8").split("\n"))
            sites = find(document)
            assert not any(site.grade is Grade.A for site in sites), name
            characters += document.characters
            sites_found += len(sites)
    assert 0 < sites_found < 0.004 * characters


def test_an_act_is_known_by_its_name_or_its_build() -> None:
    articles = ("第一条 应当依法办理。", "第二条 不得转让。", "第三条 由本条例规定。")
    assert is_statute(_document(*articles))
    assert is_statute(_document("某市人民代表大会常务委员会关于加强预算审查的决定", "会议认为，预算很重要。"))
    assert not is_statute(_document("在学习条例座谈会上的讲话", "第一条规定得很清楚，大家要认真学习。"))


@pytest.mark.parametrize("title", ["某公司员工考勤管理办法", "党支部议事规则（试行）", "学生守则"])
def test_rules_of_a_house_are_known_by_their_first_line(title: str) -> None:
    text = "员工应当提前提出申请，没有按照规定办理的，一律不视为加班。"
    rules_of_a_house = _document(title, text)
    assert is_statute(rules_of_a_house)
    assert not [site for site in find(rules_of_a_house) if site.grade is Grade.A]
    assert not is_statute(_document(f"在学习《{title}》座谈会上的讲话", text))
    assert not is_statute(_document("谈谈改进作风的办法", text))


def test_contracts_and_judgments_are_built_like_laws() -> None:
    contract = _document(
        "甲方应当在收到货物之后十日之内付款。",
        "乙方应当把货物送到甲方指定的地点。",
        "甲方和乙方各执一份。",
        "如果甲方违约，乙方能够解除合同。",
    )
    assert is_statute(contract)
    assert not [site for site in find(contract) if site.grade is Grade.A]
    speech = _document(
        "法院的同志要把每一个案件办好，让原告和被告都服气。", "我们应该认真听取群众的意见。" * 10
    )
    assert not is_statute(speech)
    assert [site for site in find(speech) if site.grade is Grade.A]


def test_repeats_in_one_sentence_move_together() -> None:
    document = _document("有的干部缺乏向改革要动力的意识、缺乏向创新要发展的能力，需要警醒。")
    (site,) = [site for site in find(document) if site.rule == "lack"]
    assert [document.text[s.start : s.end] for s in site.spans] == ["缺乏", "缺乏"]


def test_half_of_a_parallel_never_moves_alone() -> None:
    free = "三位同志的发言十分朴实、令人难忘。"
    assert "very" in {site.rule for site in find(_document(free))}
    both = "三位同志的发言十分朴实、十分感人。"
    assert [len(site.spans) for site in find(_document(both)) if site.rule == "very"] == [2]
    bound = "三位同志的发言十分朴实、“十分”感人。"
    assert "very" not in {site.rule for site in find(_document(bound))}


def test_a_short_line_without_a_full_stop_is_left_alone() -> None:
    assert find(_document("因此，我们必须把学习成果转化为推动工作的实际行动。"))
    assert not find(_document("因此必须把学习成果转化为推动工作的实际行动"))


def test_what_goes_on_without_a_mark_is_no_prose() -> None:
    sentence = "目前，我们镇里的很多支渠年久失修，水到不了田头。"
    plain = find(Document((Paragraph(sentence),)))
    endless = find(Document((Paragraph(sentence + "目前我们镇里的很多支渠" * 300),)))
    assert plain
    assert [site.spans for site in endless] == [site.spans for site in plain]


def test_a_long_text_without_marks_is_soon_left_alone() -> None:
    sentence = "目前，我们镇里的很多支渠年久失修，水到不了田头。"
    assert not find(_document("把" * 1_500_000))
    mixed = find(Document((Paragraph(sentence + "把" * 300_000 + "。" + sentence),)))
    assert len(mixed) == 2 * len(find(Document((Paragraph(sentence),))))


def test_an_empty_document_has_no_sites() -> None:
    assert find(_document("")) == ()
    assert find(_document("", "  ", "Rien que du français ici, hélas.")) == ()
