import { escaped } from '../escapes.ts';

/**
 * auth0-deploy-cli replaces `##NAME##` and `@@NAME@@` in the text of a file, before it is YAML: without quotes, `#` would begin a
 * comment. Private characters of the same length stand for the marks, so that every place stays what it is.
 */
const marks = [
  ['##', '\ue000\ue001'],
  ['@@', '\ue002\ue003'],
] as const;

/** A text of a file in which references are texts for YAML. */
export function withMarks(text: string): string {
  return text
    .replaceAll(/##([A-Za-z_]\w*)##/g, '\ue000\ue001$1\ue000\ue001')
    .replaceAll(/@@([A-Za-z_]\w*)@@/g, '\ue002\ue003$1\ue002\ue003');
}

/** As the user wrote it. */
export function withoutMarks(text: string): string {
  return marks.reduce((result, [mark, stand]) => result.replaceAll(stand, mark), text);
}

const reference = /(?:\ue000\ue001|\ue002\ue003)([A-Za-z_]\w*)(?:\ue000\ue001|\ue002\ue003)/g;

/** A text as a configuration has it: `##NAME##` is `${NAME}`, and everything else is as it is. */
export function configText(text: string): string {
  return escaped(text).replaceAll(reference, '$${$1}');
}

/** The name where a text is one reference and nothing else. */
export function referenceIn(text: string): string | undefined {
  return new RegExp(`^${reference.source}$`).exec(text)?.[1];
}
