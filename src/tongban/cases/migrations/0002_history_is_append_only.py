"""What happened stays as it was told: the database itself refuses to change or delete a line of a timeline.

Nothing of the program does either: a draft that expires or is withdrawn keeps its lines while what it was
handed goes, so no exception is needed. Whoever owns the database may take the triggers away; the ledger's
entries, which the lines name, show what was there.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WORDS = "what happened is never changed: cases_event is append-only"
SQLITE = tuple(
    f"CREATE TRIGGER cases_event_no_{act} BEFORE {act} ON cases_event"
    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for act in ("update", "delete")
)
POSTGRESQL = (
    "CREATE FUNCTION cases_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER cases_event_append_only BEFORE UPDATE OR DELETE ON cases_event"
    " FOR EACH ROW EXECUTE FUNCTION cases_event_is_append_only()",
)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(guard)]
