// The trust statement, and whom the verifying person trusts beforehand: trust.py in this language.

async function readKey(found) {
  const fields = requireKeys(found, ["kid", "alg", "public_key", "valid_from", "valid_to"], ["revoked"]);
  const der = fromBase64(fields.public_key);
  const check = await verifierOf(fields.alg, der);
  const whole = toHex(await sha256(der));
  if (whole.slice(0, 16) !== fields.kid) throw new Broken("the key id is not that of the key");
  const [from, to] = [moment(fields.valid_from), moment(fields.valid_to)];
  return {
    kid: fields.kid,
    alg: fields.alg,
    check,
    fingerprint: `sha256:${whole}`,
    holdsAt: (at) => from <= at && at <= to,
    holdsInSecond: (at) => from <= at + 999_999n && at <= to, // for moments of whole seconds
    revokedSince: "revoked" in fields ? revokedSince(fields.revoked) : null,
  };
}

// Since when a key is revoked: a whole hour, because the log's leaves tell no less.
function revokedSince(found) {
  const told = requireKeys(found, ["since", "reason"]);
  requireText(told.reason);
  const since = moment(told.since);
  if (since % 3_600_000_000n !== 0n) throw new Broken("within an hour");
  return since;
}

async function readTrust(found) {
  const trust = await named("shape", () => trustOf(found));
  await named("trust_signature", async () => {
    const { kid, alg, value } = found.signature;
    if (kid !== trust.root.kid || alg !== trust.root.alg) throw new Broken("signed by another key than its root");
    const message = joined("tongban trust v1\n", canonical(found.content));
    await trust.root.check(message, fromHex(value, 64));
  });
  return trust;
}

async function trustOf(found) {
  const whole = requireKeys(found, ["format", "content", "signature"]);
  const content = requireKeys(whole.content, ["node", "issued_at", "root", "logs", "offices"], ["witnesses", "logs_sm2"]);
  const [vkeys, quorum] = witnessesOf(content.witnesses);
  requireKeys(whole.signature, ["kid", "alg", "value"]);
  if (whole.format !== "tongban-trust/1") throw new Broken("another format");
  const root = await readKey(content.root);
  if (root.revokedSince !== null) throw new Broken("a root key cannot revoke itself");
  return {
    node: requireText(content.node),
    issuedAt: moment(content.issued_at),
    root,
    logs: requireList(content.logs).map(requireText),
    logsSm2: requireList("logs_sm2" in content ? content.logs_sm2 : []).map(requireText),
    offices: await officesOf(content.offices),
    witnesses: vkeys,
    quorum,
  };
}

function witnessesOf(found) {
  if (found === undefined || found === null) return [[], 0];
  const told = requireKeys(found, ["quorum", "vkeys"]);
  const vkeys = requireList(told.vkeys).map(requireText);
  const fits = typeof told.quorum === "number" && told.quorum >= 0 && told.quorum <= vkeys.length;
  if (!fits) throw new Broken("a quorum that cannot be met");
  return [vkeys, told.quorum];
}

async function officesOf(found) {
  const offices = new Map();
  for (const each of requireList(found)) {
    const office = requireKeys(each, ["office", "credit_code", "name", "keys"]);
    const keys = new Map();
    for (const listed of requireList(office.keys)) {
      const key = await readKey(listed);
      keys.set(key.kid, key);
    }
    const slug = requireText(office.office);
    if (offices.has(slug)) throw new Broken("an office stands twice");
    const name = requireKeys(office.name, ["zh", "en"]);
    offices.set(slug, {
      creditCode: requireText(office.credit_code),
      name: { zh: requireText(name.zh), en: requireText(name.en) },
      keys,
    });
  }
  return offices;
}

// An anchor is {fingerprint, statement}: the root key, and perhaps a trust statement at hand.
function anchorFromFingerprint(text) {
  const digits = text.trim().toLowerCase().replace(/^sha256:/, "");
  fromHex(digits, 32);
  return { fingerprint: `sha256:${digits}`, statement: null };
}

async function anchorFromBytes(bytes) {
  const text = textOf(bytes);
  const pem = /^\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(text);
  if (pem) {
    const der = fromBase64(pem[1].replace(/\s/g, ""));
    await algorithmOf(der);
    return { fingerprint: `sha256:${toHex(await sha256(der))}`, statement: null };
  }
  const statement = await readTrust(readJson(bytes));
  return { fingerprint: statement.root.fingerprint, statement };
}
