from django.urls import path

from learners.views import (
    desk,
    exam,
    help,  # noqa: A004 - what it is
    intake,
    invitations,
    key_groups,
    player,
    rosters,
    study,
)

app_name = "learners"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:coverage_id>/", desk.desk_lesson, name="desk-lesson"),
    path("desk/terms/", intake.intakes, name="intakes"),
    path("desk/terms/<str:code>/", intake.intake, name="intake"),
    path("groups/", key_groups.groups, name="groups"),
    path("groups/<int:pk>/take-back/", key_groups.take_back, name="group-take-back"),
    path("desk/groups/", key_groups.desk, name="groups-desk"),
    path("desk/groups/<int:pk>/", key_groups.desk_group, name="group-desk"),
    path("desk/staff/", rosters.staff, name="staff"),
    path("desk/staff/<int:pk>/left/", rosters.has_left, name="has-left"),
    path("desk/staff/lists/", rosters.rosters, name="rosters"),
    path("desk/staff/lists/<int:pk>/", rosters.roster, name="roster"),
    path("desk/staff/lists/<int:pk>/wrong/", rosters.wrong_rows, name="wrong-rows"),
    path("desk/staff/template.<slug:form>", rosters.template, name="roster-template"),
    path("invitations/<int:pk>/", invitations.invitation, name="invitation"),
    path("desk/help/", help.desk, name="help-desk"),
    path("desk/help/<int:pk>/", help.session, name="help"),
    path("help/<int:pk>/end/", help.end, name="help-end"),
    path("enrol/<str:code>/line/", intake.join, name="line"),
    path("lines/<int:place_id>/leave/", intake.leave, name="leave-line"),
    path("enrol/<str:code>/", study.enrol, name="enrol"),
    path("<int:enrolment_id>/", study.course, name="course"),
    path("<int:enrolment_id>/withdraw/", study.withdraw, name="withdraw"),
    path("<int:enrolment_id>/quiz/<slug:key>/", exam.quiz, name="quiz"),
    path("<int:enrolment_id>/lessons/<slug:key>/", player.lesson, name="lesson"),
    path("<int:enrolment_id>/lessons/<slug:key>/read/", player.read, name="read"),
    path("<int:enrolment_id>/hours/", player.hours_page, name="hours"),
    path("<int:enrolment_id>/exam/", exam.exam, name="exam"),
    path("exams/<int:attempt_id>/<int:number>/", exam.question, name="question"),
    path("exams/<int:attempt_id>/review/", exam.review, name="review"),
    path("exams/<int:attempt_id>/submit/", exam.submit, name="submit"),
    path("exams/<int:attempt_id>/result/", exam.result, name="result"),
]
