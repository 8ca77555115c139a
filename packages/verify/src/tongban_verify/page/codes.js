// The QR code of a licence: codes.py and cbor.py in this language. Whole numbers are BigInt here.

const CODE = /^(https?:\/\/[!"$-~]{1,200})#([1-9][0-9]{1,2399})\n?$/;
const COSE = { Ed25519: -8n, ES256: -7n, sm2sig_sm3: -65537n };
const [FIRST_SECOND, LAST_SECOND] = [-62135596800n, 253402300799n]; // years that every calendar here has

function codeOf(bytes) {
  try {
    return bytes.length > 4096 ? null : CODE.exec(textOf(bytes));
  } catch {
    return null;
  }
}

// Verify a code against the node's trust statement; without the office's status list it is never certain.
async function verifyCode(bytes, anchor, now, statusList) {
  const facts = {};
  try {
    const code = readCode(bytes);
    Object.assign(facts, { title: { zh: code.title, en: code.title }, number: code.identifier, holder: code.holder });
    if (!anchor) return new Report(["no_anchor"], facts);
    if (!anchor.statement) return new Report(["no_statement"], facts);
    const [slug, office] = await officeThatSigned(code, anchor.statement);
    Object.assign(facts, { issuer: office.name, proved: TABLES.proved });
    const isOver = code.expires !== null && now >= code.expires;
    const time = now < code.notBefore || now < code.issuedAt ? ["not_yet"] : isOver ? ["expired"] : [];
    return new Report([...time, ...(await standingOf(code, slug, anchor.statement, now, statusList, facts))], facts);
  } catch (trouble) {
    if (trouble instanceof Unreadable) return new Report(["unreadable"]);
    if (!(trouble instanceof Doubt)) throw trouble;
    return new Report([trouble.code], facts);
  }
}

async function standingOf(code, slug, trust, now, statusList, facts) {
  if (!statusList) return ["no_status_list"];
  try {
    const list = await readStatusList(statusList, trust, now);
    const reason = reasonAt(Number(code.place), slug, list);
    facts.listedAt = list.at;
    return reason ? [reason] : [];
  } catch (trouble) {
    if (!(trouble instanceof Doubt)) throw trouble;
    return [trouble.code];
  }
}

function readCode(bytes) {
  const [, address, digits] = codeOf(bytes);
  const hex = BigInt(digits).toString(16);
  const message = fromHex(hex.length % 2 ? `0${hex}` : hex);
  if (message[0] !== 0xd2) throw new Unreadable("no COSE_Sign1");
  const parts = decoded(message.slice(1));
  const isWhole = Array.isArray(parts) && parts.length === 4 && parts[1] instanceof Map && parts[1].size === 0;
  if (!isWhole || ![0, 2, 3].every((at) => parts[at] instanceof Uint8Array)) throw new Unreadable("no COSE_Sign1");
  const [protectedBytes, , payload, signature] = parts;
  const [header, claims] = [decoded(protectedBytes), decoded(payload)];
  const signed = joined(
    new Uint8Array([0x84, 0x6a]), "Signature1", byteString(protectedBytes), byteString(UTF8.encode(address)), byteString(payload),
  );
  return { ...claimsOf(header, claims), signed, signature };
}

// Take the claims apart; anything missing or of another kind is a doubt about its shape.
function claimsOf(header, claims) {
  const wanted = [2n, 5n, 6n, -65537n];
  const isNamed = header instanceof Map && header.size === 2 && claims instanceof Map;
  if (!isNamed || claims.size !== wanted.length + (claims.has(4n) ? 1 : 0) || !wanted.every((name) => claims.has(name))) {
    throw new Doubt("shape");
  }
  const [alg, kid, told, short] = [header.get(1n), header.get(4n), claims.get(-65537n), claims.get(2n)];
  const [title, holder, digest, place] = Array.isArray(told) && told.length === 4 ? told : [];
  const texts = [title, holder, short].every((each) => typeof each === "string");
  const isRight = texts && typeof alg === "bigint" && typeof place === "bigint" && kid instanceof Uint8Array;
  if (!isRight || !(digest instanceof Uint8Array) || digest.length !== 32) throw new Doubt("shape");
  const identifier = `1.2.156.3005.2.${short}`;
  return {
    alg,
    kid: toHex(kid),
    title,
    holder,
    place,
    identifier,
    office: issuerIn(identifier),
    issuedAt: secondOf(claims.get(6n)),
    notBefore: secondOf(claims.get(5n)),
    expires: claims.has(4n) ? secondOf(claims.get(4n)) : null,
  };
}

function issuerIn(identifier) {
  try {
    return readIdentifier(identifier).issuer;
  } catch {
    throw new Doubt("shape");
  }
}

function secondOf(seconds) {
  if (typeof seconds !== "bigint" || seconds < FIRST_SECOND || seconds > LAST_SECOND) throw new Doubt("shape");
  return seconds * 1_000_000n;
}

async function officeThatSigned(code, trust) {
  const holders = [...trust.offices].filter(([, office]) => office.keys.has(code.kid));
  const key = holders.length === 1 ? holders[0][1].keys.get(code.kid) : null;
  if (!key || COSE[key.alg] !== code.alg) throw new Doubt("unknown_key");
  if (code.signature.length !== 64) throw new Doubt("signature");
  await named("signature", () => key.check(code.signed, code.signature));
  // No leaf tells when a code was signed: a key that was revoked vouches for none, whatever it says.
  if (key.revokedSince !== null) throw new Doubt("key_revoked");
  if (!key.holdsInSecond(code.issuedAt)) throw new Doubt("key_period");
  if (code.office !== holders[0][1].creditCode) throw new Doubt("issuer");
  return holders[0];
}

// Read one value of deterministic CBOR that fills the bytes; names of a map are kept by value.
function decoded(bytes) {
  const [value, end] = valueAt(bytes, 0, 4);
  if (end !== bytes.length) throw new Unreadable("something follows the value");
  return value;
}

function valueAt(bytes, start, depth) {
  if (depth === 0) throw new Unreadable("nested too deeply");
  const [major, number, at] = headAt(bytes, start);
  if (major === 0) return [number, at];
  if (major === 1) return [-1n - number, at];
  if (major > 5) throw new Unreadable("a kind of value that is not used here");
  if (number > BigInt(bytes.length - at)) throw new Unreadable("cut off"); // each part takes a byte at least
  const count = Number(number);
  if (major === 2) return [bytes.slice(at, at + count), at + count];
  if (major === 3) return [textOf(bytes.slice(at, at + count)), at + count];
  return major === 4 ? listAt(bytes, at, count, depth) : mapAt(bytes, at, count, depth);
}

function listAt(bytes, start, count, depth) {
  const items = [];
  let at = start;
  for (let each = 0; each < count; each += 1) {
    const [item, after] = valueAt(bytes, at, depth - 1);
    items.push(item);
    at = after;
  }
  return [items, at];
}

function mapAt(bytes, start, count, depth) {
  const found = new Map();
  let [at, before] = [start, ""];
  for (let each = 0; each < count; each += 1) {
    const [name, after] = valueAt(bytes, at, 1);
    const written = toHex(bytes.slice(at, after));
    if (Array.isArray(name) || name instanceof Map || written <= before) throw new Unreadable("names twice or out of order");
    const [value, next] = valueAt(bytes, after, depth - 1);
    found.set(name instanceof Uint8Array ? written : name, value);
    [at, before] = [next, written];
  }
  return [found, at];
}

// Give the kind of a value, its number, and where it goes on; a number has its shortest form.
function headAt(bytes, start) {
  if (start >= bytes.length) throw new Unreadable("cut off");
  const [major, info] = [bytes[start] >> 5, bytes[start] & 31];
  if (info < 24) return [major, BigInt(info), start + 1];
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[info];
  const written = size ? bytes.slice(start + 1, start + 1 + size) : [];
  if (!size || written.length < size) throw new Unreadable("a number that is cut off");
  const number = BigInt(`0x${toHex(written)}`);
  const least = size === 1 ? 24n : 1n << BigInt(4 * size);
  if (number < least) throw new Unreadable("a number that is not in its shortest form");
  return [major, number, start + 1 + size];
}

function byteString(bytes) {
  const size = bytes.length;
  const head = size < 24 ? [0x40 | size] : size < 256 ? [0x58, size] : [0x59, size >> 8, size & 255];
  return joined(new Uint8Array(head), bytes);
}
