"""Numbers for filings and cases; never given twice."""

from datetime import date

from django.db import connection

from tongban.kernel.transactions import part


@part
def take(name: str, *, above: int = 0) -> int:
    """Give the next number under a name, from 1, or from `above` + 1 when that is higher.

    One statement on both databases; its row lock lasts until the action commits, so two filings
    never get the same number and a rolled-back action leaves no gap.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_sequence (name, last) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET last = CASE WHEN cases_sequence.last < %s THEN %s"
            " ELSE cases_sequence.last END + 1 RETURNING last",
            [name, above + 1, above, above],
        )
        row = cursor.fetchone()
    return int(row[0])


@part
def filing_number(node: str, day: date) -> str:
    """Compose a filing's number: the node's division, the day, a sequence of at least six digits."""
    return f"{node}{day:%Y%m%d}{take(f'filing:{day:%Y%m%d}'):06d}"
