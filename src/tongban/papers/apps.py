from django.apps import AppConfig


class PapersConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.papers"
    label = "papers"
    verbose_name = "材料与文书"
