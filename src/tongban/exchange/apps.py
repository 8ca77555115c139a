from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tongban.exchange"
    label = "exchange"
    verbose_name = "数据共享"
