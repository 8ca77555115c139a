"""How surely whoever files or confirms must be identified, as the pack declares it. Pure."""

from tongban.items import api as items
from tongban.kernel import assurance
from tongban.kernel.errors import NotAllowed
from tongban.kernel.texts import Text
from tongban.registry import api as registry


def require(bundle: items.Bundle, person: registry.Subject) -> None:
    """Raise StepUpNeeded unless this sign-in is as sure as the bundle asks."""
    asked = bundle.assurance
    if asked is not None and not assurance.reaches(person.assurance, asked.level):
        raise assurance.step_up(asked.level)


def require_of_filer(bundle: items.Bundle, by: registry.Subject | registry.Staff, *, in_person: bool) -> None:
    """Raise unless whoever files is identified surely enough: by their sign-in, or by staff in place."""
    if isinstance(by, registry.Subject):
        require(bundle, by)
    elif bundle.assurance is not None and not in_person:
        way = assurance.WORDS[bundle.assurance.level]
        raise NotAllowed(
            "cases.not_in_person",
            what=Text(
                f"办理本事项须以{way.zh}确认本人身份，代办登记的授权方式不是本人在场。",
                f"This asks that the person be identified by {way.en}; on record they were not present.",
            ),
            todo=Text(
                "草稿已保存。请本人登录后提交，或本人到窗口由您核验证件后重新代办。",
                "The draft is kept. The person may sign in and submit it, or come to you with a document.",
            ),
        )
