"""`tongban file PACK SAMPLE` and `tongban filing show NUMBER`: what an applicant's program does."""

import argparse
from pathlib import Path

from django.conf import settings

from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.site.applicant import Applicant, Provider, sign_in
from tongban.site.commands.pack import folder_of
from tongban.site.first_filing import Timeline, case_line, file_sample, summary
from tongban.site.placing import identity_provider
from tongban.site.voice import Voice

NOT_WELL = 1


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", spoken: argparse.ArgumentParser
) -> None:
    """Add `file`, and `filing` with its verb."""
    filed = verbs.add_parser("file", parents=[spoken], help="file a sample at a running node 申报样例")
    filed.add_argument("pack", help="the pack's name or folder 事项包")
    filed.add_argument("sample", help="the sample's name in the pack, or its file 样例")
    filed.add_argument("--node", default=settings.ORIGIN, help="the node's address")
    filed.set_defaults(run=run)
    top = verbs.add_parser("filing", help="how a filing stands 查看申报")
    inner = top.add_subparsers(dest="filing_verb", required=True, metavar="VERB")
    shown = inner.add_parser("show", parents=[spoken], help="its cases and its timeline 办理进度")
    shown.add_argument("number", help="the filing's number")
    shown.add_argument("--as", dest="person", required=True, help="who reads it: a resident ID of the city")
    shown.add_argument("--node", default=settings.ORIGIN, help="the node's address")
    shown.set_defaults(run=show)


def provider() -> Provider:
    """Give the identity provider that the node itself trusts."""
    known = identity_provider()
    return Provider(known.at, known.secrets.get("client", ""), known.secrets.get("key", ""))


def run(asked: argparse.Namespace, voice: Voice) -> int:
    """File a sample to the end; 1 when not everything was granted and proven."""
    folder = folder_of(asked.pack)
    named = folder / "samples" / f"{asked.sample}.json"
    path = named if named.is_file() else Path(asked.sample)
    filed = file_sample(asked.node, provider(), path, folder.name, voice)
    voice.result(filed.as_dict(), list(summary(filed)))
    return 0 if filed.went_well else NOT_WELL


def show(asked: argparse.Namespace, voice: Voice) -> int:
    """Show a filing to one who may read it, signed in as themselves."""
    token = sign_in(provider(), asked.person, back_to=f"{asked.node}/signed-in", chance=SystemChance())
    applicant = Applicant(asked.node, token, voice.language)
    try:
        filing = applicant.filing(asked.number)
    finally:
        applicant.close()
    words = filing["words"]
    lines = [
        Text(f"{filing['number']}：{words['zh']}", f"{filing['number']}: {words['en']}"),
        *(case_line(case) for case in filing["cases"]),
        *Timeline(voice).lines(filing),
    ]
    voice.result(filing, lines)
    return 0
