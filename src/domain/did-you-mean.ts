import { distance as editDistance } from 'fastest-levenshtein';

/**
 * The candidate that `text` was most likely meant to be, or undefined when none is close. Close is an edit distance
 * (insertions, deletions, substitutions) of at most 2 or a third of the candidate's length, or starting with `text`. In a
 * word of up to 3 letters, 2 edits leave too little, unless they only swap letters.
 */
export function mostSimilar(text: string, candidates: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(Math.min(2, candidate.length - 1), Math.floor(candidate.length / 3)) &&
        (distance < 2 || candidate.length > 3 || letters(candidate.toLowerCase()) === letters(wanted)),
    )
    .sort((a, b) => a.distance - b.distance);
  return (
    ranked[0]?.candidate ?? candidates.find((candidate) => wanted !== '' && candidate.toLowerCase().startsWith(wanted))
  );
}

function letters(word: string): string {
  return [...word].sort().join('');
}
