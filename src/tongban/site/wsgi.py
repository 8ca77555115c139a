"""The web application as a WSGI server loads it."""

import os

from django.core.wsgi import get_wsgi_application

from tongban.site.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.site.settings")

# When Granian's main process is killed, its worker would live on and share the port with the next
# server (SO_REUSEPORT): two versions would answer.
die_with_parent()

application = get_wsgi_application()
