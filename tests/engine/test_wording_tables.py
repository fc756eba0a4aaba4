"""A table with a mistake in it is refused with the place and the reason."""

import pytest

from wenxing.wording import Example, RuleTableError, rules
from wenxing.wording.loading import read_protected, read_rules
from wenxing.wording.matching import hits, passage

GOOD = """
[[rule]]
name = "many"
grade = "A"
words = ["许多", "很多"]
explain = "Before a noun."
matches = ["有【许多】办法。"]
misses = ["办法不少。"]
"""


def test_a_good_table_is_read() -> None:
    (rule,) = read_rules(GOOD, "good.toml")
    assert rule.words == ("许多", "很多")
    assert rule.only == rule.words
    assert rule.is_robust
    assert rule.examples == (Example("有许多办法。", ((1, 3),)),)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('name = "many"', 'name = "Many"', "small letters"),
        ('grade = "A"', 'grade = "C"', "none of A, B"),
        ('words = ["许多", "很多"]', 'words = ["许多"]', "at least 2 different words"),
        ('words = ["许多", "很多"]', 'words = ["许多", "许多"]', "different words"),
        ('words = ["许多", "很多"]', 'words = ["一", "二", "三", "四", "五"]', "2–4 words"),
        ('grade = "A"', 'grade = "A"\nonly = ["不少"]', "not in 'words'"),
        ('grade = "A"', 'grade = "A"\nafter = "(未闭"', "not a regular expression"),
        ('grade = "A"', 'grade = "A"\nstructure = "nowhere"', "none of between-two-verb-phrases"),
        ('grade = "A"', 'grade = "A"\nlink = "page"', "none of"),
        ('grade = "A"', 'grade = "A"\naftre = "x"', "unknown aftre"),
        ('explain = "Before a noun."', "", "explain missing"),
        ('matches = ["有【许多】办法。"]', 'matches = ["有许多办法。"]', "marks the place"),
        ('matches = ["有【许多】办法。"]', 'matches = ["有【许多办法。"]', "unbalanced"),
        ("[[rule]]", "[[rule", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_rule_is_named(old: str, new: str, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleTableError, match=reason) as refusal:
        read_rules(GOOD.replace(old, new, 1), "broken.toml")
    assert "broken.toml" in str(refusal.value)


def test_a_mistake_in_a_protected_span_is_named() -> None:
    good = '[[span]]\nname = "q"\npattern = "“[^”]*”"\nexplain = "x"\nexamples = ["【“好”】"]\n'
    (kind,) = read_protected(good, "p.toml")
    assert kind.pattern.search("说“好”")
    with pytest.raises(RuleTableError, match="not a regular expression"):
        read_protected(good.replace("“[^”]*”", "(“"), "p.toml")
    with pytest.raises(RuleTableError, match="explain missing"):
        read_protected('[[phrases]]\nname = "p"\nwords = "实事求是"\n', "p.toml")


def test_names_are_unique_and_every_rule_says_why() -> None:
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names)) >= 150
    assert all(len(rule.explain) >= 8 for rule in rules())


def test_a_word_hidden_in_a_longer_dictionary_entry_is_still_found() -> None:
    (rule,) = [rule for rule in rules() if rule.name == "continuously-verbs"]
    text = "不断完善工作机制。"
    assert [hit.start for hit in hits(rule, passage(text), bytes(len(text)))] == [0]


def test_a_shield_stops_a_rule() -> None:
    (rule,) = read_rules(GOOD, "good.toml")
    text = "有许多办法。"
    assert [hit.word for hit in hits(rule, passage(text), bytes(len(text)))] == ["许多"]
    assert not list(hits(rule, passage(text), b"\x00\x01" + bytes(len(text) - 2)))
