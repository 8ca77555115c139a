"""Brings a node to what its city's folder declares: tables, keys, registers. Running it again is harmless."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.core.management import call_command

from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel import calendar
from tongban.kernel.clock import Clock, civil_date
from tongban.kernel.errors import Conflict
from tongban.kernel.ids import Chance
from tongban.kernel.node import Node
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.site.city import city_file, require_data_officers, require_own_division
from tongban.site.places import demonstration_seed, gateway_key, second_factor_key
from tongban.site.retention import schedule
from tongban.site.witnesses import require_witnesses_known, witness_policy

Progress = Callable[[Text], None]


@dataclass(frozen=True, slots=True)
class Builder:
    """What building a node needs: where it is, the time, chance, and how to say what goes on."""

    node: Node
    clock: Clock
    chance: Chance
    progress: Progress

    def build(self) -> None:
        """Bring the store to the present tables, load what the city declares, make keys that are missing."""
        check(self.node.city, civil_date(self.now()), self.progress)
        self.node.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        require_same_city(self.node)
        keep_secret(self.node.var / "secret_key", secrets.token_urlsafe(48))
        self.progress(Text("正在建立数据表 …", "Bringing the tables up to date …"))
        call_command("migrate", interactive=False, verbosity=0)
        self.keys()
        self.progress(Text("正在登记区划、机构和人员 …", "Registering divisions, organisations and staff …"))
        registry.load_city(self.node.city, now=self.now(), chance=self.chance)
        self.accounts()
        self.progress(Text("正在登记数据目录 …", "Registering the catalogue …"))
        catalogue.load(self.node.city, now=self.now(), chance=self.chance)
        licences.load_types(self.node.city)
        self.offices()
        self.progress(Text("正在发布事项包 …", "Publishing the packs …"))
        book = catalogue.book(civil_date(self.now()))
        items.publish_city(packs_of(self.node.city), self.now(), book=book, chance=self.chance)

    def now(self) -> datetime:
        return self.clock.now()

    def keys(self) -> None:
        """Make the keys of the logs and the gateway, and the one that seals second factors, where none is.

        The logs' SM2 key comes before anything is sealed: by it a node knows that it is of the 国密 profile.
        """
        folder = ledger.keys_folder()
        if ledger.public_log_key(folder) is None:
            self.progress(Text("正在生成日志密钥 …", "Making the key of the logs …"))
            ledger.make_log_key(folder, self.node.code)
        if licences.signing_profile(self.node.city).is_guomi:
            ledger.make_sm2_log_key(folder, self.chance)
        keep_secret(gateway_key(), exchange.new_gateway_key())
        length = ledger.seal_key_bytes()
        registry.make_second_factor_key(second_factor_key(), self.chance, length_bytes=length)

    def accounts(self) -> None:
        """In a demonstration give each member of staff an account; a real city's staff get theirs by hand."""
        if not city_file(self.node.city).demonstration:
            return
        keep_secret(demonstration_seed(), self.chance.bytes(32).hex())
        registry.make_demonstration_accounts(
            bytes.fromhex(demonstration_seed().read_text("ascii")),
            key=registry.second_factor_key(second_factor_key()),
            now=self.now(),
            chance=self.chance,
        )

    def offices(self) -> None:
        """Make each organisation's key, and tell the world which keys are whose."""
        self.progress(Text("正在生成各部门签章密钥 …", "Making the offices' keys …"))
        licences.make_node_keys(
            [organisation.slug for organisation in registry.organisations()],
            profile=licences.signing_profile(self.node.city),
            now=self.now(),
            chance=self.chance,
            witnesses=witness_policy(),
        )


def _silent(_text: Text) -> None:
    pass


def check(city: Path, on: date, progress: Progress = _silent) -> None:
    """Read every declaration of a city as of a day, and change nothing; raises at file and line."""
    code = city_file(city).code
    progress(Text("正在核对区划、机构和人员 …", "Checking divisions, organisations and staff …"))
    declared = registry.check_city(city)
    require_own_division(city, {division.code for division in declared.division_values()})
    slugs = {organisation.slug for organisation in declared.organisation_values()}
    progress(Text("正在核对数据目录 …", "Checking the catalogue …"))
    roads = {connector.name for connector in exchange.read_connectors(city / "connectors")}
    book = catalogue.read_city(city, organisations=slugs, connectors={*roads, licences.LicenceSource.name})
    require_data_officers(declared, (resource.organisation for resource in book.resources))
    licences.read_types(city)
    licences.require_signers_known(city, slugs)
    days = calendar.load(city / "calendar.yaml")
    papers.read_letters(city)
    around = items.surroundings_of(city, on)
    ledger.check_schedule(schedule(around.policies, code, on), on, days)
    for pack in packs_of(city):
        progress(Text(f"正在核对事项包 {pack.code} …", f"Checking the pack {pack.code} …"))
        items.check_pack(pack, around)
    progress(Text("正在核对连接器和见证方 …", "Checking connectors and witnesses …"))
    require_witnesses_known(city, slugs)
    exchange.compare_with_catalogue(city / "connectors", book.resources)
    exchange.read_endpoints(city / "endpoints.yaml", {})


def packs_of(city: Path) -> tuple[items.Pack, ...]:
    """Read every pack in the city's folder."""
    folders = sorted(path.parent for path in (city / "packs").glob("*/pack.yaml"))
    return tuple(items.load_pack(folder) for folder in folders)


def require_same_city(node: Node) -> None:
    """Refuse to build one city's folder into a node that another city's folder has built."""
    kept = node.var / "city"
    before = kept.read_text("utf-8").strip() if kept.is_file() else ""
    if before and before != str(node.city):
        raise Conflict(
            "city.another",
            what=Text(
                f"节点目录 {node.var} 已用于城市目录 {before}，不能再建立 {node.city}。",
                f"The node in {node.var} was built from {before}; {node.city} is another city's folder.",
            ),
            todo=Text(
                "请用 TONGBAN_VAR 另指节点目录；城市目录若只是移动过，请改写节点目录中的 city 文件。",
                "Name another node's folder with TONGBAN_VAR; if the city's folder was only moved, write"
                " its new place into the file `city` there.",
            ),
        )
    kept.write_text(f"{node.city}\n", "utf-8")


def keep_secret(path: Path, secret: str) -> bool:
    """Keep a secret in a file of mode 0600 unless it is there; tell whether it was made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as kept:
        kept.write(secret)
    return True
