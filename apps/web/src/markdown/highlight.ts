import highlighter from 'highlight.js/lib/common';

/** The code as HTML with coloured spans, everything in it escaped; undefined for an unknown language. */
export function highlight(text: string, language: string): string | undefined {
  if (!highlighter.getLanguage(language)) return undefined;
  return highlighter.highlight(text, { language, ignoreIllegals: true }).value;
}
