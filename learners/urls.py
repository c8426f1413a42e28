from django.urls import path

from learners.views import class_desk, classes, contests, desk, exam, player, study

app_name = "learners"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:coverage_id>/", desk.desk_lesson, name="desk-lesson"),
    path("desk/contests/", contests.desk, name="contests"),
    path("desk/contests/<int:contest_id>/", contests.desk_contest, name="contest-desk"),
    path("desk/contests/ledgers/<int:enrolment_id>/", contests.desk_ledger, name="desk-ledger"),
    path("desk/contests/rows/<int:row_id>/take-back/", contests.take_back, name="take-back"),
    path("desk/contests/corrections/<int:correction_id>/", contests.desk_correction, name="correction"),
    path(
        "desk/contests/corrections/<int:correction_id>/decide/",
        contests.decide_correction,
        name="correction-decide",
    ),
    path("desk/classes/", class_desk.desk, name="classes"),
    path("desk/classes/new/", class_desk.plan, name="class-plan"),
    path("desk/classes/<int:meeting_id>/", class_desk.meeting, name="class-desk"),
    path("desk/classes/<int:meeting_id>/code/", class_desk.code, name="class-code"),
    path("desk/classes/<int:meeting_id>/attendance.csv", class_desk.attendance_csv, name="class-csv"),
    *(
        path(
            f"desk/classes/<int:meeting_id>/{verdict}/",
            class_desk.step,
            {"verdict": verdict},
            f"class-{verdict}",
        )
        for verdict in ("move", "cancel", "close", "sign", "record")
    ),
    path("enrol/<str:code>/", study.enrol, name="enrol"),
    path("<int:enrolment_id>/", study.course, name="course"),
    path("<int:enrolment_id>/withdraw/", study.withdraw, name="withdraw"),
    path("<int:enrolment_id>/quiz/<slug:key>/", exam.quiz, name="quiz"),
    path("<int:enrolment_id>/lessons/<slug:key>/", player.lesson, name="lesson"),
    path("<int:enrolment_id>/lessons/<slug:key>/read/", player.read, name="read"),
    path("<int:enrolment_id>/hours/", player.hours_page, name="hours"),
    path("<int:enrolment_id>/hours/<int:row_id>/contest/", contests.contest, name="contest"),
    path("<int:enrolment_id>/classes/<int:meeting_id>/", classes.meeting, name="class"),
    path("<int:enrolment_id>/exam/", exam.exam, name="exam"),
    path("exams/<int:attempt_id>/<int:number>/", exam.question, name="question"),
    path("exams/<int:attempt_id>/review/", exam.review, name="review"),
    path("exams/<int:attempt_id>/submit/", exam.submit, name="submit"),
    path("exams/<int:attempt_id>/result/", exam.result, name="result"),
]
