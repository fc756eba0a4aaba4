"""Addresses of the reading rooms."""

from django.urls import path, re_path

from wenxing_web.reader.views import keep, library, read, rooms, topics

_EDITION = r"^m/(?P<identity>[0-9a-f]{32})/"

urlpatterns = [
    path("", rooms.home, name="home"),
    path("plans/", rooms.plans, name="plans"),
    path("library/", library.library, name="library"),
    path("library/fresh/<int:number>/", rooms.fresh, name="fresh"),
    path("topics/", topics.shelf, name="topics"),
    path("topics/<int:number>/", topics.topic, name="topic"),
    path("me/interests/", topics.interests, name="interests"),
    path("me/copies/", rooms.copies, name="copies"),
    path("me/notes/", rooms.notes, name="notes"),
    path("me/notes/<int:number>/", keep.note_change, name="note-change"),
    path("reading/size/", keep.size, name="reading-size"),
    re_path(_EDITION + "$", read.read, name="read"),
    re_path(_EDITION + r"download\.(?P<form>txt|docx|pdf)$", read.download, name="download"),
    re_path(_EDITION + r"paper\.(?P<form>css|png)$", read.paper, name="paper"),
    re_path(_EDITION + "favourite/$", keep.favourite, name="favourite"),
    re_path(_EDITION + "place/$", keep.place, name="place"),
    re_path(_EDITION + "notes/$", keep.note, name="note"),
]
