"""Addresses of notices."""

from django.urls import path

from wenxing_web.notices import views

urlpatterns = [
    path("me/notices/", views.shelf, name="notices"),
    path("me/notices/bell/", views.bell, name="notices-bell"),
    path("me/notices/read/", views.read_all, name="notices-read"),
    path("me/notices/settings/", views.settings, name="notices-settings"),
    path("me/notices/feed/", views.feed_address, name="notices-feed"),
    path("me/notices/<int:number>/", views.follow, name="notice-follow"),
    path("notices/off/<str:token>/", views.off, name="notices-off"),
    path("feeds/<str:token>/new.atom", views.feed, name="feed"),
]
