from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "tongban.rest"
    label = "rest"
    verbose_name = "接口"
