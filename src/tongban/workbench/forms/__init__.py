"""What an officer may do with a case or a licence, each as a form that is confirmed by a second step."""

from tongban.workbench.forms.licences import LICENCE_FORMS, fields_of
from tongban.workbench.forms.shape import Deed, Field, Form, OnLicence, read, shown
from tongban.workbench.forms.table import FORMS

__all__ = ["FORMS", "LICENCE_FORMS", "Deed", "Field", "Form", "OnLicence", "fields_of", "read", "shown"]
