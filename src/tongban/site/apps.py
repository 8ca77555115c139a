from django.apps import AppConfig
from django.db.backends.signals import connection_created

from tongban.site.durability import assert_durable


class SiteConfig(AppConfig):
    name = "tongban.site"
    label = "site"
    verbose_name = "装配"

    def ready(self) -> None:
        # Django's own signal, not one between rooms: the only moment that sees every connection.
        connection_created.connect(assert_durable, dispatch_uid="durable")
