// Evidence entries, and documents that an office signed: evidence.py and signed.py in this language.

async function openEntry(found) {
  const { leaf, values, commitments } = await named("shape", () => openedOf(found));
  const sorted = commitments.map(toHex).sort().map((each) => fromHex(each));
  const commitment = toHex(await sha256(joined("tongban ledger entry 1\0", ...sorted)));
  if (commitment !== leaf.commitment) throw new Doubt("opening");
  const hash = await leafHash(canonical(leaf));
  return { kind: leaf.kind, hour: leaf.hour, leaf, hash, hashHex: toHex(hash), fields: values };
}

async function openedOf(found) {
  const opening = requireKeys(found, ["version", "leaf", "fields", "hidden"]);
  const leaf = requireKeys(opening.leaf, ["version", "kind", "hour", "commitment"], ["office"]);
  requireVersion1(opening.version, leaf.version);
  if (!isObject(opening.fields)) throw new Broken("not an object");
  const values = Object.create(null);
  const commitments = [];
  for (const [name, each] of Object.entries(opening.fields)) {
    const field = requireKeys(each, ["salt", "value"]);
    if (!/^[a-z_]+$/.test(name)) throw new Broken("a malformed field name");
    const salted = joined("tongban ledger field 1\0", fromHex(field.salt, 16), name, "\0", canonical(field.value));
    commitments.push(await sha256(salted));
    values[name] = field.value;
  }
  const hidden = requireList(opening.hidden).map((each) => fromHex(each, 32));
  if (hidden.some((each, at) => at > 0 && toHex(hidden[at - 1]) > toHex(each))) throw new Broken("not in order");
  requireText(leaf.kind);
  requireText(leaf.hour);
  if ("office" in leaf) requireText(leaf.office);
  return { leaf, values, commitments: [...commitments, ...hidden] };
}

// Say how an entry stands in the log: published, promised, or overdue.
async function checkStanding(found, entry, trust, now) {
  const keys = await logKeys(trust);
  const promised = "promise" in found ? await checkPromise(found.promise, entry, keys, now) : null;
  const published = "proof" in found ? await checkProof(found.proof, entry, keys, trust) : null;
  if (published && promised && published.log !== promised.log) throw new Doubt("promise");
  const standing = published ?? promised;
  if (!standing) throw new Doubt("no_evidence");
  return standing;
}

async function logKeys(trust) {
  const keys = new Map();
  await named("shape", async () => {
    for (const vkey of trust.logs) {
      const key = await readNoteKey(vkey, ED25519);
      keys.set(key.origin, key);
    }
    for (const vkey of trust.logsSm2) {
      const key = await readSm2Key(vkey, keys);
      keys.set(key.origin, key);
    }
  });
  if (![...keys.keys()].every((origin) => origin.startsWith(`tongban/${trust.node}/`))) {
    throw new Doubt("other_node");
  }
  return keys;
}

function keyOf(keys, log) {
  const key = keys.get(log);
  if (!key) throw new Broken("no log of that node");
  return key;
}

async function checkPromise(found, entry, keys, now) {
  return named("promise", async () => {
    const promise = requireKeys(found, ["statement", "signature"]);
    const said = requireKeys(promise.statement, ["version", "log", "leaves", "issued", "deadline"]);
    requireVersion1(said.version);
    if (!requireList(said.leaves).includes(entry.hashHex)) throw new Broken("for other entries");
    const message = joined("tongban ledger promise 1\n", canonical(said));
    await checkNoteKey(keyOf(keys, said.log), message, fromHex(promise.signature, 64));
    const deadline = moment(said.deadline);
    return { state: now <= deadline ? "promised" : "overdue", log: said.log, witnesses: [], isWitnessed: true };
  });
}

async function checkProof(found, entry, keys, trust) {
  const { proof, head, witnesses, fault } = await named("checkpoint", async () => {
    const proof = requireKeys(found, ["version", "log", "index", "leaf", "hashes", "checkpoint"]);
    const [log, note] = [keyOf(keys, proof.log), requireText(proof.checkpoint)];
    const [head, witnesses] = [await openCheckpoint(note, log), await cosigners(note, trust.witnesses)];
    return { proof, head, witnesses, fault: await sm2Fault(note, log) };
  });
  if (fault) throw new Doubt(fault);
  await named("proof", async () => {
    const path = requireList(proof.hashes).map((each) => fromHex(each, 32));
    requireVersion1(proof.version);
    if (!["number", "bigint"].includes(typeof proof.index)) throw new Broken("no index");
    if (canonicalText(proof.leaf) !== canonicalText(entry.leaf)) throw new Broken("for another leaf");
    const root = await rootFromPath(entry.hash, BigInt(proof.index), head.size, path);
    if (toHex(root) !== toHex(head.root)) throw new Broken("the path leads to another root");
  });
  return { state: "published", log: proof.log, size: head.size, witnesses, isWitnessed: witnesses.length >= trust.quorum };
}

const STATEMENT = ["v", "kind", "issuer", "subject", "digest", "evidence", "at"];

// Check that the office said exactly this content, at that time, with its evidence in the log.
async function checkSigned(kind, content, number, signature, evidence, trust, now) {
  const { said, proven, at, office } = await named("shape", () => {
    const signed = requireKeys(signature, ["statement", "kid", "alg", "value"]);
    const said = requireKeys(signed.statement, STATEMENT);
    const proven = requireKeys(evidence, ["opening"], ["promise", "proof"]);
    requireVersion1(said.v);
    if (said.kind !== kind || !Object.hasOwn(HEADS, requireText(signed.alg))) throw new Broken("of another kind");
    if (typeof said.issuer === "object" && said.issuer !== null) throw new Broken("no name of an office");
    return { said, proven, at: moment(said.at), office: trust.offices.get(said.issuer) };
  });
  const key = office?.keys.get(signature.kid);
  if (!key) throw new Doubt("unknown_key");
  await named("signature", () => {
    const message = joined("tongban office statement v1\n", canonical(said));
    if (signature.alg !== key.alg) throw new Broken("its key is of another algorithm");
    return key.check(message, fromHex(signature.value, 64));
  });
  // The hour of `at` is that of the leaf (below): who stole the key cannot say that it was before.
  if (key.revokedSince !== null && at >= key.revokedSince) throw new Doubt("key_revoked");
  if (!key.holdsAt(at)) throw new Doubt("key_period");
  const digest = toHex(await sha256(canonical(content)));
  if (said.subject !== number || said.digest !== digest) throw new Doubt("content");
  const entry = await openEntry(proven.opening);
  const [entryKind, numberField, digestField] = TABLES.ties[kind];
  const isTied =
    entry.kind === entryKind &&
    entry.hashHex === said.evidence &&
    entry.fields[numberField] === said.subject &&
    entry.fields[digestField] === said.digest &&
    entry.hour === hourOf(at);
  if (!isTied) throw new Doubt("evidence");
  const standing = await checkStanding(proven, entry, trust, now);
  return { office, slug: said.issuer, at, saidAt: said.at, kid: key.kid, standing, entry };
}
