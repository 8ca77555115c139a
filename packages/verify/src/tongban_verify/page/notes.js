// Log keys, checkpoints, cosignatures and audit paths: notes.py and merkle.py in this language.

const ED25519 = 1;
const COSIGNATURE = 4;
const LARGEST_LOG = 2n ** 62n;

async function readNoteKey(text, kind) {
  const [, origin, hint, encoded] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(requireText(text)) ?? [];
  if (!origin) throw new Broken("not a vkey");
  const blob = fromBase64(encoded);
  const own = (await sha256(joined(origin, "\n", blob))).slice(0, 4);
  if (blob[0] !== kind || blob.length !== 33 || toHex(own) !== hint) throw new Broken("not a key of that kind");
  return { origin, key: blob.slice(1), kind, hint };
}

// A cosignature has a time in eight bytes before it, and the time is signed with the text.
async function checkNoteKey(key, message, signature) {
  if (key.kind !== COSIGNATURE) return checkEd25519(key.key, message, signature);
  const time = signature.slice(0, 8).reduce((whole, byte) => whole * 256n + BigInt(byte), 0n);
  return checkEd25519(key.key, joined(`cosignature/v1\ntime ${time}\n`, message), signature.slice(8));
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
