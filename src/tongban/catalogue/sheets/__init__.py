"""The catalogue as a sheet: one row for each data item, in the column names that catalogues have."""

from tongban.catalogue.sheets.cells import write_rows
from tongban.catalogue.sheets.reading import Found, Surroundings, read_sheet
from tongban.catalogue.sheets.writing import imported_files, sheet_of, write_imported

__all__ = [
    "Found",
    "Surroundings",
    "imported_files",
    "read_sheet",
    "sheet_of",
    "write_imported",
    "write_rows",
]
