"""The provider's sign-in page: plain HTML, no scripts, Chinese or English."""

from collections.abc import Iterable
from html import escape

from demo.characters import PERSONS, WITHOUT_ACCOUNT

DEMONSTRATION_CODE = "900100"
WORDS = {
    "zh": {
        "title": "国家网络身份认证（演示）",
        "lead": "请选择一位演示人物，或填写身份证号码。本页为演示系统，不得填写真实个人信息。",
        "people": "演示人物",
        "number": "或填写公民身份号码",
        "code": f"演示验证码（{DEMONSTRATION_CODE}）",
        "method": "核验方式",
        "sms": "手机验证码（L2）",
        "face": "人脸核验（演示，L3）",
        "face_only": "所办事项要求人脸核验（L3）；演示系统视为核验通过。",
        "submit": "登录",
        "other": "English",
        "bad_code": "验证码不正确，请重新填写。",
        "bad_person": "请选择演示人物，或填写已开通认证的公民身份号码。",
        "bad_method": "所办事项要求人脸核验，请选择人脸核验。",
        "spent": "登录页已失效，请回到原来的网站重新登录。",
        "bad_request": "登录请求有误：",
        "out": "已退出登录。",
    },
    "en": {
        "title": "National network identity (demonstration)",
        "lead": "Choose a demonstration person or enter an ID number. Enter no real data here.",
        "people": "Demonstration people",
        "number": "Or enter a resident ID number",
        "code": f"Demonstration code ({DEMONSTRATION_CODE})",
        "method": "How to verify",
        "sms": "Code on the mobile (L2)",
        "face": "Face check (demonstration, L3)",
        "face_only": "This service asks for a face check (L3); the demonstration takes it as passed.",
        "submit": "Sign in",
        "other": "中文",
        "bad_code": "The code is wrong. Please enter it again.",
        "bad_person": "Choose a demonstration person, or enter the ID number of somebody with an account.",
        "bad_method": "This service asks for a face check; please choose it.",
        "spent": "This page is no longer valid. Go back to the site you came from and sign in again.",
        "bad_request": "The sign-in request is wrong: ",
        "out": "You are signed out.",
    },
}
STYLE = """
body{font:1.05rem/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:34rem}
body{padding:1rem;color:#1a1a1a}
h1{font-size:1.35rem}fieldset{border:1px solid #767676;border-radius:.4rem;margin:1rem 0;padding:.5rem 1rem}
label{display:block;padding:.3rem 0}
input[type=text]{width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
button{font:inherit;padding:.6rem 2rem;background:#0b5394;color:#fff;border:0;border-radius:.4rem}
:focus-visible{outline:3px solid #b45f06;outline-offset:2px}.wrong{color:#990000;font-weight:bold}
small{color:#4d4d4d}
"""


def sign_in_page(language: str, ticket: str, *, face_only: bool, other_url: str, wrong: str = "") -> bytes:
    """The page that asks who somebody is; `wrong` is the word of what was wrong before."""
    words = WORDS[language]
    complaint = f'<p class="wrong" role="alert" id="wrong">{words[wrong]}</p>' if wrong else ""
    method = _method(words, face_only)
    body = f"""
<p><a href="{escape(other_url)}">{words["other"]}</a></p>
<h1>{words["title"]}</h1>
<p>{words["lead"]}</p>
{complaint}
<form method="post" action="/sign-in" autocomplete="off">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<fieldset><legend>{words["people"]}</legend>{"".join(_people())}</fieldset>
<label for="id_number">{words["number"]}</label>
<input type="text" id="id_number" name="id_number" maxlength="18">
{method}
<label for="code">{words["code"]}</label>
<input type="text" id="code" name="code" inputmode="numeric" maxlength="6" required>
<p><button type="submit">{words["submit"]}</button></p>
</form>"""
    return _page(language, words["title"], body)


def message_page(language: str, word: str, detail: str = "") -> bytes:
    """A page with one sentence."""
    words = WORDS[language]
    return _page(language, words["title"], f"<h1>{words['title']}</h1><p>{words[word]}{escape(detail)}</p>")


def _people() -> Iterable[str]:
    for key, person in PERSONS.items():
        if key not in WITHOUT_ACCOUNT:
            yield (
                f'<label><input type="radio" name="person" value="{person.resident_id}"> {person.name} '
                f"<small>{person.resident_id}</small></label>"
            )


def _method(words: dict[str, str], face_only: bool) -> str:
    if face_only:
        return f'<p>{words["face_only"]}</p><input type="hidden" name="method" value="face">'
    return (
        f"<fieldset><legend>{words['method']}</legend>"
        f'<label><input type="radio" name="method" value="sms" checked> {words["sms"]}</label>'
        f'<label><input type="radio" name="method" value="face"> {words["face"]}</label></fieldset>'
    )


def _page(language: str, title: str, body: str) -> bytes:
    tag = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    ).encode()
