"""A draft that will not be published is thrown away with its file."""

from django.db import transaction

from wenxing_web.library.models import Draft


class AlreadyPublished(Exception):
    """What was published is kept, source and all."""


def discard(draft: Draft) -> None:
    """Delete an unpublished draft.

    Raises:
        AlreadyPublished: for a draft that became an edition.
    """
    file, storage = str(draft.source.name), draft.source.storage
    with transaction.atomic():
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        if current.edition_id is not None:
            raise AlreadyPublished
        current.delete()
        transaction.on_commit(lambda: storage.delete(file))
