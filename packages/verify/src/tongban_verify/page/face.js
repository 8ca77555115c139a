// What the page shows, and what becomes of the files that are chosen or dropped. Nothing leaves it.

const VERDICTS = {
  valid: ["有效", "Valid"],
  invalid: ["无效", "Invalid"],
  cannot_tell: ["尚不能确认", "Cannot tell"],
  unreadable: ["无法读取", "Unreadable"],
};
const STANDINGS = {
  published: ["已公布：存证在日志的检查点之下", "Published: it is under a checkpoint of the log"],
  promised: ["已承诺：日志签名承诺按期公布，尚未公布", "Promised: the log signed that it will publish, and has not yet"],
  overdue: ["逾期：日志承诺的期限已过", "Overdue: the log's promise is past its deadline"],
};
// What no file can show; of each, for which files it is worth saying.
const UNCHECKED = [
  [(facts) => facts.status && !facts.listedAt, "文件下载之后的状态变化（如暂扣、注销）；请扫描证照二维码，或向持证人索取新的文件。",
    "What happened after the file was downloaded, such as a suspension: scan the licence's code, or ask for a new file."],
  [(facts) => facts.holder, "出示文件的人是不是持证人本人。", "Whether the person who shows it is the one it was issued to."],
  [() => true, "打印件、图片上的内容是否与文件相同。", "Whether a print or a picture says the same as the file."],
  [() => true, "所记载的事实是否属实；所核验的是谁在何时这样记载，之后没有改动。",
    "Whether what is recorded is true: verified is who recorded it, when, and that it was not changed since."],
];
// The opened fields of what people are given, in words; docs/ledger.md, section 9, has them all.
const FIELDS = {
  answer_digest: ["答复的摘要", "Digest of the answer"],
  as_of: ["数据时点", "Data as of"],
  at: ["准确时间", "Moment"],
  because: ["理由", "Reasons"],
  case_number: ["办件编号", "Case"],
  connector: ["连接器", "Connector"],
  consumer: ["数据使用方", "Used by"],
  decision: ["决定", "Decision"],
  elements: ["数据元", "Elements"],
  entry: ["存证编号", "Entry"],
  filing_number: ["申报号", "Filing"],
  grant: ["共享授权", "Grant"],
  item: ["事项编码", "Item"],
  key_digest: ["查询键摘要", "Digest of the key"],
  legal_basis: ["共享依据", "Legal basis"],
  maker: ["决定方式", "Decided by"],
  office: ["部门", "Office"],
  pack_version: ["事项包版本", "Version of the pack"],
  provider: ["数据提供方", "Provided by"],
  purpose: ["用途", "Purpose"],
  reason_code: ["拒绝原因", "Why refused"],
  resource: ["数据资源", "Resource"],
  staff: ["工作人员", "Staff member"],
  statuses: ["各数据元状态", "Status of each element"],
};

const chosen = { bytes: null, anchor: null, list: null, turn: 0 };
const element = (id) => document.getElementById(id);

// Make an element that says both; the style shows the language that was chosen.
function both(tag, zh, en) {
  const made = document.createElement(tag);
  for (const [language, text] of [["zh", zh], ["en", en]]) {
    const span = document.createElement("span");
    span.lang = language;
    span.textContent = text;
    made.append(span);
  }
  return made;
}

async function show() {
  if (!chosen.bytes) return;
  const [now, turn] = [new Date(), (chosen.turn += 1)];
  let report;
  try {
    report = await verifyFile(chosen.bytes, chosen.anchor, BigInt(now.getTime()) * 1000n, chosen.list);
  } catch (trouble) {
    report = new Report(["unreadable"]);
    console.error(trouble);
  }
  if (turn !== chosen.turn) return; // something else was chosen meanwhile
  const told = element("verdict");
  told.className = `told ${report.verdict}`;
  told.replaceChildren(both("strong", ...VERDICTS[report.verdict]), both("p", report.sentence("zh"), report.sentence("en")));
  element("facts").replaceChildren(...linesOf(report.facts, now).flatMap(lineOf));
  const list = document.createElement("ul");
  list.append(...UNCHECKED.filter(([applies]) => applies(report.facts)).map(([, zh, en]) => both("li", zh, en)));
  element("unchecked").replaceChildren(both("h3", "没有核验的", "What is not checked"), list);
  element("unchecked").hidden = report.verdict === "unreadable";
  element("result").hidden = false;
}

function lineOf([zh, en, said]) {
  const value = Array.isArray(said) ? both("dd", ...said) : document.createElement("dd");
  if (!Array.isArray(said)) value.textContent = said;
  return [both("dt", zh, en), value];
}

function plain(value) {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return shown(value.join("、"));
  return shown(typeof value === "string" ? value : canonicalText(value));
}

function linesOf(facts, now) {
  const lines = [
    ["内容", "What it is", isObject(facts.title) && [shown(facts.title.zh), shown(facts.title.en)]],
    ["编号", "Number", shown(facts.number)],
    ["持有人", "Issued to", shown(facts.holder)],
    ["签名者", "Signed by", isObject(facts.issuer) && [shown(facts.issuer.zh), shown(facts.issuer.en)]],
    ["签名密钥", "Signing key", shown(facts.kid)],
    ["签名时间", "Signed at", shown(facts.issuedAt)],
    ["有效期", "In force", facts.validateStart && [
      `${facts.validateStart} 至 ${facts.validateEnd ?? "长期"}`,
      `${facts.validateStart} to ${facts.validateEnd ?? "no end"}`,
    ]],
    ["出示给", "Shown to", facts.audience !== undefined && plain(facts.audience)],
    ["出示用途", "Shown for", facts.purpose !== undefined && plain(facts.purpose)],
    ["出示有效至", "Shown until", shown(facts.until)],
    ["状态列表签发于", "Status list of", facts.listedAt && `${written(facts.listedAt, 0, 19)}Z`],
    ["存证", "Evidence", STANDINGS[facts.evidence]],
    ["日志", "Log", facts.log && [
      facts.log.origin + (facts.log.size === undefined ? "" : `（${facts.log.size} 条）`),
      facts.log.origin + (facts.log.size === undefined ? "" : ` (${facts.log.size} entries)`),
    ]],
    ["见证方", "Witnesses", facts.log && (facts.log.witnesses.join("、") || ["无", "none"])],
    ...Object.entries(facts.opened ?? {}).map(([name, value]) => [...(FIELDS[name] ?? [name, name]), plain(value)]),
    ...Object.entries(facts.disclosed ?? {}).map(([name, value]) => [`出示 ${name}`, `It shows: ${name}`, plain(value)]),
    ...Object.entries(facts.signed ?? {}).map(([name, value]) => [`所载 ${name}`, `It says: ${name}`, plain(value)]),
    ["根密钥指纹", "Root key", facts.rootFingerprint],
    ["核验时间（本机时钟）", "Verified at (this machine's clock)", now.toLocaleString("sv-SE", { timeZoneName: "short" })],
  ];
  return lines.filter(([, , said]) => said);
}

async function trust(found, given) {
  const told = element("trust-told");
  chosen.anchor = null;
  told.replaceChildren();
  try {
    if (given) chosen.anchor = await found();
    if (given) {
      const { fingerprint } = chosen.anchor;
      told.append(both("span", `以此根密钥为准：${fingerprint}`, `Trusted: the root key ${fingerprint}`));
    }
  } catch (trouble) {
    console.warn(trouble);
    told.append(both("strong", "无法读取：这不是信任文件、根公钥或指纹。", "Unreadable: this is no trust file, root key or fingerprint."));
  }
  await show();
}

async function take(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (saysWhomToTrust(bytes)) {
    await trust(() => anchorFromBytes(bytes), true);
    return;
  }
  if (isStatusList(bytes)) chosen.list = bytes;
  else chosen.bytes = bytes;
  await show();
}

function isStatusList(bytes) {
  try {
    return readJson(fromBase64url(asciiOf(bytes).split(".")[0])).typ === "statuslist+jwt";
  } catch {
    return false;
  }
}

function saysWhomToTrust(bytes) {
  try {
    return /^\s*-----BEGIN/.test(textOf(bytes)) || readJson(bytes).format === "tongban-trust/1";
  } catch {
    return false;
  }
}

// Say what this browser lacks, by verifying the first signature of RFC 8032, section 7.1.
async function unable() {
  if (!globalThis.crypto?.subtle) {
    return ["浏览器只在 https 页面或本地文件中提供核验所需的密码功能：请把本页保存到磁盘后打开。",
      "The browser offers its cryptography to https and to local files only: save this page and open it from your disk."];
  }
  const key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  const signature =
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
  try {
    await checkEd25519(fromHex(key), new Uint8Array(), fromHex(signature));
    return null;
  } catch {
    return ["这个浏览器不支持 Ed25519 签名（WebCrypto），不能核验；请换用较新的浏览器，或命令行程序 tongban-verify。",
      "This browser has no Ed25519 in its WebCrypto and cannot verify: use a newer one, or the program tongban-verify."];
  }
}

async function begin() {
  element("unable").hidden = true; // it says that scripts do not run, and this one does
  const speak = (language) => (document.documentElement.lang = language);
  speak(navigator.language.startsWith("zh") ? "zh" : "en");
  element("language").addEventListener("click", () => speak(document.documentElement.lang === "zh" ? "en" : "zh"));
  const lacking = await unable();
  if (lacking) {
    element("unable").replaceChildren(both("p", ...lacking));
    element("unable").hidden = false;
    for (const input of document.querySelectorAll("input")) input.disabled = true;
    return;
  }
  element("file").addEventListener("change", async ({ target }) => {
    element("code").value = "";
    chosen.bytes = target.files[0] ? new Uint8Array(await target.files[0].arrayBuffer()) : null;
    element("result").hidden = !chosen.bytes;
    await show();
  });
  element("code").addEventListener("input", async ({ target }) => {
    element("file").value = "";
    const text = target.value.trim();
    chosen.bytes = text ? UTF8.encode(text) : null;
    element("result").hidden = !text;
    await show();
  });
  element("list").addEventListener("change", async ({ target }) => {
    chosen.list = target.files[0] ? new Uint8Array(await target.files[0].arrayBuffer()) : null;
    await show();
  });
  element("trust").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    element("fingerprint").value = "";
    await trust(async () => anchorFromBytes(new Uint8Array(await file.arrayBuffer())), Boolean(file));
  });
  element("fingerprint").addEventListener("input", async ({ target }) => {
    element("trust").value = "";
    await trust(async () => anchorFromFingerprint(target.value), target.value.trim() !== "");
  });
  const over = (event) => {
    event.preventDefault();
    document.body.classList.toggle("over", event.type === "dragover");
  };
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", over);
  document.addEventListener("drop", async (event) => {
    over(event);
    for (const file of event.dataTransfer.files) await take(file);
  });
}

begin();
