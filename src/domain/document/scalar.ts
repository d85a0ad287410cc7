import type { ScalarValue } from './node.ts';

/**
 * The value of a text without quotes, as YAML 1.2 reads it: `no` and `1_000` are texts, `012` is 12.
 * @see https://yaml.org/spec/1.2.2/, section 10.3.2
 */
export function plainValue(source: string): ScalarValue {
  if (/^(?:null|Null|NULL|~|)$/.test(source)) return null;
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  return numberIn(source) ?? source;
}

function numberIn(source: string): number | undefined {
  if (/^[-+]?\d+$/.test(source)) return Number(source);
  if (/^0o[0-7]+$/.test(source) || /^0x[\da-fA-F]+$/.test(source)) return Number(source);
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(source)) return Number(source);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(source)) {
    return source.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return /^\.(?:nan|NaN|NAN)$/.test(source) ? Number.NaN : undefined;
}
