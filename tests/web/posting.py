"""A worker's round, with a clock of the test's own."""

from datetime import datetime

from wenxing_web.notices.actions.follow import follow
from wenxing_web.notices.actions.gather import gather
from wenxing_web.notices.actions.send import Sent, send


def tell(at: datetime) -> None:
    """Make notices of everything that was announced."""
    while follow(at=at):
        pass


def post(at: datetime) -> Sent:
    """Make notices, write the daily letters if it is time, and send what is due."""
    tell(at)
    while gather(at=at):
        pass
    return send(clock=lambda: at)
