"""Buying in a browser: a plan is ordered and confirmed, a code is made, redeemed, and refused afterwards."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import submit

pytestmark = pytest.mark.e2e
Visit = Callable[..., Page]
OPERATOR, REPORTER = "operator@example.org", "reporter@example.org"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def open_titles(page: Page) -> int:
    """How many titles of the library are not locked."""
    page.goto("/library/")
    return page.locator("ul.list > li").count() - page.locator("ul.list > li", has_text="未开通").count()


def test_an_order_is_placed_confirmed_and_opens_the_archive(visitor: Visit) -> None:
    member, operator = visitor(REPORTER), visitor(OPERATOR)
    before = open_titles(member)
    member.goto("/plans/")
    submit(member, "订购")
    reference = member.get_by_role("heading", level=1).inner_text().split()[-1]
    operator.goto("/console/orders/")
    expect(operator.locator("main")).to_contain_text(reference)
    submit(operator, "已收款，开通")
    expect(operator.locator("main")).to_contain_text("已付款，已开通")
    assert open_titles(member) > before


def test_a_code_is_shown_once_and_redeemed_once(visitor: Visit) -> None:
    member, operator = visitor(REPORTER, width=390), visitor(OPERATOR)
    before = open_titles(member)
    operator.goto("/console/codes/")
    operator.fill("input[name=count]", "2")
    submit(operator, "做好并显示")
    code = CODE.findall(operator.locator("main").inner_text())[0]
    operator.goto("/console/codes/")
    assert not CODE.search(operator.locator("main").inner_text())
    member.goto("/me/redeem/")
    member.fill("input[name=code]", code.lower().replace("-", " "))
    submit(member, "兑换")
    expect(member.locator(".notice-success, .notice-good").first).to_contain_text("已开通")
    assert open_titles(member) > before
    member.goto("/me/redeem/")
    member.fill("input[name=code]", code)
    submit(member, "兑换")
    expect(member.locator(".errorlist").first).to_contain_text("您已经用过")
