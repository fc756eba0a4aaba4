"""Addresses of the board."""

from django.urls import path

from wenxing_web.demand import views

urlpatterns = [
    path("demand/", views.board, name="demand"),
    path("demand/ask/", views.asking, name="ask"),
    path("demand/<int:number>/", views.request_page, name="request"),
    path("demand/<int:number>/part/", views.part, name="request-part"),
    path("demand/<int:number>/vote/", views.voting, name="request-vote"),
    path("demand/<int:number>/change/", views.change, name="request-change"),
    path("demand/<int:number>/retract/", views.take_back, name="request-retract"),
]
