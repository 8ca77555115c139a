"""The published JSON Schema of a pack's files (docs/pack.schema.json): for editors and for other programs."""

from typing import Any

from pydantic import BaseModel

from tongban.items.declarations import ItemFile, LawsFile, PackFile, ParametersFile, RowsFile
from tongban.items.policies import PoliciesFile
from tongban.items.samples import SampleFile
from tongban.kernel.declarations import schema as schema_of

FILES: dict[str, type[BaseModel]] = {
    "pack.yaml": PackFile,
    "items/*.yaml": ItemFile,
    "laws.yaml": LawsFile,
    "parameters.yaml": ParametersFile,
    "rows.yaml": RowsFile,
    "samples/*.json": SampleFile,
    "policies.yaml": PoliciesFile,
}


def schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of every file, by the file's name in the pack.

    `$defs` holds what the files share; `properties` names each file, so that an editor is pointed at
    `docs/pack.schema.json#/properties/pack.yaml`.
    """
    shared: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for name, model in FILES.items():
        made = schema_of(model)
        shared.update(made.pop("$defs", {}))
        made.pop("$schema", None)
        files[name] = made
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tongban pack 事项包",
        "type": "object",
        "properties": files,
        "$defs": dict(sorted(shared.items())),
    }
