"""Titles, headings, outline and promotion by form. All texts are made up."""

import pytest

from wenxing.document import Role
from wenxing.reading import outline, promotion, read

_PROSE = (
    "今年以来，全县上下认真落实各项部署，坚持问题导向，突出重点任务，扎实推进乡村建设，取得了阶段性的成效，但是也要看到，"
    "我们的工作与群众的期盼相比还有不小的差距，一些长期想办的事情还没有办成。"
)
_TITLES = [
    "关于开展会员服务月活动的通知",
    "在全县教育工作会议上的讲话",
    "弘扬优良作风 再创一流业绩",
    "网站资料更新与分享工作报告",
    "免费师范生优惠政策解读",
    "公众号运营管理办法（试行）",
    "我的母亲",
    "2021年度述职述廉报告",
    "某某公司与某某大学合作协议书",
    "下载中心会员权益说明",
]
_HEADERS = [
    "仅供学习 禁止外传\n某某文库\n海量范文、每日更新\n【新年活动】\n年费会员限时优惠！\nQQ群：123456\n\n\n",
    "更多资料请关注微信公众号：某某写作\n\n",
    "\n\n\n",
    "本资料仅供会员内部学习，严禁转卖！\n客服微信 abc123\n———\n",
    "【声明】版权所有，盗版必究\n一手资料 持续更新\n开通VIP会员享终身免费下载\n",
    "加群领取：粉丝群 888888\n",
]


def _read(source: str):  # type: ignore[no-untyped-def]
    return read(source.encode())


@pytest.mark.parametrize("title", _TITLES)
def test_an_ordinary_document_has_a_title_and_no_promotion(title: str) -> None:
    for salutation in ("", "同志们：\n", "各县（市、区）人民政府：\n", "尊敬的各位会员：\n"):
        document = _read(f"{title}\n{salutation}{_PROSE}\n{_PROSE}")
        assert promotion(document) == ()
        assert document.title == title
        assert sum(p.role is Role.TITLE for p in document.paragraphs) == 1


@pytest.mark.parametrize("header", _HEADERS)
@pytest.mark.parametrize("title", _TITLES)
def test_a_service_header_is_found_whole_and_the_title_is_kept(header: str, title: str) -> None:
    document = _read(f"{header}{title}\n{_PROSE}\n")
    assert promotion(document) == tuple(range(header.count("\n")))
    assert document.title == title


@pytest.mark.parametrize("header", _HEADERS)
def test_a_salutation_or_prose_ends_the_header_when_there_is_no_title(header: str) -> None:
    for start in ("同志们：\n" + _PROSE, _PROSE, "尊敬的各位会员：\n" + _PROSE, "一、会员权益\n" + _PROSE):
        document = _read(header + start)
        assert max(promotion(document)) < header.count("\n")
        kept = [p.text for i, p in enumerate(document.paragraphs) if i not in promotion(document)]
        assert "\n".join(kept).endswith(start)


def test_a_service_name_at_the_very_top_goes_only_when_a_title_is_certain_below() -> None:
    header = "某某网\nwww.example.org\n"
    assert promotion(_read(f"{header}在工作会议上的讲话\n{_PROSE}")) == (0, 1)
    assert promotion(_read(f"{header}同志们：\n{_PROSE}")) == (1,)


def test_a_title_above_an_advertisement_is_kept() -> None:
    document = _read(f"奋进新征程 建功新时代\n更多资料加微信abc123\n\n同志们：\n{_PROSE}")
    assert promotion(document) == (1, 2)
    assert document.title == "奋进新征程 建功新时代"


def test_advertisements_at_the_tail_are_found_and_contacts_are_not() -> None:
    text = f"关于报送材料的通知\n{_PROSE}\n"
    advertised = _read(text + "联系人：张三\n\n更多范文请关注公众号\n扫码进群免费下载\n\n")
    assert promotion(advertised) == (3, 4, 5, 6, 7)
    assert promotion(_read(text + "联系人：张三，电话：12345678，邮箱：a@example.org\n")) == ()
    assert promotion(_read(text + "附件：会员名单\n2021年5月3日\n")) == ()


def test_a_file_of_nothing_but_advertisements_is_left_alone() -> None:
    assert promotion(_read("仅供学习 禁止外传\n会员群：1 免费QQ群：2\n")) == ()


def test_the_real_document_has_header_title_and_four_points(seed_text: str) -> None:
    document = _read(seed_text)
    title = next(i for i, p in enumerate(document.paragraphs) if p.role is Role.TITLE)
    assert document.title.endswith("讲话")
    found = promotion(document)
    assert found[: title + 1] == tuple(range(title)) + found[title : title + 1]
    assert all(not document.paragraphs[i].text.strip() for i in found if i > title)
    assert [(e.level, e.text[:2]) for e in outline(document)] == [
        (2, "一是"), (2, "二是"), (2, "三是"), (2, "四是"), (1, "第一"), (1, "第二"), (1, "第三"), (1, "第四")
    ]  # fmt: skip
    assert all(document.text.startswith(e.text.removesuffix("…"), e.offset) for e in outline(document))


def test_headings_are_short_numbered_lines_of_their_own() -> None:
    document = _read(
        "工作方案\n一、总体要求\n（一）指导思想。\n1. 基本原则\n（1）坚持实事求是\n"
        "二、工作任务。要抓好落实，做到心中有数。\n（二）保障措施，要到位\n3.5万人参加\n"
        "第一章 总则\n第三条 本办法自公布之日起施行。"
    )
    assert [(p.role, p.level) for p in document.paragraphs] == [
        (Role.TITLE, 0),
        (Role.HEADING, 2),
        (Role.HEADING, 3),
        (Role.HEADING, 4),
        (Role.HEADING, 5),
        (Role.BODY, 0),
        (Role.BODY, 0),
        (Role.BODY, 0),
        (Role.HEADING, 1),
        (Role.BODY, 0),
    ]


def test_the_outline_holds_headings_and_inline_leads_in_order() -> None:
    document = _read(
        "工作方案\n一、总体要求\n各单位要做到：一是统一思想；二是落实责任。唯一是不够的。\n"
        "二、重点任务。要抓好三件事。\n（一）抓学习。要常抓。\n1.读书\n第一，读经典。\n第二，读原著。\n第一时间上报。"
    )
    assert [(e.level, e.text) for e in outline(document)] == [
        (1, "一、总体要求"),
        (5, "一是统一思想"),
        (5, "二是落实责任"),
        (1, "二、重点任务"),
        (2, "（一）抓学习"),
        (3, "1.读书"),
        (4, "第一，读经典"),
        (4, "第二，读原著"),
    ]
    assert all(document.text.startswith(e.text, e.offset) for e in outline(document))


def test_counting_words_without_a_second_are_not_leads() -> None:
    assert outline(_read(f"讲话\n第一，要有信心。\n{_PROSE}\n一是为了大家。")) == ()
    found = outline(_read("讲话\n一是因为忙。一是改作风；二是抓落实；四是别的。\n二是重来。"))
    assert [e.text for e in found] == ["一是改作风", "二是抓落实"]


@pytest.mark.parametrize(
    "head",
    ["同志们：", "今天我们开个会。", "各位代表，", "一、总体情况", "长" * 61],
)
def test_what_is_no_title_is_not_called_one(head: str) -> None:
    assert _read(f"年度总结\n{_PROSE}").title == "年度总结"
    assert _read(f"{head}\n{_PROSE}").title == ""


def test_the_line_that_names_its_kind_is_the_title_among_short_lines() -> None:
    document = _read(
        f"某县人民政府办公室文件\n某政办发〔2021〕5号\n关于做好防汛工作的通知\n各乡镇：\n{_PROSE}"
    )
    assert document.title == "关于做好防汛工作的通知"


def test_a_subtitle_belongs_to_the_title_above_it() -> None:
    document = _read(f"把小事办好\n——在社区工作会议上的讲话\n（2021年5月3日）\n同志们：\n{_PROSE}")
    assert document.title == "把小事办好"
    assert [p.role for p in document.paragraphs[:3]] == [Role.TITLE, Role.TITLE, Role.BODY]


def test_a_single_line_has_no_title() -> None:
    assert _read("年度总结").title == ""


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("一、提高认识，增强自觉", True),
        ("第二章 总则，附则", True),
        ("（二）压实责任，形成合力", False),
        ("一、要提高认识，增强自觉。", False),
        ("（一）年满十八周岁，", False),
        ("1. 带好证件，提前到场", False),
        ("一、提高认识：学什么，怎么学", False),
    ],
)
def test_a_heading_of_the_upper_numberings_may_have_commas(line: str, heading: bool) -> None:
    document = read(f"在会上的讲话\n\n正文第一段。\n{line}\n正文第二段。".encode())
    found = next(p for p in document.paragraphs if p.text == line)
    assert (found.role is Role.HEADING) is heading
