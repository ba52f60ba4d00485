import { withoutReordering } from '@parley/contract/marks';

/** Without the control characters by which a text could command the terminal, and the marks that reorder it. */
export function printable(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex
  return withoutReordering(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** Likewise, and in one line: a text of several could look like a line of ours. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\s*[\n\r\u0085\u2028\u2029]\s*/g, ' '));
}
