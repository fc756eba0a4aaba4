"""Official texts are known by their form; ordinary texts about them are not."""

import pytest

from wenxing import read
from wenxing.wording.official import Sign, official_signs

_BODY = "这次会议开得很及时，大家看了三个村的沟渠，许多同志作了发言，讲得都很实在。\n"


def _signs(text: str) -> tuple[Sign, ...]:
    return official_signs(read(text.encode()))


@pytest.mark.parametrize(
    "title",
    [
        "青石镇农田水利管理办法",
        "青石镇人民政府关于开展冬修水利的通知",
        "关于表彰先进集体的决定",
        "青石市物业管理条例（2024年修订）",
        "青石县防洪法实施细则（试行）",
    ],
)
def test_the_title_of_an_act_is_a_sign(title: str) -> None:
    assert Sign.TITLE in _signs(f"{title}\n{_BODY * 3}")


@pytest.mark.parametrize(
    "title",
    [
        "在农田水利现场会上的讲话",
        "学习《水利条例》心得体会",
        "关于水利工作的调研报告",
        "改进工作方法的几点思考",
        "谈谈怎样看书",
    ],
)
def test_an_ordinary_title_is_none(title: str) -> None:
    assert _signs(f"{title}\n{_BODY * 3}") == ()


def test_numbered_articles_are_a_sign_and_mentions_of_articles_are_not() -> None:
    articles = "".join(f"第{n}条　管水员应当记账，账目公开。\n" for n in "一二三四")
    assert Sign.ARTICLES in _signs(f"水利公约\n{articles}")
    mentions = "".join(f"第{n}条的意思，是管水员要记账，请大家记住。\n" for n in "一二三四")
    assert Sign.ARTICLES not in _signs(f"怎样读公约\n{mentions}")


def test_a_document_number_at_the_head_is_a_sign() -> None:
    assert Sign.NUMBER in _signs(f"冬修水利\n青政发〔2024〕12号\n{_BODY * 3}")
    assert Sign.NUMBER not in _signs(f"冬修水利\n{_BODY * 6}参见青政发〔2024〕12号。\n")
