// What was said that is not in the text: an entry a stretch, each with a button that plays it.
import { labelsInText, type PhoneNotation, phoneLabel } from "../phones.ts";
import { type AddedSpeech, addedSpeech, type Report } from "../report.ts";
import { stretchEntry } from "./stretch.ts";

/** "“of the” once more, after “of”", "something else, before the first word". */
export function addedText(report: Report, added: AddedSpeech): string {
  const words = (report.words ?? []).map(({ word }) => word);
  const after = added.after_word === undefined ? added.before_word - 1 : added.after_word;
  const word = words[after ?? -1];
  const place = word === undefined ? "before the first word" : `after “${word}”`;
  if (added.repeats_begin === null || added.repeats_end === null) return `something else, ${place}`;
  return `“${words.slice(added.repeats_begin, added.repeats_end).join(" ")}” once more, ${place}`;
}

/** What was heard; a repetition is named by its words, and needs none. */
export function addedSounds(added: AddedSpeech, notation: PhoneNotation): string {
  if (added.repeats_begin !== null || added.phones.length === 0) return "";
  return labelsInText(
    added.phones.map((phone) => phoneLabel(phone, notation)),
    notation,
  );
}

export function addedList(
  report: Report,
  notation: PhoneNotation,
  on_play: (added: AddedSpeech) => void,
): HTMLElement[] {
  return addedSpeech(report).map((added) =>
    stretchEntry(addedText(report, added), addedSounds(added, notation), () => on_play(added)),
  );
}
