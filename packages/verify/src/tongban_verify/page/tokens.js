// An office's tokens, status lists and presentations: tokens.py, status_list.py and sd_jwt.py in this language.

const JOSE = { Ed25519: "EdDSA", ES256: "ES256", sm2sig_sm3: "sm2sig_sm3" };
// What the office says in every presentation; no disclosure may bring a second one of these.
const ALWAYS = ["iss", "iat", "exp", "vct", "status", "evidence", "audience", "purpose", "_sd", "_sd_alg"];
const [EARLIEST_S, LATEST_S] = [-62_135_596_800, 253_402_300_799]; // the years 1 to 9999

function asciiOf(bytes) {
  if (bytes.some((byte) => byte > 127)) throw new Unreadable("no token");
  return textOf(bytes).replace(/^[\t-\r\x1c-\x20]+|[\t-\r\x1c-\x20]+$/g, "");
}

function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Unreadable("not base64url");
  try {
    return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
  } catch {
    throw new Unreadable("not the one form of base64url");
  }
}

function toBase64url(bytes) {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function tokenParts(text, type) {
  const parts = text.split(".");
  if (text.length > TABLES.largestToken || parts.length !== 3) throw new Unreadable("no token");
  const header = await named("shape", () => requireKeys(readJson(fromBase64url(parts[0])), ["alg", "kid", "typ"]));
  if (header.typ !== type) throw new Unreadable("a token of another type");
  return { header, claims: readJson(fromBase64url(parts[1])), signature: fromBase64url(parts[2]) };
}

// Check that an office of this trust statement signed the token, with a key that was good then.
async function checkToken(text, type, trust) {
  const { header, claims, signature } = await tokenParts(text, type);
  const { iss, iat, exp } = claims;
  if (typeof iss !== "string" || typeof iat !== "number" || typeof exp !== "number") throw new Doubt("shape");
  const slug = iss.split("/offices/").at(-1);
  const office = trust.offices.get(slug);
  const key = office?.keys.get(header.kid);
  if (!key || header.alg !== JOSE[key.alg]) throw new Doubt("unknown_key");
  const signed = UTF8.encode(text.slice(0, text.lastIndexOf(".")));
  await named("signature", () => key.check(signed, signature));
  if ([iat, exp].some((each) => each < EARLIEST_S || each > LATEST_S)) throw new Doubt("shape");
  // No leaf tells when a token was signed: a key that was revoked vouches for none, whatever it says.
  if (key.revokedSince !== null) throw new Doubt("key_revoked");
  const [at, until] = [BigInt(iat) * 1_000_000n, BigInt(exp) * 1_000_000n];
  if (!key.holdsInSecond(at)) throw new Doubt("key_period");
  return { claims, slug, office, at, until };
}

// Read a list and check its signature and its time.
async function readStatusList(bytes, trust, now) {
  let token;
  try {
    token = await checkToken(asciiOf(bytes), "statuslist+jwt", trust);
  } catch (trouble) {
    throw trouble instanceof Unreadable ? new Doubt("list_unreadable") : trouble;
  }
  const found = await named("shape", async () => {
    const { bits, lst } = requireKeys(token.claims.status_list, ["bits", "lst"]);
    if (![1, 2, 4, 8].includes(bits)) throw new Broken("no list");
    const uri = requireText(token.claims.sub);
    requireText(lst);
    if (!uri.endsWith(`/status-lists/${token.slug}`)) throw new Broken("the list of another office");
    return { uri, slug: token.slug, bits, places: await unpacked(lst), at: token.at };
  });
  if (!(token.at <= now && now <= token.until)) throw new Doubt("list_over");
  return found;
}

async function unpacked(written) {
  let packed;
  try {
    packed = fromBase64url(written);
  } catch {
    throw new Broken("not base64url");
  }
  const parts = [];
  let length = 0;
  try {
    for await (const part of new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))) {
      parts.push(part);
      if ((length += part.length) > TABLES.largestList) throw new Broken("too large");
    }
  } catch {
    throw new Broken("too large, cut off, or with something behind it");
  }
  return joined(...parts);
}

// Give the reason why a status of an office is not valid, empty where it is.
function reasonAt(index, slug, list) {
  const perByte = 8 / list.bits;
  if (slug !== list.slug || index < 0 || index >= list.places.length * perByte) throw new Doubt("list_other");
  const byte = list.places[Math.floor(index / perByte)];
  const status = (byte >> ((index % perByte) * list.bits)) & ((1 << list.bits) - 1);
  return TABLES.listed[status] ?? "other_status";
}

async function checkStatus(claim, slug, list) {
  const place = await named("shape", () => {
    const place = requireKeys(requireKeys(claim, ["status_list"]).status_list, ["idx", "uri"]);
    if (typeof place.idx !== "number") throw new Broken("no place");
    return place;
  });
  if (place.uri !== list.uri) throw new Doubt("list_other");
  return reasonAt(place.idx, slug, list);
}

// Check signature, disclosures, time and, where a list is at hand, status.
async function checkPresentation(bytes, trust, now, list) {
  const [signed, ...disclosures] = asciiOf(bytes).split("~");
  if (disclosures.pop() !== "" || disclosures.length > TABLES.mostDisclosures) throw new Unreadable("no presentation");
  const token = await checkToken(signed, "dc+sd-jwt", trust);
  const names = Object.keys(token.claims);
  const isWhole = names.length === ALWAYS.length && ALWAYS.every((name) => names.includes(name));
  if (!isWhole || token.claims._sd_alg !== "sha-256") throw new Doubt("shape");
  const disclosed = await disclosedOf(disclosures, token.claims._sd);
  if (!(token.at <= now && now <= token.until)) throw new Doubt("presentation_over");
  const reason = list ? await checkStatus(token.claims.status, token.slug, list) : null;
  return { token, disclosed, reason };
}

// Give name and value of each disclosure; each is one that the office has signed, and stands once.
async function disclosedOf(disclosures, digests) {
  if (!Array.isArray(digests) || !digests.every((each) => typeof each === "string")) throw new Doubt("shape");
  const [known, found] = [new Set(digests), Object.create(null)];
  if (known.size !== digests.length) throw new Doubt("disclosure");
  for (const each of disclosures) {
    if (!known.delete(toBase64url(await sha256(UTF8.encode(each))))) throw new Doubt("disclosure");
    // A disclosure is an array; as the value of a name it is read by the same strict reader as all else.
    const parts = readJson(joined('{"disclosure":', fromBase64url(each), "}")).disclosure;
    const isOne = Array.isArray(parts) && parts.length === 3 && typeof parts[0] === "string" && typeof parts[1] === "string";
    if (!isOne || parts[1] in found || ALWAYS.includes(parts[1])) throw new Doubt("disclosure");
    found[parts[1]] = parts[2];
  }
  return found;
}

// The verdict on a presentation, whose keys are those of the trust statement at hand: presentations.py.
async function verifyPresentation(bytes, anchor, now, statusList) {
  if (!anchor?.statement) return new Report([anchor ? "no_statement" : "no_anchor"]);
  const codes = [];
  let list = null;
  let shownParts;
  try {
    if (statusList) list = await readStatusList(statusList, anchor.statement, now);
  } catch (trouble) {
    if (!(trouble instanceof Doubt)) throw trouble;
    codes.push(trouble.code);
  }
  try {
    shownParts = await checkPresentation(bytes, anchor.statement, now, list);
  } catch (trouble) {
    if (trouble instanceof Unreadable) return new Report(["unreadable"]);
    if (!(trouble instanceof Doubt)) throw trouble;
    return new Report([...codes, trouble.code]);
  }
  const { token, disclosed, reason } = shownParts;
  if (reason === null && !codes.length) codes.push("no_status_list");
  else if (reason) codes.push(reason);
  return new Report(codes, {
    title: isObject(disclosed.type_name) ? disclosed.type_name : TABLES.unnamed,
    number: disclosed.certificate_identifier,
    holder: disclosed.holder_name,
    issuer: token.office.name,
    issuedAt: `${written(token.at, 0, 19)}Z`,
    until: `${written(token.until, 0, 19)}Z`,
    audience: token.claims.audience,
    purpose: token.claims.purpose,
    disclosed,
    proved: TABLES.proved,
    listedAt: list && list.at,
  });
}
