from django.apps import AppConfig


class LedgerConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.ledger"
    label = "ledger"
    verbose_name = "存证"
