"""The gateway as an ASGI server loads it."""

import os

import django

from tongban.site.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.site.settings")

# When Granian's main process is killed, its worker would live on and share the port with the next
# server (SO_REUSEPORT): two versions would answer.
die_with_parent()
django.setup()

from tongban.site.sharing import gateway_application  # noqa: E402 - the rooms' tables can be read only now

application = gateway_application()
