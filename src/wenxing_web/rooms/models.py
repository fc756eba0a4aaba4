"""会客厅: two rooms, what is said in them, and what operators do about it. No text of a material is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wenxing_web import entitlements
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member

NAMES = {entitlements.Room.MEMBERS.value: _("会员会客厅"), entitlements.Room.FREE.value: _("公共会客厅")}


class RoomError(Exception):
    """What a member wants cannot be done now. The message is for the member, and nothing is lost."""


class Room(models.Model):
    """One of the two rooms; the row is made when somebody first needs it."""

    key = models.CharField(primary_key=True, max_length=10, choices=list(NAMES.items()))
    slow_seconds = models.PositiveIntegerField(default=0)  # between two messages of an account
    posted = models.PositiveBigIntegerField(default=0)  # how many messages there ever were

    class Meta:
        permissions = [("moderate_room", "may pin, remove and mute")]

    def __str__(self) -> str:
        return str(self.get_key_display())

    @property
    def audience(self) -> str:
        """Who hears of its messages at `/live`."""
        return f"room:{self.key}"


class Voice(models.Model):
    """An account that has spoken: how it is told apart, and whether it is muted."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="voice")
    code = models.CharField(max_length=8, unique=True)  # says nothing of the account's number
    muted_until = models.DateTimeField(null=True)
    muted_because = models.CharField(max_length=200, blank=True)  # for the account, too

    def __str__(self) -> str:
        return self.code


class Seat(models.Model):
    """How far an account has read in a room: its count of messages when the account last looked."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="seats")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    posted = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "room"], name="one_seat_each")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.posted}"


class Message(models.Model):
    """What somebody said. Deleted ones stay as a line without their words.

    `change` is the number of the live event that told of the message last: whoever asks what is new since
    an event gets everything with a higher one.
    """

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="messages")
    client_id = models.UUIDField()  # made with the form: the same form sent twice is one message
    text = models.TextField(blank=True, max_length=2000)
    reply_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    edition = models.ForeignKey(Edition, null=True, on_delete=models.SET_NULL, related_name="+")
    paragraph = models.PositiveIntegerField(null=True)  # of the quoted edition
    made_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    removed = models.BooleanField(default=False)  # deleted by an operator
    pinned_at = models.DateTimeField(null=True)
    change = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["author", "client_id"], name="said_once")]
        indexes = [
            models.Index(fields=["room", "id"], name="message_in_room"),
            models.Index(fields=["room", "change"], name="message_changed"),
            models.Index(fields=["author", "made_at"], name="message_of"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.pk}"


class Revision(models.Model):
    """What a message said before it was edited or deleted, for operators and its author's own export."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    text = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.message_id)


class Mention(models.Model):
    """A member who is called by name in a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)  # as it was written, without the @

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "member"], name="mentioned_once")]

    def __str__(self) -> str:
        return self.name


class Flag(models.Model):
    """A member's report of a message, until an operator has settled it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="flags")
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [models.UniqueConstraint(fields=["message", "by"], name="reported_once")]

    def __str__(self) -> str:
        return f"{self.message_id}"
