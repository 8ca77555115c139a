from django.apps import AppConfig


class CasesConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.cases"
    label = "cases"
    verbose_name = "办件"
