"""Addresses of the rooms."""

from django.urls import path, re_path

from wenxing_web.rooms.views import message, talk

_ROOM = r"^rooms/(?P<room>members|free)/"
_MESSAGE = _ROOM + r"(?P<number>[1-9][0-9]{0,17})/"

urlpatterns = [
    path("rooms/", talk.door, name="rooms"),
    re_path(r"^rooms/quote/(?P<identity>[0-9a-f]{32})/$", talk.quote, name="room-quote"),
    re_path(_ROOM + "$", talk.talk, name="room"),
    re_path(_ROOM + "changes/$", talk.changed, name="room-changes"),
    re_path(_ROOM + "say/$", talk.speak, name="room-say"),
    re_path(_ROOM + "read/$", talk.read, name="room-read"),
    re_path(_MESSAGE + "$", message.message, name="message"),
    re_path(_MESSAGE + "edit/$", message.change, name="message-edit"),
    re_path(_MESSAGE + "delete/$", message.take_back, name="message-delete"),
    re_path(_MESSAGE + "report/$", message.complain, name="message-report"),
]
