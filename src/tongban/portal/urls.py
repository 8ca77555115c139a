"""The addresses of the portal."""

from django.urls import URLPattern, path

from tongban.portal.views import (
    correcting,
    facts,
    filings,
    filling,
    licences,
    notices,
    parts,
    public,
    showing,
    signing,
    starting,
)

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("matters/<slug:code>/", public.matter, name="matter"),
    path("matters/<slug:code>/start/", starting.start, name="start"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-in/return/", signing.signed_in, name="signed-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("signed-out/", signing.signed_out, name="signed-out"),
    path("filings/", filings.filings, name="filings"),
    path("filings/<str:number>/", filings.filing, name="filing"),
    path("filings/<str:number>/form/", filling.form, name="form"),
    path("filings/<str:number>/part/", parts.part, name="part"),
    path("filings/<str:number>/correction/", correcting.correction, name="correction"),
    path("filings/<str:number>/withdraw/", filings.withdraw, name="withdraw"),
    path("filings/<str:number>/person/", filings.ask_for_person, name="person"),
    path("filings/<str:number>/facts/", facts.facts, name="facts"),
    path("filings/<str:number>/facts/<int:fact_id>/", facts.fact, name="fact"),
    path("filings/<str:number>/facts/<int:fact_id>/receipt", facts.receipt, name="share-receipt"),
    path("filings/<str:number>/cases/<str:case>/proof", filings.decision_proof, name="decision-proof"),
    path("filings/<str:number>/cases/<str:case>/reasons/", filings.ask_for_reasons, name="reasons"),
    path("filings/<str:number>/cases/<str:case>/rating/", filings.rate, name="rate"),
    path("filings/<str:number>/notices/<str:notice_number>/", notices.notice, name="notice"),
    path("filings/<str:number>/notices/<str:notice_number>/file", notices.notice_file, name="notice-file"),
    path("licences/", licences.mine, name="licences"),
    path("licences/<str:identifier>/", licences.licence, name="licence"),
    path("licences/<str:identifier>/notices/<str:number>/", licences.notice, name="licence-notice"),
    path(
        "licences/<str:identifier>/notices/<str:number>/file",
        licences.notice_file,
        name="licence-notice-file",
    ),
    path("licences/<str:identifier>/show/", showing.show, name="show"),
    path("licences/<str:identifier>/shown/", showing.shown, name="shown"),
    path("licences/<str:identifier>/shown/<int:number>/file", showing.shown_file, name="shown-file"),
    path("licences/<str:identifier>/shown/<int:number>/withdraw/", showing.withdraw, name="shown-withdraw"),
    path("shown/<slug:secret>/", showing.link, name="link"),
    path("licences/<str:identifier>/code.svg", licences.own_code, name="own-code"),
    path("licences/<str:identifier>/file", licences.file, name="licence-file"),
    path("licences/<str:identifier>/file.<str:form>", licences.rendering, name="licence-rendering"),
    path("verify/", licences.verify_any, name="verify-any"),
    path("verify/offline.html", licences.verifier, name="verifier"),
    path("verify/<str:identifier>/", licences.verify, name="verify"),
]
