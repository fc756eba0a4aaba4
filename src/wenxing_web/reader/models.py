"""What a member leaves in the reading room: a place, favourites, notes. No text of any material is kept.

And, of nobody in particular, what was looked for and not found.
"""

from django.db import models

from wenxing_web.library.models import Edition, Material, Tag
from wenxing_web.members.models import Member


class Progress(models.Model):
    """How far a member has read a material, whatever its edition."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="places")
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="+")
    paragraph = models.PositiveIntegerField(default=0)  # number in the document; 0: opened, not begun
    last = models.PositiveIntegerField()  # number of the last paragraph, when this was kept
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["member", "material"], name="one_place_each")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.percent} %"

    @property
    def percent(self) -> int:
        """0 … 100; by paragraphs, whatever their length."""
        return round(100 * min(self.paragraph, self.last) / self.last) if self.last else 100

    @property
    def unfinished(self) -> bool:
        """Begun, and something is left. At 97 percent what is left is the date and the signature."""
        return 0 < self.percent < 97


class Favourite(models.Model):
    """A material that a member wants to find again, readable or not."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="favourites")
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["member", "material"], name="favourite_once")]

    def __str__(self) -> str:
        return str(self.material_id)


class Interest(models.Model):
    """A field or a level that a member wants to see first. Nothing else depends on it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="interests")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "tag"], name="interest_once")]

    def __str__(self) -> str:
        return str(self.tag_id)


class Note(models.Model):
    """A note or a highlight in a member's own copy.

    The place is a paragraph of the edition and, for a phrase, offsets in characters into that paragraph of
    the member's own text without the white space around it. The words there are not kept: the copy has them.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notes")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    paragraph = models.PositiveIntegerField()
    start = models.PositiveIntegerField(null=True)  # null: the whole paragraph
    end = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True, max_length=4000)  # empty: a highlight
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["edition_id", "paragraph", "start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start__isnull=True, end__isnull=True)
                | models.Q(start__isnull=False, end__gt=models.F("start")),
                name="phrase_is_not_empty",
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} p{self.paragraph}"


class Missed(models.Model):
    """Something that was looked for and not found, and how often on a day. Not by whom."""

    text = models.CharField(max_length=200)  # folded
    day = models.DateField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "-count", "id"]
        constraints = [models.UniqueConstraint(fields=["text", "day"], name="missed_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"


class Pace(models.Model):
    """How many searches an account has made in the window at hand; see `actions.pace`. Nothing of what."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    slot = models.BigIntegerField()  # number of the window since 1970
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "reader_pace"

    def __str__(self) -> str:
        return f"{self.slot} {self.count}"
