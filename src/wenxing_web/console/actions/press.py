"""What a button of the proof page says is done."""

from collections.abc import Mapping

from wenxing_web.library import queries
from wenxing_web.library.actions.narrow import narrow
from wenxing_web.library.actions.proof import proof
from wenxing_web.library.actions.undo import undo
from wenxing_web.library.models import Draft


def press(draft: Draft, said: Mapping[str, str]) -> str | None:
    """Decide about all sites of grade A, those of a rule or one; choose its alternatives; or undo.

    Args:
        said: what the form sent: `all`, `group` or `site` with `approve` or `reject` and what it is about;
            `use` with a site and an alternative; `undo`.

    Returns:
        The place of the page that it was about; `None` when there is no such thing, and nothing was done.
    """
    if "undo" in said:
        undone = undo(draft)
        return f"site-{min(undone)}" if undone else "proof"
    for field, value in said.items():
        verb, _sep, what = value.partition("-")
        if field == "use":
            return _use(draft, verb, what)
        if field in ("all", "group", "site") and verb in ("approve", "reject"):
            numbers = _numbers(draft, field, what)
            if numbers is None:
                return None
            if verb == "reject":
                proof(draft, reject=numbers)
            elif field == "site":
                proof(draft, approve=numbers)
            else:  # what was rejected one by one is not approved in a batch
                proof(draft, approve=set(numbers) - queries.decisions(draft).rejected)
            return {"all": "proof", "group": f"group-{what}"}.get(field, f"site-{what}")
    return None


def natural(text: str) -> int:
    """A number from an address or a form; −1, which no site has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _numbers(draft: Draft, field: str, what: str) -> tuple[int, ...] | None:
    """The sites that a button is about."""
    if field == "all":
        return queries.cleaned(draft).of_grade("A")
    if field == "group":
        group = queries.group(draft, what)
        return group.numbers if group else None
    site = queries.proof(draft, natural(what))
    return (site.number,) if site else None


def _use(draft: Draft, number: str, alternative: str) -> str | None:
    site = queries.proof(draft, natural(number))
    if site is None:
        return None
    narrow(draft, site.number, alternative=natural(alternative))
    return f"site-{site.number}"
