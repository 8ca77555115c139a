"""The addresses of a node: each face has its own."""

from django.urls import URLPattern, URLResolver, include, path

from tongban.rest import api as rest
from tongban.site.health import health
from tongban.site.logs import log_file
from tongban.site.speaking import choose
from tongban.site.status_lists import status_list

handler400 = "tongban.site.errors.bad_request"
handler403 = "tongban.site.errors.forbidden"
handler404 = "tongban.site.errors.not_found"
handler500 = "tongban.site.errors.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("language/<slug:language>", choose, name="language"),
    path("api/v1/", rest.urls),
    path("logs/<str:log>/<path:path>", log_file, name="log-file"),
    path("status-lists/<str:office>", status_list, name="status-list"),
    path("workbench/", include("tongban.workbench.urls")),
    path("", include("tongban.portal.urls")),
]
