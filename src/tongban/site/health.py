"""Whether this node answers, for whatever stands in front of it."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from tongban.ledger import api as ledger


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the store answers; says whether the node takes filings or is read-only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"store": connection.vendor, "read_only": ledger.is_read_only()})
