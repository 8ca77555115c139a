// The algorithms that a key may be of, and SM2 with SM3 in plain integers: algorithms.py and sm2.py in this language.

const CURVE = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  g: [
    0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
    0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
  ],
};
const SM2_IDENTIFIER = UTF8.encode("1234567812345678");
const HEADS = { // what stands before a public key in its SubjectPublicKeyInfo, and how long the key is
  sm2sig_sm3: ["3059301306072a8648ce3d020106082a811ccf5501822d03420004", 64],
  Ed25519: ["302a300506032b6570032100", 32],
  ES256: ["3059301306072a8648ce3d020106082a8648ce3d03010703420004", 64],
};

// Read a public key of an algorithm: gives what checks a signature and raises Broken when it does not fit.
async function verifierOf(alg, der) {
  if (typeof alg !== "string" || !Object.hasOwn(HEADS, alg)) throw new Broken("a key of an unknown algorithm");
  const [head, length] = HEADS[alg];
  const key = der.slice(head.length / 2);
  if (toHex(der.slice(0, head.length / 2)) !== head || key.length !== length) throw new Broken("not a key of that kind");
  if (alg === "Ed25519") return (message, signature) => checkEd25519(key, message, signature);
  if (alg === "ES256") return verifierOfP256(der);
  const point = [numberOf(key.slice(0, 32)), numberOf(key.slice(32))];
  if (!isOnCurve(point)) throw new Broken("not a point of the curve of SM2");
  return async (message, signature) => {
    if (!fitsSm2(point, message, signature)) throw new Broken("the signature does not fit");
  };
}

async function algorithmOf(der) {
  for (const alg of Object.keys(HEADS)) {
    try {
      await verifierOf(alg, der);
      return alg;
    } catch (trouble) {
      if (!(trouble instanceof Broken)) throw trouble;
    }
  }
  throw new Broken("neither an SM2, an Ed25519 nor a P-256 key");
}

async function verifierOfP256(der) {
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  let key;
  try {
    key = await crypto.subtle.importKey("spki", der, kind, false, ["verify"]);
  } catch {
    throw new Broken("not a P-256 key");
  }
  return async (message, signature) => {
    const fits = signature.length === 64 && (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message));
    if (!fits) throw new Broken("the signature does not fit");
  };
}

const numberOf = (bytes) => BigInt(`0x${toHex(bytes)}`);
const bytesOf = (number) => fromHex(number.toString(16).padStart(64, "0"));

function mod(number, by) {
  const rest = number % by;
  return rest < 0n ? rest + by : rest;
}

function isOnCurve([x, y]) {
  const { p, b } = CURVE;
  return x < p && y < p && mod(y * y - (x * x * x - 3n * x + b), p) === 0n;
}

function fitsSm2(point, message, signature) {
  if (signature.length !== 64) return false;
  const { p, n, b, g } = CURVE;
  const [r, s] = [numberOf(signature.slice(0, 32)), numberOf(signature.slice(32))];
  const t = (r + s) % n;
  if (!(r > 0n && r < n && s > 0n && s < n && t)) return false;
  const x = sumOf(s, t, point);
  if (x === null) return false;
  // Z: who signs, on which curve, by which key (GB/T 32918.2, 5.5); a is -3.
  const numbers = [p - 3n, b, ...g, ...point].map(bytesOf);
  const about = sm3(joined(new Uint8Array([0, 128]), SM2_IDENTIFIER, ...numbers));
  return (numberOf(sm3(joined(about, message))) + x) % n === r;
}

// Give the x of s·G + t·point, both walked through at once; null at infinity.
function sumOf(s, t, point) {
  const [base, key] = [[...CURVE.g, 1n], [...point, 1n]];
  const steps = [null, base, key, add(base, key)];
  let found = [1n, 1n, 0n]; // Jacobian: Z is 0 at infinity
  const bits = Math.max(s.toString(2).length, t.toString(2).length);
  for (let bit = BigInt(bits - 1); bit >= 0n; bit -= 1n) {
    found = double(found);
    const step = steps[Number((s >> bit) & 1n) + 2 * Number((t >> bit) & 1n)];
    if (step) found = add(found, step);
  }
  if (!found[2]) return null;
  const inverse = power(found[2], CURVE.p - 2n);
  return mod(found[0] * inverse * inverse, CURVE.p);
}

function power(base, exponent) {
  let found = 1n;
  for (const bit of exponent.toString(2)) {
    found = (found * found) % CURVE.p;
    if (bit === "1") found = (found * base) % CURVE.p;
  }
  return found;
}

function double([x, y, z]) {
  const { p } = CURVE;
  if (!z || !y) return [1n, 1n, 0n];
  const squared = (y * y) % p;
  const four = (4n * x * squared) % p;
  const slope = mod(3n * (x - z * z) * (x + z * z), p);
  const x3 = mod(slope * slope - 2n * four, p);
  return [x3, mod(slope * (four - x3) - 8n * squared * squared, p), (2n * y * z) % p];
}

function add(one, other) {
  if (!one[2]) return other;
  if (!other[2]) return one;
  const { p } = CURVE;
  const [[x1, y1, z1], [x2, y2, z2]] = [one, other];
  const [zz1, zz2] = [(z1 * z1) % p, (z2 * z2) % p];
  const [u1, u2] = [(x1 * zz2) % p, (x2 * zz1) % p];
  const [s1, s2] = [(y1 * zz2 * z2) % p, (y2 * zz1 * z1) % p];
  if (u1 === u2) return s1 === s2 ? double(one) : [1n, 1n, 0n];
  const [h, r] = [u2 - u1, s2 - s1];
  const hh = (h * h) % p;
  const [hhh, v] = [(h * hh) % p, (u1 * hh) % p];
  const x3 = mod(r * r - hhh - 2n * v, p);
  return [x3, mod(r * (v - x3) - s1 * hhh, p), mod(h * z1 * z2, p)];
}

// SM3 (GB/T 32905-2016).
function sm3(message) {
  let state = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  for (let at = 0; at < padded.length; at += 64) state = sm3Block(state, view, at);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, place) => digest.setUint32(4 * place, word));
  return new Uint8Array(digest.buffer);
}

const turned = (word, by) => (word << by % 32) | (word >>> (32 - (by % 32)) % 32);

function sm3Block(state, view, at) {
  const words = Array.from({ length: 16 }, (_, place) => view.getUint32(at + 4 * place));
  for (let j = 16; j < 68; j += 1) {
    const mixed = words[j - 16] ^ words[j - 9] ^ turned(words[j - 3], 15);
    words.push(mixed ^ turned(mixed, 15) ^ turned(mixed, 23) ^ turned(words[j - 13], 7) ^ words[j - 6]);
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j += 1) {
    const early = j < 16;
    const ss1 = turned((turned(a, 12) + e + turned(early ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ turned(a, 12)) + (words[j] ^ words[j + 4])) | 0;
    const tt2 = (gg + h + ss1 + words[j]) | 0;
    [a, b, c, d] = [tt1, a, turned(b, 9), c];
    [e, f, g, h] = [tt2 ^ turned(tt2, 9) ^ turned(tt2, 17), e, turned(f, 19), g];
  }
  return [a, b, c, d, e, f, g, h].map((word, place) => (word ^ state[place]) >>> 0);
}
