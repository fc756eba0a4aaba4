"""A draft becomes an immutable edition."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from wenxing_web import engine
from wenxing_web.ledger.actions.record import Facts, record
from wenxing_web.library import queries
from wenxing_web.library.models import Draft, Edition, Material, Policy, Right
from wenxing_web.library.search.index import follow
from wenxing_web.live.actions.announce import EVERYBODY, announce

_POLICIES: dict[Policy, engine.Policy] = {Policy.VERBATIM: "verbatim", Policy.ADAPTABLE: "adaptable"}


class NotReady(Exception):
    """Something is missing. The message says what, to the editor."""


def publish(draft: Draft, *, at: datetime) -> Edition:
    """Release a draft. Publishing it again gives the edition that it already became.

    Material, edition, ledger row and the draft's end are one transaction; afterwards only `withdraw`
    changes anything. A free material is open to anybody and so carries no marks: it is released verbatim.

    Args:
        at: when; aware of its time zone.

    Raises:
        NotReady: not cleaned, no title, no right to publish, an official text that would be varied, or a
            text to be varied without an approved site (approvals given under other rules do not count).
    """
    _require_ready(draft)
    policy = Policy.VERBATIM if draft.is_free else Policy(draft.policy)
    text = queries.cleaned(draft)
    master = _prepare(draft, text, policy)
    policy = Policy(str(master.policy))  # a PDF is verbatim, whatever was chosen before
    container = master.to_bytes()
    with transaction.atomic():
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        if current.edition is not None:
            return current.edition
        edition = _release(draft, master, container, policy, at)
        draft.edition = edition
        draft.save(update_fields=["edition"])
        # A search would do it, too; so it does not have to wait, and a failure here is no failure to publish.
        transaction.on_commit(follow, robust=True)
    return edition


def _require_ready(draft: Draft) -> None:
    if draft.edition_id is not None:
        return
    if not draft.cleaned:
        raise NotReady(_("请先确认要去掉哪些段落。"))
    if not draft.title.strip():
        raise NotReady(_("请填写标题。"))
    if draft.right not in Right.values:
        raise NotReady(_("请说明凭什么可以发布这份材料。没有发布依据的不能发布。"))
    if draft.policy == Policy.ADAPTABLE and not draft.is_free:
        if draft.right == Right.OFFICIAL:
            raise NotReady(_("官方文件一个字也不改，请选“原文不动”。"))
        if queries.is_outdated(draft):
            raise NotReady(_("用词规则在您看过校样之后更新了，请再认可一遍。"))
        if not draft.approved:
            raise NotReady(_("还没有认可任何一处微调。请先看校样，或选“原文不动”。"))


def _prepare(draft: Draft, text: queries.Cleaned, policy: Policy) -> engine.Master:
    rule, (sites, approved) = _POLICIES[policy], queries.sites_of_edition(draft)
    try:
        return engine.prepare(
            text.source,
            text.document,
            policy=rule,
            approved=approved,
            sites=sites,
            title=draft.title,
            profile=draft.code,
        )
    except engine.NoSites as error:
        raise NotReady(_("认可的地方在这个文件里都改不了，请选“原文不动”。")) from error


def _release(draft: Draft, master: engine.Master, container: bytes, policy: Policy, at: datetime) -> Edition:
    edition = Edition(
        material=_material(draft),
        identity=master.edition.hex(),
        policy=policy,
        right=draft.right,
        profile=master.profile,
        characters=master.document.characters,
        sites=len(master.approved),
        published_at=at,
    )
    edition.master.save("", ContentFile(container), save=False)
    try:
        edition.save()
        record("edition.published", _facts(edition, master, container), at=at)
        announce("edition.published", EVERYBODY, {"edition": edition.identity}, at=at)
    except BaseException:
        edition.master.delete(save=False)
        raise
    return edition


def _facts(edition: Edition, master: engine.Master, container: bytes) -> Facts:
    """The commitment fixes the edition's secret today: nobody can choose another one once a leak is known.

    The master's digest fixes where its sites are and what they may say.
    """
    return {
        "edition": edition.identity,
        "material": edition.material_id,
        "policy": str(edition.policy),
        "sites": edition.sites,
        "commitment": engine.commitment(master),
        "master": hashlib.sha256(container).hexdigest(),
    }


def _material(draft: Draft) -> Material:
    material = draft.material or Material()
    material.title, material.kind = draft.title.strip(), draft.kind
    material.dated_on, material.is_free = draft.dated_on, draft.is_free
    material.save()
    material.topics.set(draft.topics.all())
    material.tags.set(draft.tags.all())
    return material
