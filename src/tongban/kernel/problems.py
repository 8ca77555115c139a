"""A problem as programs are told of it, by the interface and by the command line alike (RFC 9457). Pure.

`code` is stable and the same in every language; `title`, `detail` and `todo` are in the asker's.
"""

from tongban.kernel.texts import Language, Text

TITLES = {
    400: Text("请求无法解析", "The request cannot be read"),
    401: Text("须登录", "A sign-in is needed"),
    403: Text("没有权限", "Not allowed"),
    404: Text("没有查到", "Not found"),
    405: Text("不支持的方法", "Method not allowed"),
    408: Text("请求超时", "The request took too long"),
    409: Text("现在不能办理", "Not possible now"),
    413: Text("请求过大", "The request is too large"),
    415: Text("不支持的内容类型", "This type of content is not taken"),
    422: Text("填写有误", "Something is not right"),
    503: Text("暂时无法办理", "Not available just now"),
}
OURS = Text("系统出错", "A fault of ours")


def problem_shape(status: int, code: str, what: Text, todo: Text, language: Language) -> dict[str, object]:
    """Give the members of a problem in a language."""
    return {
        "type": f"urn:tongban:problem:{code}",
        "title": TITLES.get(status, OURS).spoken(language),
        "status": status,
        "detail": what.spoken(language),
        "code": code,
        "todo": todo.spoken(language),
    }
