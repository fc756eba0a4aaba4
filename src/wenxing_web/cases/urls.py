"""Addresses of reports, receipts and hearings."""

from django.urls import path

from wenxing_web.cases import views

urlpatterns = [
    path("report/", views.report_leak, name="report"),
    path("report/<str:receipt>/", views.report_status, name="report-status"),
    path("report/<str:receipt>/claim/", views.report_claim, name="report-claim"),
    path("me/reports/", views.my_reports, name="my-reports"),
    path("me/hearings/", views.my_hearings, name="my-hearings"),
    path("me/hearings/<int:hearing_id>/", views.hearing, name="hearing"),
]
