from django.apps import AppConfig


class RegistryConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.registry"
    label = "registry"
    verbose_name = "机构与主体"
