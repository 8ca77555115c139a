"""No state against somebody without a person: the database itself keeps promise 5 for a case's state.

A case becomes refused, not accepted, revoked or withdrawn only once the history, whose lines nobody changes
(0002), says so and names who said it: an officer, or for a withdrawal whoever filed it. So the line is
written before the state. A refusal has its decision as well. One that no office has received ends with its
filing: the owner withdrew it, its time as a draft ran out, or an officer ended the case that it waited for.
Nothing begins as such an end. What a line's entry says is in the ledger, and is held against it there.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WORDS = "only a named person says no: the history of this case names nobody who said so"
# Each end with the statuses of the national history that tell it.
TOLD_AS = {
    "refused": "13",
    "not_accepted": "4, 5",
    "revoked": "15",
    "withdrawn": "2, 14",
}
ENDS = ", ".join(f"'{state}'" for state in TOLD_AS)
AGAINST = ", ".join(TOLD_AS.values())
BY_OFFICER = " OR ".join(
    f"(NEW.state = '{state}' AND line.status_code IN ({codes}))" for state, codes in TOLD_AS.items()
)
SAID = f"""EXISTS (
    SELECT 1 FROM cases_event line WHERE line.filing_id = NEW.filing_id AND line.entry_id IS NOT NULL AND (
        (line.case_id = NEW.id AND line.staff_id IS NOT NULL AND ({BY_OFFICER}))
        OR (NEW.state = 'withdrawn' AND line.maker = 'applicant'
            AND line.case_id = NEW.id AND line.status_code IN ({TOLD_AS["withdrawn"]}))
        OR (NEW.state = 'withdrawn' AND OLD.number IS NULL AND (
            (line.case_id IS NULL AND line.kind IN ('withdrawn', 'expired'))
            OR (line.staff_id IS NOT NULL AND line.status_code IN ({AGAINST}))))))
    AND (NEW.state <> 'refused' OR EXISTS (
        SELECT 1 FROM cases_decision decided WHERE decided.case_id = NEW.id AND decided.outcome = 'no'))"""  # noqa: S608  constants of this file
SQLITE = (
    f"CREATE TRIGGER cases_case_no_is_a_persons BEFORE UPDATE OF state ON cases_case"
    f" WHEN NEW.state <> OLD.state AND NEW.state IN ({ENDS}) AND NOT ({SAID})"
    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    f"CREATE TRIGGER cases_case_begins_open BEFORE INSERT ON cases_case WHEN NEW.state IN ({ENDS})"
    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
)
# A WHEN of PostgreSQL asks no other table, so the function does.
POSTGRESQL = (
    "CREATE FUNCTION cases_case_no_is_a_persons() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN IF TG_OP = 'UPDATE' THEN IF {SAID} THEN RETURN NEW; END IF; END IF;"
    f" RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER cases_case_no_is_a_persons BEFORE UPDATE OF state ON cases_case FOR EACH ROW"
    f" WHEN (NEW.state <> OLD.state AND NEW.state IN ({ENDS}))"
    " EXECUTE FUNCTION cases_case_no_is_a_persons()",
    "CREATE TRIGGER cases_case_begins_open BEFORE INSERT ON cases_case FOR EACH ROW"
    f" WHEN (NEW.state IN ({ENDS})) EXECUTE FUNCTION cases_case_no_is_a_persons()",
)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_history_is_append_only")]

    operations = [migrations.RunPython(guard)]
