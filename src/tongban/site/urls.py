"""The addresses of a node: each face has its own."""

from django.urls import URLPattern, URLResolver, include, path

from tongban.site.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("language/", include("django.conf.urls.i18n")),
]
