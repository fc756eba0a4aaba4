"""Materials and their editions, and the drafts that become editions."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What sort of document a material is."""

    SPEECH = "speech", _("讲话")
    REPORT = "report", _("报告")
    RESEARCH = "research", _("调研")
    COURSE = "course", _("课程")
    EXAM = "exam", _("试题")
    NOTE = "note", _("笔记")
    OTHER = "other", _("其他")


class Right(models.TextChoices):
    """By what right the publisher may publish. There is no choice for "unknown"."""

    OWN = "own", _("自己的作品")
    LICENSED = "licensed", _("已获授权")
    OFFICIAL = "official", _("官方文件，不受著作权限制")
    PUBLIC = "public", _("已进入公有领域")


class Policy(models.TextChoices):
    """What may differ between copies."""

    VERBATIM = "verbatim", _("原文不动")
    ADAPTABLE = "adaptable", _("可微调")


class Code(models.TextChoices):
    """How the code of an edition shares out its alternatives: the engine's profiles, by name."""

    AUTO = "auto", _("自动：按可变之处的多少选")
    SOLO = "solo", _("防一人外泄：最短的片段就能指认")
    COALITION = "coalition", _("防几人混合：需要的文字约多七成")
    BALANCED = "balanced", _("介于两者之间")


class Facet(models.TextChoices):
    """What a tag says of a material: the trade it speaks to, or the level."""

    FIELD = "field", _("领域")
    LEVEL = "level", _("层级")


class Tag(models.Model):
    """A field or a level, as the operator names them: 农业农村, 县区."""

    facet = models.CharField(max_length=10, choices=Facet.choices)
    name_zh = models.CharField(max_length=30)
    name_en = models.CharField(max_length=60)

    class Meta:
        ordering = ["facet", "id"]
        constraints = [models.UniqueConstraint(fields=["facet", "name_zh"], name="tag_once")]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Topic(models.Model):
    """专题: what the library attends to in a season; it leads the page of the day from first day to last."""

    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    about_zh = models.TextField(blank=True, max_length=300)
    about_en = models.TextField(blank=True, max_length=600)
    starts_on = models.DateField()
    ends_on = models.DateField()  # inclusive

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="topic_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def about(self) -> str:
        """What it is about, in the reader's language; empty when nobody wrote it."""
        english = (get_language() or "").startswith("en")
        return (self.about_en or self.about_zh) if english else (self.about_zh or self.about_en)


class Material(models.Model):
    """A document of the library, whatever its edition."""

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    dated_on = models.DateField(db_index=True)  # decides which plan opens it
    summary = models.TextField(blank=True, max_length=600)
    is_free = models.BooleanField(default=False)
    topics = models.ManyToManyField(Topic, blank=True, related_name="materials")
    tags = models.ManyToManyField(Tag, blank=True, related_name="materials")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-dated_on", "-id"]

    def __str__(self) -> str:
        return self.title


def _draft_path(draft: "Draft", _name: str) -> str:
    return f"drafts/{draft.digest}.bin"


class Draft(models.Model):
    """A document on its way in: uploaded, cleaned, proofed; published at the end.

    The source is kept as it came. `removed` and the fields of the proof are the editor's decisions; they
    refer to the paragraphs of the source and to the sites of the cleaned text. The numbers of the sites that
    the editor added follow on those that the rules found.
    """

    source = models.FileField(upload_to=_draft_path)
    name = models.CharField(max_length=200)  # as uploaded; for the editor's eyes only
    digest = models.CharField(max_length=64)  # SHA-256 of the source
    removed = models.JSONField(default=list)  # paragraph numbers of the source to leave out
    cleaned = models.BooleanField(default=False)  # the editor has decided about them
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    dated_on = models.DateField()
    policy = models.CharField(max_length=10, choices=Policy.choices, default=Policy.VERBATIM)
    code = models.CharField(max_length=10, choices=Code.choices, default=Code.AUTO)
    right = models.CharField(max_length=10, choices=Right.choices, blank=True)
    is_free = models.BooleanField(default=False)
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    tags = models.ManyToManyField(Tag, blank=True, related_name="+")
    approved = models.JSONField(default=list)  # site numbers of the cleaned text
    rejected = models.JSONField(default=list)  # likewise
    narrowed = models.JSONField(default=dict)  # site number → which of its alternatives copies may read
    own = models.JSONField(
        default=list
    )  # sites the editor added: {"spans": [[start, end]], "others": [text]}
    history = models.JSONField(default=list)  # what each of the last decisions was before, the latest last
    proofed = models.CharField(max_length=64, blank=True)  # digest of the text and sites that they count in
    # what it is a new edition of, and what became of it
    material = models.ForeignKey(Material, null=True, blank=True, on_delete=models.SET_NULL)
    edition = models.OneToOneField("Edition", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title or self.name


def _master_path(edition: "Edition", _name: str) -> str:
    return f"editions/{edition.identity}.wxm"


class Edition(models.Model):
    """An immutable release of a material. Nothing but `withdrawn_at` ever changes."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="editions")
    identity = models.CharField(max_length=32, unique=True)  # the engine's edition, hexadecimal
    master = models.FileField(upload_to=_master_path)
    policy = models.CharField(max_length=10, choices=Policy.choices)
    right = models.CharField(max_length=10, choices=Right.choices)
    profile = models.CharField(max_length=20)
    characters = models.PositiveIntegerField()
    sites = models.PositiveIntegerField()  # approved
    published_at = models.DateTimeField(db_index=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-published_at", "-id"]

    def __str__(self) -> str:
        return f"{self.material} ({self.identity[:8]})"

    def save(self, **kwargs: Any) -> None:
        """Insert; afterwards only `update_fields=["withdrawn_at"]` is accepted."""
        if not self._state.adding and kwargs.get("update_fields") != ["withdrawn_at"]:
            raise TypeError("an edition is immutable")
        super().save(**kwargs)

    @property
    def is_scan(self) -> bool:
        """Whether its pages are pictures without text: it is read as a PDF only."""
        return self.characters == 0
