"""What the house does about itself: staff, packs, keys, registers, the ledger."""

from functools import partial

from tongban.ledger.fields import Kind
from tongban.ledger.kinds.declaring import declare

HOUSE: dict[str, Kind] = {}
_kind = partial(declare, HOUSE)

_kind(
    "staff.signed_in",
    "工作人员登录",
    "A staff member signed in, or failed to.",
    "staff",
    "login method result roles",
)
_kind(
    "staff.credentials_set",
    "设置登录凭证",
    "A staff member's password and second factor were set.",
    "staff login",
)
_kind("staff.credentials_revoked", "收回登录凭证", "Staff credentials were revoked.", "staff login")
_kind(
    "staff.roles_set",
    "设置角色",
    "A staff member's roles were set by the security administrator.",
    "staff login roles",
)
_kind(
    "pack.published",
    "发布事项包",
    "An immutable version of a pack was published.",
    "pack pack_version pack_digest",
    "bundle items replaces",
)
_kind(
    "pack.withdrawn",
    "撤回事项包版本",
    "A published version of a pack was withdrawn; its open cases go to a person.",
    "pack pack_version pack_digest because staff",
)
_kind("key.renewed", "更换签名密钥", "An office got a new signing key.", "key_id staff", "previous_key")
_kind(
    "key.revoked",
    "吊销签名密钥",
    "A named person revoked a signing key as of a moment: what it signed since counts for nothing.",
    "key_id since staff because",
)
_kind(
    "consumer.key_registered",
    "登记使用方公钥",
    "A public key by which an organisation's system signs its requests was registered.",
    "key_id consumer staff because",
)
_kind(
    "consumer.key_replaced",
    "更换使用方公钥",
    "A consumer got a new key beside the old one, which counts until a moment.",
    "key_id previous_key consumer until staff because",
)
_kind(
    "consumer.key_withdrawn",
    "停用使用方公钥",
    "A consumer's key was withdrawn: what it signs counts no more.",
    "key_id consumer staff because",
)
_kind(
    "registry.loaded",
    "载入机构与人员目录",
    "The city's registry files were loaded.",
    "files_digest",
    "counts files",
)
_kind(
    "catalogue.loaded",
    "载入数据目录",
    "The city's catalogue files were loaded.",
    "files_digest",
    "counts files",
)
_kind(
    "ledger.recovered",
    "存证恢复",
    "The database was older than the log and was recovered from it.",
    "log first_index count",
    "missing size root",
)
_kind(
    "ledger.forgotten",
    "按期遗忘",
    "The key of a class and month of openings is destroyed by the retention schedule.",
    "period kept_until basis",
)
_kind(
    "ledger.pruned",
    "按期清理",
    "A log serves its entries from an index on only: what lay before it was kept long enough.",
    "log minimum kept_until basis",
)
_kind(
    "ledger.completed",
    "恢复记录补全",
    "A person completed what a recovered entry stands for.",
    "recovered staff",
)
