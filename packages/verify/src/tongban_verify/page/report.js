// What the verifier says, in one plain sentence of Chinese or English: as report.py says it.

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

class Report {
  constructor(codes, facts = {}) {
    this.codes = codes;
    this.facts = facts;
  }

  get verdict() {
    if (this.codes.some((code) => TABLES.unreadable.includes(code))) return "unreadable";
    if (this.codes.some((code) => !TABLES.undecided.includes(code))) return "invalid";
    return this.codes.length ? "cannot_tell" : "valid";
  }

  sentence(language) {
    const about = this.about(language);
    const issuer = this.named("issuer", language);
    const why = this.codes.map((code) => TABLES.reasons[code][language]).join(language === "zh" ? "；" : "; ");
    const said =
      language === "zh"
        ? {
            valid: `有效：${about}由${issuer}签发，${this.named("proved", language) || "签名、存证和日志"}均核验无误。`,
            invalid: `无效：${about}未通过核验——${why}。`,
            cannot_tell: `尚不能确认：${about}目前核验无误，但${why}。`,
            unreadable: `无法读取：${why}。`,
          }
        : {
            valid: `Valid: ${about}, issued by ${issuer}; ${this.named("proved", language) || "signature, evidence and log all"} verify.`,
            invalid: `Invalid: ${about} does not verify, because ${why}.`,
            cannot_tell: `Cannot tell: ${about} shows no fault, but ${why}.`,
            unreadable: `Unreadable: ${why}.`,
          };
    return said[this.verdict] + this.fingerprint(language);
  }

  about(language) {
    const title = this.named("title", language) || (language === "zh" ? "该文件" : "this file");
    const [number, holder] = [shown(this.facts.number), shown(this.facts.holder)];
    if (language === "zh") return title + (holder ? `（${number}，${holder}）` : number ? `（${number}）` : "");
    return title + (holder ? ` ${number} of ${holder}` : number ? ` ${number}` : "");
  }

  named(fact, language) {
    const found = this.facts[fact];
    return isObject(found) ? shown(found[language]) : "";
  }

  fingerprint(language) {
    if (this.verdict === "unreadable" || !this.facts.rootFingerprint) return "";
    if (!this.codes.includes("no_anchor") && !this.codes.includes("wrong_root")) return "";
    const said = this.facts.rootFingerprint;
    return language === "zh" ? `（根密钥指纹：${said}）` : ` (Root key fingerprint: ${said})`;
  }
}

function shown(said) {
  if (typeof said !== "string") return "";
  return Array.from(said.replace(UNSEEN, "\ufffd")).slice(0, TABLES.longest).join("");
}
