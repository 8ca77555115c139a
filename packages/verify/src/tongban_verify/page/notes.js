// Log keys, checkpoints, cosignatures and audit paths: notes.py and merkle.py in this language.

const ED25519 = 1;
const COSIGNATURE = 4;
const SM2_NAME = "tongban checkpoint sm2 1";
const NOTE_KEYS = { // what stands before a public key in a vkey, and how long the key is
  [ED25519]: [new Uint8Array([1]), 32],
  [COSIGNATURE]: [new Uint8Array([4]), 32],
  sm2: [joined(new Uint8Array([255]), SM2_NAME), 65],
};
const LARGEST_LOG = 2n ** 62n;

async function readNoteKey(text, kind) {
  const [, origin, hint, encoded] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(requireText(text)) ?? [];
  if (!origin) throw new Broken("not a vkey");
  const blob = fromBase64(encoded);
  const own = (await sha256(joined(origin, "\n", blob))).slice(0, 4);
  const [head, length] = NOTE_KEYS[kind];
  const isOfKind = blob.length === head.length + length && toHex(blob).startsWith(toHex(head));
  if (!isOfKind || toHex(own) !== hint) throw new Broken("not a key of that kind");
  return { origin, key: blob.slice(head.length), kind, hint, sm2: null };
}

// Read the SM2 key that signs a log's checkpoints beside its other key, which must have none yet.
async function readSm2Key(text, keys) {
  const found = await readNoteKey(text, "sm2");
  const check = await verifierOf("sm2sig_sm3", joined(fromHex(HEADS.sm2sig_sm3[0]).slice(0, -1), found.key));
  const beside = keys.get(found.origin);
  if (!beside || beside.sm2) throw new Broken("the SM2 key of another log, or a second one");
  return { ...beside, sm2: { ...found, check } };
}

// A cosignature has a time in eight bytes before it, and the time is signed with the text.
async function checkNoteKey(key, message, signature) {
  if (key.kind === "sm2") return checkSm2Line(key, message, signature);
  if (key.kind !== COSIGNATURE) return checkEd25519(key.key, message, signature);
  const time = signature.slice(0, 8).reduce((whole, byte) => whole * 256n + BigInt(byte), 0n);
  return checkEd25519(key.key, joined(`cosignature/v1\ntime ${time}\n`, message), signature.slice(8));
}

// The SM3 digest of the text stands before the signature, and is signed with the text.
async function checkSm2Line(key, message, signature) {
  const digest = sm3(message);
  if (toHex(signature.slice(0, 32)) !== toHex(digest)) throw new Broken("another SM3 digest");
  const signed = joined(`${SM2_NAME}\nsm3 ${toBase64(digest)}\n`, message);
  return key.check(signed, signature.slice(32));
}

// Give the code of the reason why a checkpoint is not signed by its log's SM2 key; empty where it is.
async function sm2Fault(note, log) {
  if (!log.sm2) return "";
  try {
    return (await signedBy(log.sm2, splitNote(note))) ? "" : "checkpoint_without_sm2";
  } catch (trouble) {
    if (!(trouble instanceof Broken)) throw trouble;
    return "checkpoint_sm2";
  }
}

function splitNote(note) {
  const gap = note.lastIndexOf("\n\n");
  const tail = note.slice(gap + 2);
  if (gap < 0 || !tail.endsWith("\n")) throw new Broken("not a signed note");
  const lines = tail.slice(0, -1).split("\n").map((line) => line.split(" "));
  if (lines.some((line) => line.length !== 3 || line[0] !== "—")) throw new Broken("a malformed signature line");
  return { signed: note.slice(0, gap + 1), lines };
}

async function signedBy(key, { signed, lines }) {
  const blobs = lines.filter((line) => line[1] === key.origin).map((line) => fromBase64(line[2]));
  const own = blobs.filter((blob) => toHex(blob.slice(0, 4)) === key.hint);
  for (const blob of own) await checkNoteKey(key, UTF8.encode(signed), blob.slice(4));
  return own.length > 0;
}

async function cosigners(note, vkeys) {
  const names = new Set();
  const split = splitNote(note);
  for (const vkey of vkeys) {
    const key = await readNoteKey(vkey, COSIGNATURE);
    if (await signedBy(key, split)) names.add(key.origin);
  }
  return [...names].sort();
}

// Read a checkpoint that this log signed; witnesses sign there too.
async function openCheckpoint(note, log) {
  const split = splitNote(note);
  if (!(await signedBy(log, split))) throw new Broken("the log did not sign this checkpoint");
  const [origin, size, root] = split.signed.slice(0, -1).split("\n");
  if (root === undefined || origin !== log.origin || !/^(?:0|[1-9][0-9]*)$/.test(size)) {
    throw new Broken("a checkpoint of another log, or without a size");
  }
  const found = { size: BigInt(size), root: fromBase64(root) };
  if (found.root.length !== 32 || found.size > LARGEST_LOG) throw new Broken("a root is 32 bytes");
  return found;
}

function leafHash(leaf) {
  return sha256(joined(new Uint8Array([0]), leaf));
}

// Give the root that a leaf hash and its audit path lead to, from the definition in RFC 6962, section 2.1.
async function rootFromPath(leaf, index, size, path) {
  if (index < 0n || index >= size) throw new Broken("the leaf lies outside the tree");
  if (size === 1n) {
    if (path.length) throw new Broken("the path is too long");
    return leaf;
  }
  if (!path.length) throw new Broken("the path is too short");
  let left = 1n; // the largest power of two below the size
  while (left * 2n < size) left *= 2n;
  const [rest, sibling] = [path.slice(0, -1), path.at(-1)];
  const node = (one, other) => sha256(joined(new Uint8Array([1]), one, other));
  if (index < left) return node(await rootFromPath(leaf, index, left, rest), sibling);
  return node(sibling, await rootFromPath(leaf, index - left, size - left, rest));
}
