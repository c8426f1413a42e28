from django.urls import path

from learners.views import answering, asking, desk, exam, marking, moderation, player, record, study

app_name = "learners"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/marking/", marking.marking, name="marking"),
    path("desk/marking/<int:mark_id>/", marking.mark, name="mark"),
    path("desk/<int:coverage_id>/", desk.desk_lesson, name="desk-lesson"),
    path("desk/questions/", answering.desk, name="inbox"),
    path("desk/questions/<int:enquiry_id>/", answering.enquiry, name="inbox-enquiry"),
    path("desk/faq/<int:entry_id>/", answering.entry, name="faq-entry"),
    path("desk/promises/", answering.promises, name="promises"),
    path("desk/reports/", moderation.desk, name="reports"),
    path("desk/reports/<int:report_id>/", moderation.report, name="report"),
    path("record/", record.record, name="record"),
    path("enrol/<str:code>/", study.enrol, name="enrol"),
    path("<int:enrolment_id>/", study.course, name="course"),
    path("<int:enrolment_id>/withdraw/", study.withdraw, name="withdraw"),
    path("<int:enrolment_id>/quiz/<slug:key>/", exam.quiz, name="quiz"),
    path("<int:enrolment_id>/lessons/<slug:key>/", player.lesson, name="lesson"),
    path("<int:enrolment_id>/lessons/<slug:key>/read/", player.read, name="read"),
    path("<int:enrolment_id>/lessons/<slug:key>/questions/", asking.questions, name="questions"),
    path("questions/<int:enquiry_id>/", asking.enquiry, name="enquiry"),
    path("posts/<int:post_id>/report/", asking.report_post, name="report-post"),
    path("faq/<int:entry_id>/me-too/", asking.have_too, name="have-too"),
    path("faq/<int:entry_id>/report/", asking.report_entry, name="report-entry"),
    path("<int:enrolment_id>/hours/", player.hours_page, name="hours"),
    path("<int:enrolment_id>/exam/", exam.exam, name="exam"),
    path("exams/<int:attempt_id>/<int:number>/", exam.question, name="question"),
    path("exams/<int:attempt_id>/review/", exam.review, name="review"),
    path("exams/<int:attempt_id>/submit/", exam.submit, name="submit"),
    path("exams/<int:attempt_id>/result/", exam.result, name="result"),
]
