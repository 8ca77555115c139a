"""The door of the registry."""

from tongban.registry.actions import (
    Loaded,
    load_city,
    make_demonstration_accounts,
    set_credentials,
    set_roles,
    sign_in,
    subject_for,
)
from tongban.registry.city_checks import read_city as check_city
from tongban.registry.city_files import DivisionsFile, OrganisationsFile, StaffFile
from tongban.registry.credentials import (
    DemonstrationAccount,
    SecondFactorKey,
    demonstration_accounts,
    make_second_factor_key,
    second_factor_key,
)
from tongban.registry.directory import Directory
from tongban.registry.jobs import tidy
from tongban.registry.queries import (
    Scope,
    body_for,
    directory,
    division,
    office_for,
    organisation,
    organisations,
    staff,
    staff_by_id,
    staff_names,
    staff_of,
    subject,
    subject_by_number,
    subjects,
    visible_to,
)
from tongban.registry.rules import ADMINISTRATORS, CASE_ROLES, CREDIT_CODE, RESIDENT_ID
from tongban.registry.values import Competence, Division, Organisation, Role, Staff, Subject

__all__ = [
    "ADMINISTRATORS",
    "CASE_ROLES",
    "CREDIT_CODE",
    "RESIDENT_ID",
    "Competence",
    "DemonstrationAccount",
    "Directory",
    "Division",
    "DivisionsFile",
    "Loaded",
    "Organisation",
    "OrganisationsFile",
    "Role",
    "Scope",
    "SecondFactorKey",
    "Staff",
    "StaffFile",
    "Subject",
    "body_for",
    "check_city",
    "demonstration_accounts",
    "directory",
    "division",
    "load_city",
    "make_demonstration_accounts",
    "make_second_factor_key",
    "office_for",
    "organisation",
    "organisations",
    "second_factor_key",
    "set_credentials",
    "set_roles",
    "sign_in",
    "staff",
    "staff_by_id",
    "staff_names",
    "staff_of",
    "subject",
    "subject_by_number",
    "subject_for",
    "subjects",
    "tidy",
    "visible_to",
]
