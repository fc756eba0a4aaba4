"""English texts: which language is which, what is never touched, and what the rules promise.

Every example of every rule is in `test_wording.py`, whatever its language.
"""

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from wenxing.alignment import Target, observe
from wenxing.document import Document, Paragraph, Role
from wenxing.reading import read
from wenxing.sites import Grade, Site
from wenxing.wording import find
from wenxing.wording.language import Language, is_english, language_of
from wenxing.wording.loading import Protected, protected, read_rules, rules_of
from wenxing.wording.matching import hits, passage
from wenxing.wording.protection import is_statute, shield
from wenxing.wording.rule import Link, RuleTableError

CORPUS = sorted((Path(__file__).parent / "corpus" / "en").rglob("*.txt"))
VARIED = "It was late. However, the driver began to talk, and nearly all of the visitors listened to him."


def document(*paragraphs: str) -> Document:
    return Document(tuple(Paragraph(text) for text in paragraphs))


def of_rule(found: tuple[Site, ...], name: str) -> list[Site]:
    return [site for site in found if site.rule == name]


def substituted(text: str, sites: tuple[Site, ...], choices: list[int]) -> str:
    edits = [
        (span.start, span.end, site.alternatives[choice])
        for site, choice in zip(sites, choices, strict=True)
        for span in site.spans
    ]
    for start, end, word in sorted(edits, reverse=True):
        text = text[:start] + word + text[end:]
    return text


@pytest.mark.parametrize("kind", protected(Language.ENGLISH), ids=lambda kind: kind.name)
def test_a_protected_kind_shields_its_examples(kind: Protected) -> None:
    assert kind.examples
    for example in kind.examples:
        mask = shield(example.text)
        for start, end in example.places:
            assert all(mask[start:end]), example.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The figures are in the table.", Language.ENGLISH),
        ("我们使用 TensorFlow 和 PyTorch 训练模型，效果很好。", Language.CHINESE),
        ("The word 文行 is the name of the library, and it means writing.", Language.ENGLISH),
        ("12.5 %", Language.CHINESE),
    ],
)
def test_the_letters_tell_the_language_of_a_paragraph(text: str, language: Language) -> None:
    assert language_of(text) is language


def test_latin_letters_alone_are_not_english() -> None:
    assert is_english([VARIED])
    for foreign in (
        "Le conseil a décidé de continuer le service de nuit, mais les habitants sont mécontents du bruit.",
        "Der Rat hat beschlossen, den Nachtbus fortzuführen, obwohl die Anwohner über den Lärm klagen.",
        "De raad heeft besloten de nachtbus te laten rijden, hoewel de bewoners over het lawaai klagen.",
        "Il consiglio ha deciso di continuare il servizio, ma gli abitanti non sono contenti del rumore.",
    ):
        assert not is_english([foreign])
        assert find(document(foreign)) == ()


def test_each_paragraph_of_a_mixed_document_has_the_rules_of_its_language() -> None:
    mixed = document(VARIED, "因此，我们必须把学习成果转化为推动工作的实际行动。")
    names = {site.rule for site in find(mixed)}
    assert any(name.startswith("en-") for name in names)
    assert any(not name.startswith("en-") for name in names)


def test_a_capital_at_the_head_of_a_sentence_is_kept() -> None:
    (site,) = of_rule(find(document("It was late. Nearly everybody in the hall left.")), "en-nearly")
    assert site.alternatives == ("Nearly", "Almost")


def test_a_word_with_a_capital_inside_a_sentence_is_a_name() -> None:
    assert of_rule(find(document("They saw that nearly everybody in the hall left.")), "en-nearly")
    assert not of_rule(find(document("They saw that Nearly everybody in the hall left.")), "en-nearly")


@pytest.mark.parametrize(
    "protected_part",
    [
        "“nearly all of the visitors left”",
        '"nearly all of the visitors left"',
        "‘nearly all of the visitors left’",
        "(nearly all of the visitors left)",
        "`nearly all of the visitors left`",
    ],
)
def test_quotations_brackets_and_code_are_not_touched(protected_part: str) -> None:
    assert find(document("He wrote that nearly all of the visitors left, and it was so."))
    for site in find(document(f"He wrote {protected_part}, and it was so.")):
        assert all(site.alternatives[0] not in protected_part for _ in site.spans)


def test_headings_and_numbered_leads_are_not_touched() -> None:
    assert find(document("Nearly all of the visitors left."))
    assert not find(document("Nearly all of the visitors left"))
    assert not find(document("1.2 Nearly all of the visitors left"))
    roles = [role for role in Role if find(Document((Paragraph(VARIED, role),)))]
    assert roles == [Role.BODY, Role.CELL]


def test_an_article_that_would_not_fit_forbids_the_alternative() -> None:
    fits = of_rule(find(document("This was the main reason for it.")), "en-main")
    assert [site.alternatives for site in fits] == [("main", "chief", "principal")]
    for text in ("It was an enormous loss to us.", "It was a huge loss to us."):
        assert not of_rule(find(document(text)), "en-huge")
    assert of_rule(find(document("They paid the huge sums in gold.")), "en-huge")


def test_the_commas_of_lists_move_together_or_not_at_all() -> None:
    one = "They sell bread, salt, and oil."
    two = "The house holds lamps, toys, and books."
    (site,) = of_rule(find(document(one, two)), "en-serial-comma")
    assert len(site.spans) == 2
    assert not of_rule(find(document(one, "The house holds lamps, toys and books.")), "en-serial-comma")


def test_british_spelling_moves_together_and_stays_out_of_american_texts() -> None:
    british = "They organise the fair, and we realise that it is large."
    (site,) = of_rule(find(document(british)), "en-ise-ize")
    assert site.alternatives == ("is", "iz")
    assert len(site.spans) == 2
    assert not of_rule(find(document(british, "The color of the hall was new.")), "en-ise-ize")


def test_a_spelling_that_a_heading_has_stays() -> None:
    text = "They organise the fair in the hall."
    assert of_rule(find(document(text)), "en-ise-ize")
    heading = Paragraph("How to organise a fair", Role.HEADING, 1)
    assert not of_rule(find(Document((heading, Paragraph(text)))), "en-ise-ize")


def test_contractions_move_together() -> None:
    text = "They don't know it, and we haven't seen it. Isn't it late?"
    (site,) = of_rule(find(document(text)), "en-not-short")
    assert site.alternatives == ("n't", " not")
    assert len(site.spans) == 2


def test_should_and_shall_are_never_varied() -> None:
    for rule in rules_of(Language.ENGLISH):
        for row in rule.rows:
            assert len({"should" in word.split() for word in row}) == 1
            assert not any("shall" in word.split() for word in row)


def test_a_contract_is_left_alone() -> None:
    clause = "The tenant shall pay the rent, and the landlord shall keep the house, because of the law."
    lease = document(*[clause] * 6)
    assert is_statute(lease)
    assert find(lease) == ()
    assert find(document(*[clause.replace("shall", "will")] * 6))


def test_rows_are_checked() -> None:
    table = """
[[rule]]
name = "en-x"
grade = "A"
words = [["begin", "start"], ["began", "started"]]
explain = "Before to."
matches = ["They 【begin】 to see."]
misses = ["They see."]
"""
    (rule,) = read_rules(table, "x.toml", Language.ENGLISH)
    assert rule.others("started") == ("began",)
    with pytest.raises(RuleTableError, match="different words"):
        read_rules(table.replace('"began"', '"start"'), "x.toml", Language.ENGLISH)
    with pytest.raises(RuleTableError, match="2–4 words"):
        read_rules(table.replace('["began", "started"]', '["a", "b", "c", "d", "e"]'), "x.toml")


def test_a_row_may_be_filled_from_a_list() -> None:
    table = """
[[rule]]
name = "en-x"
grade = "A"
words = ["so that {}", "so {}"]
only = ["so that {}"]
fill = ["we", "they"]
explain = "Of purpose."
matches = ["Wait 【so that we】 see."]
misses = ["So they left."]
"""
    (rule,) = read_rules(table, "x.toml", Language.ENGLISH)
    assert rule.rows == (("so that we", "so we"), ("so that they", "so they"))
    assert rule.only == ("so that we", "so that they")
    text = "Wait so that they see the end."
    assert [hit.word for hit in hits(rule, passage(text), bytes(len(text)))] == ["so that they"]


def test_there_are_rules_and_habits() -> None:
    found = rules_of(Language.ENGLISH)
    assert len(found) >= 200
    assert sum(rule.link is Link.DOCUMENT for rule in found) >= 15


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_prose_yields_thirty_sites_in_a_thousand_words(file: Path) -> None:
    text = read(file.read_bytes())
    assert len(find(text)) * 1000 >= 30 * len(text.text.split())


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_any_choice_keeps_what_is_protected_and_doubles_no_word(file: Path) -> None:
    text = read(file.read_bytes())
    sites = find(text)
    kept = re.compile(r"“[^”]*”|\"[^\"\n]*\"|\([^)]*\)|\d[\d.,]*")
    doubled = re.compile(r"(?i)\b(\w+) \1\b")
    source = random.Random(file.stem)
    for _ in range(20):
        copy = substituted(text.text, sites, [source.randrange(site.arity) for site in sites])
        assert kept.findall(copy) == kept.findall(text.text)
        assert doubled.findall(copy) == doubled.findall(text.text)
        assert not re.search(
            r"(?i)\ba (?=[aeio]\w)(?!one\b|once\b|eu)|\ban (?=[bcdfgjklmnpqrstvwxyz]\w)|  |,,", copy
        )


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_alignment_reads_every_choice_back_from_a_clean_copy(file: Path) -> None:
    text = read(file.read_bytes())
    sites = find(text)
    source = random.Random(5)
    for _ in range(5):
        choices = [source.randrange(site.arity) for site in sites]
        copy = substituted(text.text, sites, choices)
        (explanation,) = observe([copy], [Target(text, sites)])
        assert [seen.symbol for seen in explanation[0].observations] == choices


def test_sites_are_what_they_promise() -> None:
    for file in CORPUS:
        text = read(file.read_bytes())
        sites = find(text)
        assert sites == find(text)
        spans = sorted((span.start, span.end) for site in sites for span in site.spans)
        assert all(later[0] >= former[1] + 6 for former, later in pairwise(spans))
        for site in sites:
            assert site.grade in (Grade.A, Grade.B)
            assert 2 <= site.arity <= 4
            assert len(set(site.alternatives)) == site.arity
            assert all(text.text[s.start : s.end] == site.alternatives[0] for s in site.spans)
