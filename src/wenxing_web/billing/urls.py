"""Addresses where a member pays."""

from django.urls import path

from wenxing_web.billing import views

urlpatterns = [
    path("me/redeem/", views.redemption, name="redeem"),
    path("me/orders/", views.orders, name="orders"),
    path("me/orders/<str:reference>/", views.order, name="order"),
    path("me/orders/<str:reference>/cancel/", views.withdraw, name="order-cancel"),
    path("me/orders/<str:reference>/pay/", views.pay, name="order-pay"),
    path("paid/<str:gateway>/", views.told, name="payment-told"),
]
