// ARPAbet to IPA, for phones that a report names without their IPA (what was heard instead). The pack's own table is
// packs/en-us/articulation.json; a test compares the two.

export type PhoneNotation = "ipa" | "arpabet";

export const IPA: Readonly<Record<string, string>> = {
  AA: "ɑ",
  AE: "æ",
  AH: "ʌ",
  AO: "ɔ",
  AW: "aʊ",
  AY: "aɪ",
  B: "b",
  CH: "tʃ",
  D: "d",
  DH: "ð",
  EH: "ɛ",
  ER: "ɝ",
  EY: "eɪ",
  F: "f",
  G: "ɡ",
  HH: "h",
  IH: "ɪ",
  IY: "i",
  JH: "dʒ",
  K: "k",
  L: "l",
  M: "m",
  N: "n",
  NG: "ŋ",
  OW: "oʊ",
  OY: "ɔɪ",
  P: "p",
  R: "ɹ",
  S: "s",
  SH: "ʃ",
  T: "t",
  TH: "θ",
  UH: "ʊ",
  UW: "u",
  V: "v",
  W: "w",
  Y: "j",
  Z: "z",
  ZH: "ʒ",
};

/** A phone as the user wants it written; `ipa` is the report's own where it has one. */
export function phoneLabel(phone: string, notation: PhoneNotation, ipa?: string): string {
  if (notation === "arpabet") return phone;
  return ipa || IPA[phone] || phone;
}

/** Labels of phones as they are written in running text: IPA between slashes, "/θɪŋk/", ARPAbet with spaces. */
export function labelsInText(labels: readonly string[], notation: PhoneNotation): string {
  return notation === "ipa" ? `/${labels.join("")}/` : labels.join(" ");
}

export function phoneInText(phone: string, notation: PhoneNotation): string {
  return labelsInText([phoneLabel(phone, notation)], notation);
}
