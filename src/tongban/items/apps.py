from django.apps import AppConfig


class ItemsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.items"
    label = "items"
    verbose_name = "事项"
