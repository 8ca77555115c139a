"""The addresses of the workbench."""

from django.urls import path

from tongban.workbench.views import (
    administration,
    bureau,
    catalogue,
    contests,
    deeds,
    desk,
    evidence,
    helping,
    licences,
    notices,
    signing,
)

app_name = "workbench"
urlpatterns = [
    path("", signing.front, name="front"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("desk", desk.desk, name="desk"),
    path("cases/<str:number>", desk.case, name="case"),
    path("cases/<str:number>/claim", desk.claim, name="claim"),
    path("cases/<str:number>/open", desk.open_case, name="open"),
    path("cases/<str:number>/facts", desk.facts, name="facts"),
    path("cases/<str:number>/materials/<int:material_id>", desk.material, name="material"),
    path("cases/<str:number>/notices/<str:notice>", notices.notice, name="notice"),
    path("cases/<str:number>/do/<slug:word>", deeds.deed, name="deed"),
    path("cases/<str:number>/do/<slug:word>/<slug:part>", deeds.deed, name="deed-part"),
    path("licences", licences.register, name="licences"),
    path("licence-look-up", licences.look_up, name="licence-look-up"),
    path("licence-types", licences.types, name="licence-types"),
    path("licences/<str:identifier>", licences.licence, name="licence"),
    path("licences/<str:identifier>/open", licences.open_licence, name="open-licence"),
    path("licences/<str:identifier>/do/<slug:word>", licences.deed, name="licence-deed"),
    path("contests", contests.contests, name="contests"),
    path("contests/<int:contest_id>", contests.contest, name="contest"),
    path("contests/<int:contest_id>/answer", contests.answer, name="answer-contest"),
    path("catalogue", catalogue.book, name="catalogue"),
    path("catalogue/resources/<str:code>", catalogue.resource, name="resource"),
    path("catalogue/withdraw/<path:code>", catalogue.withdraw, name="withdraw"),
    path("evidence", evidence.evidence, name="evidence"),
    path("evidence/logs/<str:log>/verify", evidence.verify, name="verify"),
    path("evidence/entries/<slug:entry>/proof.json", evidence.proof_file, name="proof-file"),
    path("evidence/recovered", evidence.recovered, name="recovered"),
    path("helping", helping.helping, name="helping"),
    path("bureau", bureau.bureau, name="bureau"),
    path("system", administration.system, name="system"),
    path("security", administration.security, name="security"),
    path("audit", administration.audit, name="audit"),
]
