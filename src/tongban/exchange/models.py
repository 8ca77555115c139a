"""The one table of the exchange: nonces that were used. Shares themselves stand in the ledger."""

from django.db import models


class Nonce(models.Model):
    """A nonce that a consumer's key has signed; while the row stands it counts for no second request."""

    pk = models.CompositePrimaryKey("key_id", "nonce")
    key_id = models.CharField(max_length=32)
    nonce = models.CharField(max_length=128)
    created = models.DateTimeField(db_index=True)  # when it was signed, as the signature says
