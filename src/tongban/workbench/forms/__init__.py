"""What an officer may do with a case, each as a form that is confirmed by a second step."""

from tongban.workbench.forms.shape import Deed, Field, Form
from tongban.workbench.forms.table import FORMS

__all__ = ["FORMS", "Deed", "Field", "Form"]
