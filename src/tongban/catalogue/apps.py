from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.catalogue"
    label = "catalogue"
    verbose_name = "数据目录"
