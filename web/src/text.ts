// The text as it was written, cut into the tokens that the report's words came from.
import type { Report } from "./report.ts";

/** `before` is what stands in front of the token (spaces, quotes); the words are indices into report.words. */
export interface Token {
  before: string;
  written: string;
  words: number[];
}

/** A written token may be several spoken words ("1995"); they share their character range. */
export function tokensOf(report: Report): { tokens: Token[]; rest: string } {
  const bytes = new TextEncoder().encode(report.text);
  const decoder = new TextDecoder();
  const slice = (from: number, to: number) => decoder.decode(bytes.subarray(from, to));
  const tokens: Token[] = [];
  let at = 0;
  let begin = -1;
  (report.words ?? []).forEach((word, index) => {
    const last = tokens[tokens.length - 1];
    if (last && word.char_begin === begin) {
      last.words.push(index);
      return;
    }
    begin = word.char_begin;
    tokens.push({
      before: slice(at, Math.max(at, word.char_begin)),
      written: slice(word.char_begin, word.char_end),
      words: [index],
    });
    at = word.char_end;
  });
  return { tokens, rest: slice(at, bytes.length) };
}
