from django.urls import path

from courses.views import providers

urlpatterns = [
    path("providers/<int:organisation_id>/", providers.provider, name="provider"),
    path("desk/providers/", providers.desk, name="providers"),
    path("desk/providers/new/", providers.new, name="provider-new"),
    path("desk/providers/<int:organisation_id>/", providers.provider_desk, name="provider-desk"),
    path("desk/providers/<int:organisation_id>/contacts/", providers.contact_add, name="contact-add"),
    path("desk/providers/<int:organisation_id>/agreements/", providers.agreement_add, name="agreement-add"),
    path("desk/contacts/<int:contact_id>/reveal/", providers.contact_reveal, name="contact-reveal"),
    path("desk/contacts/<int:contact_id>/remove/", providers.contact_remove, name="contact-remove"),
    path("desk/licences/<int:licence_id>/call-off/", providers.call_off, name="licence-call-off"),
    path("own/", providers.own, name="own"),
    path("own/notices/", providers.notices, name="notices"),
]
