from courses.forms.blueprint import BlueprintForm
from courses.forms.course import CourseForm, NewCourseForm
from courses.forms.desk import STEPS, DeskFilter, StepForm
from courses.forms.editing import EditForm
from courses.forms.lesson import LessonForm, NewLessonForm, NewSectionForm, SectionForm
from courses.forms.packages import PackageForm
from courses.forms.partners import CallFilter, EndpointForm, EndpointStepForm, KeyForm, RevokeForm
from courses.forms.question import QuestionForm

__all__ = [
    "STEPS",
    "BlueprintForm",
    "CallFilter",
    "CourseForm",
    "DeskFilter",
    "EditForm",
    "EndpointForm",
    "EndpointStepForm",
    "KeyForm",
    "LessonForm",
    "NewCourseForm",
    "NewLessonForm",
    "NewSectionForm",
    "PackageForm",
    "QuestionForm",
    "RevokeForm",
    "SectionForm",
    "StepForm",
]
