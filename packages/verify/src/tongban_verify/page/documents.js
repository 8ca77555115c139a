// The files that can be verified: documents.py in this language.

const HEADING = "c2sp.org/tlog-proof@v1\n";
const CHANGE = ["identifier", "number", "previous_status", "status", "operation", "at", "reasons", "basis"];

class Findings {
  constructor(statusList) {
    this.statusList = statusList;
    this.codes = [];
    this.facts = {};
  }

  doubt(code) {
    if (!this.codes.includes(code)) this.codes.push(code);
  }

  stand(standing) {
    if (standing.state !== "published") this.doubt(standing.state === "promised" ? "not_published" : "promise_overdue");
    else if (!standing.isWitnessed) this.doubt("not_witnessed");
    // The least that is proven of any part is what is proven of the whole.
    if ((this.facts.evidence ?? "published") === "published") {
      this.facts.evidence = standing.state;
      this.facts.log = { origin: standing.log, size: standing.size, witnesses: standing.witnesses };
    }
  }
}

// Verify a file's bytes against an anchor (or null), as of `now` in microseconds, with a status list (or null).
async function verifyFile(bytes, anchor, now, statusList = null) {
  if (codeOf(bytes)) return verifyCode(bytes, anchor, now, statusList);
  if (isPresentation(bytes)) return verifyPresentation(bytes, anchor, now, statusList);
  const findings = new Findings(statusList);
  try {
    const heading = UTF8.encode(HEADING);
    if (heading.every((byte, at) => bytes[at] === byte)) {
      await checkTlogProof(readTlogProof(bytes), anchor, now, findings);
      return new Report(findings.codes, findings.facts);
    }
    const found = readJson(bytes);
    const check = typeof found.format === "string" ? CHECKS.get(found.format) : undefined;
    if (!check) throw new Unreadable("a file of another format");
    await check(found, anchor, now, findings);
  } catch (trouble) {
    if (trouble instanceof Unreadable) return new Report(["unreadable"]);
    if (!(trouble instanceof Doubt)) throw trouble;
    findings.doubt(trouble.code);
  }
  if (!anchor) findings.doubt("no_anchor");
  return new Report(findings.codes, findings.facts);
}

function isPresentation(bytes) {
  return UTF8.encode("eyJ").every((byte, at) => bytes[at] === byte);
}

async function checkLicence(found, anchor, now, findings) {
  const keys = ["format", "licence", "signature", "evidence", "status", "trust"];
  const whole = await named("shape", () => requireKeys(found, keys));
  const trust = await trustedBy(whole.trust, anchor, findings);
  const content = await objectOf(whole.licence);
  const number = await named("shape", () => requireText(content.certificate_identifier));
  Object.assign(findings.facts, { title: content.type_name, number, holder: content.holder_name });
  const signed = await checkSigned("licence", content, number, whole.signature, whole.evidence, trust, now);
  noteIssuer(signed, findings);
  findings.facts.signed = isObject(content.extend_info) ? content.extend_info : {};
  checkIdentity(content, signed);
  findings.stand(signed.standing);
  const status = await checkHistory(whole.status, number, signed, trust, now, findings);
  findings.facts.status = status;
  if (TABLES.statuses[status]) findings.doubt(TABLES.statuses[status]);
  await checkDates(content, now, findings);
  if (findings.statusList) await checkList(signed, trust, now, findings);
}

// Look the licence up at the place that its evidence names: what came after its file was downloaded.
async function checkList(signed, trust, now, findings) {
  const list = await readStatusList(findings.statusList, trust, now);
  findings.facts.listedAt = list.at;
  const place = signed.entry.fields.status_place;
  if (typeof place !== "number") throw new Doubt("no_place");
  const reason = reasonAt(place, signed.slug, list);
  if (reason) findings.doubt(reason);
}

async function checkNotice(found, anchor, now, findings) {
  const whole = await named("shape", () => requireKeys(found, ["format", "notice", "signature", "evidence", "trust"]));
  const trust = await trustedBy(whole.trust, anchor, findings);
  const content = await objectOf(whole.notice);
  const number = await named("shape", () => requireText(content.number));
  Object.assign(findings.facts, { title: content.title, number, holder: content.addressee });
  const signed = await checkSigned("notice", content, number, whole.signature, whole.evidence, trust, now);
  noteIssuer(signed, findings);
  if (content.office_code !== signed.office.creditCode || content.date !== dayOf(signed.at)) throw new Doubt("issuer");
  findings.stand(signed.standing);
}

async function checkEvidence(found, anchor, now, findings) {
  const whole = await named("shape", () => requireKeys(found, ["format", "evidence", "trust"]));
  const trust = await trustedBy(whole.trust, anchor, findings);
  const proven = await named("shape", () => requireKeys(whole.evidence, ["opening"], ["promise", "proof"]));
  const entry = await openEntry(proven.opening);
  noteEntry(entry, findings);
  findings.facts.issuer = issuingNode(trust);
  findings.stand(await checkStanding(proven, entry, trust, now));
}

// A proof that comes without keys: those of the trust statement at hand, and no others.
async function checkTlogProof(proven, anchor, now, findings) {
  const entry = await openEntry(proven.opening);
  noteEntry(entry, findings);
  if (!anchor?.statement) {
    findings.doubt("no_statement");
    return;
  }
  findings.facts.issuer = issuingNode(anchor.statement);
  findings.stand(await checkStanding({ proof: proven.proof }, entry, anchor.statement, now));
}

function readTlogProof(bytes) {
  if (bytes.length > TABLES.largestFile) throw new Unreadable("too large");
  const text = textOf(bytes);
  const gap = text.indexOf("\n\n");
  const [, extra, index, ...lines] = text.slice(0, gap).split("\n");
  const place = /^index (0|[1-9][0-9]{0,18})$/.exec(index ?? "");
  if (gap < 0 || !place || !extra.startsWith("extra ")) throw new Unreadable("not whole");
  try {
    const note = text.slice(gap + 2);
    const opening = readJson(fromBase64(extra.slice(6)));
    const hashes = lines.map((line) => toHex(fromBase64(line)));
    const leaf = opening.leaf ?? null;
    const proof = { version: 1, log: note.split("\n")[0], index: BigInt(place[1]), leaf, hashes, checkpoint: note };
    return { opening, proof: Object.assign(Object.create(null), proof) };
  } catch (trouble) {
    throw trouble instanceof Broken ? new Unreadable("not whole") : trouble;
  }
}

const CHECKS = new Map([
  ["tongban-licence/1", checkLicence],
  ["tongban-notice/1", checkNotice],
  ["tongban-evidence/1", checkEvidence],
]);

async function objectOf(found) {
  if (!isObject(found)) throw new Doubt("shape");
  return found;
}

// Read the file's trust statement and hold it against the anchor; take the newer of the two.
async function trustedBy(found, anchor, findings) {
  const trust = await readTrust(found);
  findings.facts.rootFingerprint = trust.root.fingerprint;
  if (!trust.root.holdsAt(trust.issuedAt)) throw new Doubt("key_period");
  if (!anchor) return trust;
  if (anchor.fingerprint !== trust.root.fingerprint) throw new Doubt("wrong_root");
  const newer = anchor.statement;
  if (!newer || newer.issuedAt <= trust.issuedAt) return trust;
  if (newer.node !== trust.node) throw new Doubt("other_node");
  return newer;
}

function noteIssuer(signed, findings) {
  Object.assign(findings.facts, { issuer: signed.office.name, issuedAt: signed.saidAt, kid: signed.kid });
}

function noteEntry(entry, findings) {
  const said = entry.fields.decision;
  const decision = typeof said === "string" ? said : null;
  const known = TABLES.entries.find(([kind, word]) => kind === entry.kind && word === decision);
  const [, , zh, en, named] = known ?? [0, 0, `存证条目 ${entry.kind}`, `the evidence entry ${entry.kind}`, ""];
  const number = entry.fields[named];
  Object.assign(findings.facts, {
    title: { zh, en },
    number: typeof number === "string" ? number : entry.hashHex,
    opened: entry.fields,
  });
}

function issuingNode(trust) {
  return { zh: `节点 ${trust.node} `, en: `node ${trust.node}` };
}

function checkIdentity(content, signed) {
  const parts = readIdentifier(content.certificate_identifier);
  if (parts.type !== content.type_code || parts.version !== content.version) throw new Doubt("identifier");
  const code = signed.office.creditCode;
  if (parts.issuer !== code || content.issuing_authority_code !== code) throw new Doubt("issuer");
  if (content.issue_date !== dayOf(signed.at)) throw new Doubt("content");
}

// Take an identifier apart and check its character, ISO/IEC 7064 MOD 37,36.
function readIdentifier(text) {
  const shape = /^1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18}|[0-9]{6})\.([0-9A-Z]{1,20})\.([0-9]{3})\.([0-9A-Z])$/;
  const [, type, issuer, serial, version, check] = shape.exec(text) ?? [];
  if (!type) throw new Doubt("identifier");
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  let product = 36;
  for (const character of type + issuer + serial + version) {
    product = (((product + alphabet.indexOf(character)) % 36 || 36) * 2) % 37;
  }
  if (alphabet[(37 - product) % 36] !== check) throw new Doubt("identifier");
  return { type, issuer, version };
}

// Follow the signed changes of status from 01 on.
async function checkHistory(found, number, licence, trust, now, findings) {
  let [status, at] = ["01", licence.at];
  if (!Array.isArray(found)) throw new Doubt("shape");
  for (const [place, each] of found.entries()) {
    const { change, content } = await named("shape", () => {
      const change = requireKeys(each, ["change", "signature", "evidence"]);
      return { change, content: requireKeys(change.change, CHANGE) };
    });
    const signed = await checkSigned("status", content, number, change.signature, change.evidence, trust, now);
    const follows =
      content.identifier === number &&
      content.number === place + 1 &&
      content.previous_status === status &&
      typeof content.status === "string" &&
      Object.hasOwn(TABLES.statuses, content.status) &&
      content.at === signed.saidAt &&
      signed.at >= at &&
      signed.slug === licence.slug;
    if (!follows) throw new Doubt("history");
    findings.stand(signed.standing);
    [status, at] = [content.status, signed.at];
  }
  return status;
}

async function checkDates(content, now, findings) {
  const { start, end } = await named("shape", () => ({
    start: requireDay(content.validate_start),
    end: content.validate_end === null ? null : requireDay(content.validate_end),
  }));
  Object.assign(findings.facts, { validateStart: start, validateEnd: end });
  const today = dayOf(now);
  if (today < start) findings.doubt("not_yet");
  if (end !== null && today > end) findings.doubt("expired");
}
