"""The published logs over HTTP, as C2SP tlog-tiles has them; any other web server may serve them too."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.ledger import api as ledger

PATH = re.compile(
    r"checkpoint|pruned|anchor/(?:index|[1-9][0-9]{0,17}\.tsr)|tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
)
LOG = re.compile(r"decisions|shares-[0-9]{4}")
FOR_EVER = "public, max-age=31536000, immutable"  # a published tile never changes
NOT_LONG = "public, max-age=2"


@require_safe
def log_file(_request: HttpRequest, log: str, path: str) -> HttpResponse:
    """Give one file of a log; anything that is not a path of a log is not there."""
    if not LOG.fullmatch(log) or not PATH.fullmatch(path):
        raise Http404
    data = ledger.reader(ledger.logs_folder() / log)(path)
    if data is None:
        raise Http404
    is_checkpoint = path in ("checkpoint", "pruned", "anchor/index")
    kind = "text/plain; charset=utf-8" if is_checkpoint else "application/octet-stream"
    answer = HttpResponse(data, content_type=kind)
    answer.headers["Cache-Control"] = NOT_LONG if is_checkpoint else FOR_EVER
    answer.headers["Access-Control-Allow-Origin"] = "*"  # public, and read by verifiers in a browser
    return answer
