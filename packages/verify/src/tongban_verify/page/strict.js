// Strict JSON in, canonical JSON out: what strict.py refuses is refused here.

class Unreadable extends Error {}

// One check failed; `code` is the reason's code.
class Doubt extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Something is not what it should be; whoever asked says what that means.
class Broken extends Error {}

// Run a check and give what is broken in it the name of a reason.
async function named(code, check) {
  try {
    return await check();
  } catch (trouble) {
    if (trouble instanceof Broken) throw new Doubt(code);
    throw trouble;
  }
}

const UTF8 = new TextEncoder();

function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable("not UTF-8");
  }
}

function readJson(bytes) {
  if (bytes.length > TABLES.largestFile) throw new Unreadable("too large");
  const reader = new JsonReader(textOf(bytes));
  const found = reader.whole();
  if (!isObject(found)) throw new Unreadable("not a JSON object");
  return found;
}

// The browser's own reader takes a name that stands twice, fractions, and any depth.
class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const found = this.value(1);
    this.space();
    if (this.at !== this.text.length) throw new Unreadable("more than one value");
    return found;
  }

  space() {
    while (this.at < this.text.length && " \t\n\r".includes(this.text[this.at])) this.at += 1;
  }

  take(expected) {
    if (!this.text.startsWith(expected, this.at)) throw new Unreadable("not JSON");
    this.at += expected.length;
  }

  next() {
    this.space();
    return this.text[this.at];
  }

  value(depth) {
    const first = this.next();
    if ((first === "{" || first === "[") && depth > TABLES.deepest) throw new Unreadable("nested too deeply");
    if (first === "{") return this.object(depth);
    if (first === "[") return this.list(depth);
    if (first === '"') return this.string();
    for (const [word, value] of [["null", null], ["true", true], ["false", false]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found || found[1] || found[2] || found[0].length > 17) throw new Unreadable("not a whole number");
    const number = Number(found[0]);
    if (!Number.isSafeInteger(number)) throw new Unreadable("too large a number");
    this.at += found[0].length;
    return number;
  }

  string() {
    if (this.text[this.at] !== '"') throw new Unreadable("not a string");
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === "\\" ? 2 : 1;
    let found;
    try {
      found = JSON.parse(this.text.slice(this.at, end + 1));
    } catch {
      throw new Unreadable("not a string");
    }
    if (!found.isWellFormed()) throw new Unreadable("half a character");
    this.at = end + 1;
    return found;
  }

  list(depth) {
    const found = [];
    this.take("[");
    if (this.next() !== "]") {
      found.push(this.value(depth + 1));
      while (this.next() === ",") {
        this.take(",");
        found.push(this.value(depth + 1));
      }
    }
    this.take("]");
    return found;
  }

  object(depth) {
    const found = Object.create(null);
    this.take("{");
    if (this.next() !== "}") {
      this.pair(found, depth);
      while (this.next() === ",") {
        this.take(",");
        this.pair(found, depth);
      }
    }
    this.take("}");
    return found;
  }

  pair(found, depth) {
    this.space();
    const name = this.string();
    if (name in found) throw new Unreadable("a name stands twice in one object");
    this.space();
    this.take(":");
    found[name] = this.value(depth + 1);
  }
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

// RFC 8785 is written in terms of this language: its strings, and its order of names.
function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (isObject(value)) {
    const pairs = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`);
    return `{${pairs.join(",")}}`;
  }
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function canonical(value) {
  return UTF8.encode(canonicalText(value));
}

function requireKeys(value, required, optional = []) {
  if (!isObject(value)) throw new Broken("not an object");
  const names = Object.keys(value);
  if (!required.every((name) => names.includes(name))) throw new Broken("something is missing");
  if (!names.every((name) => required.includes(name) || optional.includes(name))) throw new Broken("unknown names");
  return value;
}

function requireText(value) {
  if (typeof value !== "string") throw new Broken("not a text");
  return value;
}

function requireList(value) {
  if (!Array.isArray(value)) throw new Broken("not a list");
  return value;
}

function requireVersion1(...versions) {
  if (versions.some((version) => version !== 1)) throw new Broken("another version");
}

function fromHex(value, length) {
  if (typeof value !== "string" || !/^(?:[0-9a-f]{2})+$/.test(value)) throw new Broken("not hexadecimal");
  const found = Uint8Array.from(value.match(/../g), (pair) => parseInt(pair, 16));
  if (length !== undefined && found.length !== length) throw new Broken("another length");
  return found;
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromBase64(text) {
  requireText(text);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) throw new Broken("not base64");
  const found = atob(text);
  if (btoa(found) !== text) throw new Broken("base64 with stray bits");
  return Uint8Array.from(found, (character) => character.charCodeAt(0));
}

function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function joined(...parts) {
  const arrays = parts.map((part) => (typeof part === "string" ? UTF8.encode(part) : part));
  const whole = new Uint8Array(arrays.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// Say whether an Ed25519 signature fits; raises Broken when it does not.
async function checkEd25519(key, message, signature) {
  let fits = false;
  if (key.length === 32 && signature.length === 64) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    fits = await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  }
  if (!fits) throw new Broken("the signature does not fit");
}

const MOMENT = new RegExp(
  "^((?:19|2[0-9])[0-9]{2})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\\.([0-9]{1,6}))?" +
    "(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$",
);

// Read a moment with its offset, as microseconds since 1970 in UTC.
function moment(text) {
  const found = MOMENT.exec(requireText(text));
  if (!found || !isDay(+found[1], +found[2], +found[3])) throw new Broken("not a moment");
  const seconds = Date.UTC(+found[1], +found[2] - 1, +found[3], +found[4], +found[5], +found[6]) / 1000;
  const offset = found[8] ? (found[8] === "-" ? -1 : 1) * (+found[9] * 3600 + +found[10] * 60) : 0;
  return BigInt(seconds - offset) * 1_000_000n + BigInt((found[7] ?? "0").padEnd(6, "0"));
}

function isDay(year, month, day) {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function requireDay(text) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(requireText(text));
  if (!found || !isDay(+found[1], +found[2], +found[3])) throw new Broken("not a date");
  return text;
}

// Write a moment as this many characters of ISO 8601, so many hours east of Greenwich.
function written(at, hours, characters) {
  const seconds = (at - (((at % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n;
  return new Date((Number(seconds) + hours * 3600) * 1000).toISOString().slice(0, characters);
}

const hourOf = (at) => `${written(at, 0, 13)}Z`;
const dayOf = (at) => written(at, 8, 10); // the time in which the law counts days, in all of China
