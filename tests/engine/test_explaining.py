"""A report in words says what it means and what it does not, the same in both languages."""

import re
from dataclasses import replace
from string import Formatter
from typing import Any

import pytest

from wenxing.explaining import ASSUMPTIONS, NOT_PROVED, Findings, Language, chance, explain, statement
from wenxing.explaining.words import WORDS

NAMED = Findings("named", {77: 3.2e-9}, 60, 143, 10_000, 1e-6, accounts_at_least=1)
TOO_LITTLE = Findings("not-enough", {}, 12, 143, 10_000, 1e-6, more_sites_needed=30)
ENOUGH = replace(TOO_LITTLE, sites_read=140, more_sites_needed=None)
VERBATIM = replace(TOO_LITTLE, sites_read=0, sites_total=0)
NO_MATCH = Findings("no-match", {}, 0, 0, 10_000, 1e-6, editions=0)
COALITION = replace(NAMED, accounts_at_least=2, assumes={77: 5}, explanations=2)
CASE = replace(NAMED, looks=4)

ALL = {
    "named": NAMED,
    "too little": TOO_LITTLE,
    "enough": ENOUGH,
    "verbatim": VERBATIM,
    "no match": NO_MATCH,
    "coalition": COALITION,
    "case": CASE,
}


def said(found: Findings, language: str = "en") -> str:
    return explain(found, language=language).text()


def test_both_languages_have_the_same_sentences_and_figures() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    for key in WORDS["zh"]:
        figures = [{name for _, name, _, _ in Formatter().parse(WORDS[at][key]) if name} for at in WORDS]
        if key != "read.none":
            assert figures[0] == figures[1], key
    assert len(ASSUMPTIONS["zh"]) == len(ASSUMPTIONS["en"]) == 4
    assert len(NOT_PROVED["zh"]) == len(NOT_PROVED["en"]) == 3


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", list(ALL))
def test_every_outcome_is_explained_in_full(name: str, language: Language) -> None:
    explanation = explain(ALL[name], language=language)
    text = explanation.text()
    assert "{" not in text
    assert {"finding", "means", "not-means", "more", "assumptions"} <= {s.name for s in explanation.sections}
    assert all(section.sentences for section in explanation.sections)
    han = re.findall(r"[\u4e00-\u9fff]", text)
    assert (len(han) > 50) if language is Language.ZH else not han


def test_a_naming_states_the_bound_reached_and_no_probability_of_guilt() -> None:
    text = said(NAMED)
    assert "account number 77" in text
    assert "at most 1 in 312,500,000 (the bound is 1 in 1,000,000)" in text
    assert "no probability of guilt" in text
    assert "not the person who used it" in text
    assert "stolen password" in text
    assert "can make anybody's copy" in text
    assert "no account is named" not in text


def test_a_partial_answer_says_that_somebody_is_missing_and_what_is_assumed() -> None:
    text = said(COALITION)
    assert "At least 2 accounts took part, 1 of them named" in text
    assert "assumes besides that at most 5 accounts" in text
    assert "At least" not in said(NAMED)
    assert "assumes besides" not in said(NAMED)


def test_enough_read_does_not_ask_for_more_of_the_same() -> None:
    assert "About 30 more sites" in said(TOO_LITTLE)
    text = said(ENOUGH)
    assert "more sites would be needed" not in text
    assert "outside the list" in text
    assert "mixed from several" in text


def test_nobody_below_the_bound_is_spoken_of() -> None:
    for found in (TOO_LITTLE, ENOUGH, VERBATIM, NO_MATCH):
        assert "Named" not in said(found)
        assert "account number" not in said(found)


def test_a_case_says_that_its_bound_holds_whenever_one_looks() -> None:
    assert "whenever and however often one looks" in said(CASE)
    assert "spends it again each time" in said(NAMED)


def test_a_chance_in_words_is_never_smaller_than_it_is() -> None:
    assert chance(1e-6, language="en") == "1 in 1,000,000"
    assert chance(1e-6, language="zh") == "1,000,000 分之一"
    assert chance(3e-7, language="en") == "1 in 3,333,333"
    assert chance(0.0, language="en") == "1 in 1,000,000,000,000,000"
    assert chance(1.0, language="en") == "1 in 1"


def test_a_kept_report_is_explained_even_when_older_than_some_fields() -> None:
    kept: dict[str, Any] = {
        "outcome": "named",
        "named": [{"recipient": 77, "p_value": 3.2e-9}],
        "sites_read": 60,
        "sites_total": 143,
        "suspects": 10_000,
        "bound": 1e-6,
        "more_sites_needed": None,
        "documents": [{"matched": True}, {"matched": False}],
    }
    assert Findings.of_json(kept) == replace(NAMED, accounts_at_least=0, assumes={})
    newer = {**kept, "accounts_at_least": 2, "explanations": 2, "case": {"looks": 3}}
    newer["named"] = [{"recipient": 77, "p_value": 3.2e-9, "assumes": 5}]
    assert Findings.of_json(newer) == replace(COALITION, looks=3)


def test_an_unknown_language_is_refused() -> None:
    assert said(NAMED, "zh")
    with pytest.raises(ValueError, match="xx"):
        said(NAMED, "xx")


def test_the_statement_of_a_bundle_has_both_languages() -> None:
    assert set(statement()) == {"zh", "en"}
    assert all(set(words) == {"assumes", "not_proved"} for words in statement().values())
