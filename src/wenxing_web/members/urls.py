"""Addresses of the member's own pages."""

from django.urls import path

from wenxing_web.members import views

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/nickname/", views.nickname, name="nickname"),
    path("me/notice/", views.notice, name="notice"),
    path("me/notice/read/", views.notice_read, name="notice-read"),
    path("me/privacy/", views.privacy, name="privacy"),
    path("me/privacy/data.json", views.own_data, name="own-data"),
]
