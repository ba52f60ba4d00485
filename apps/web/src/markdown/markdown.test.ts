import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { highlight } from './highlight.ts';
import { Markdown } from './markdown.tsx';

const html = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }));

test.each([
  ['a script', '<script>alert(1)</script>'],
  ['an element with a handler', 'x <img src=x onerror=alert(1)> y'],
  ['a frame', '<iframe src="https://attacker.example"></iframe>'],
])('%s in an answer is shown as the text it is', (_name, text) => {
  expect(html(text)).not.toMatch(/<(script|img|iframe)/);
  expect(html(text)).toContain('&lt;');
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  ' JaVaScRiPt:alert(1)',
])('a link to %s is not a link', (href) => {
  expect(html(`[click](<${href}>)`)).not.toContain('<a ');
});

test('a picture is never fetched, only named', () => {
  const shown = html('![a chart](https://tracker.example/p.png?said=secret)');
  expect(shown).not.toContain('<img');
  expect(shown).toContain('Image not loaded: a chart (tracker.example)');
});

test('links open elsewhere and tell nothing of this page', () => {
  expect(html('[there](https://example.org)')).toContain('rel="noopener noreferrer nofollow"');
});

test('tables, tasks, nested lists, entities and headings come out as what they mean', () => {
  const shown = html(
    '### Top\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n- [x] done\n- two\n  1. inner\n\nAT&amp;T &lt;3',
  );
  expect(shown).toContain('<h2 dir="auto">Top</h2>');
  expect(shown).toContain('<td class="align-right">2</td>');
  expect(shown).toContain('aria-label="done"');
  expect(shown).toContain('<ol start="1"><li>inner</li></ol>');
  expect(shown).toContain('AT&amp;T &lt;3');
});

test('highlighting escapes the code, and leaves unknown languages alone', () => {
  expect(highlight('const a = "<img onerror=x>";', 'js')).not.toContain('<img');
  expect(highlight('x', 'no-such-language')).toBeUndefined();
});

test.each([
  ['quotations', '>'.repeat(3000) + 'x'],
  ['lists', '- '.repeat(2000) + 'x'],
  ['lists of two kinds', '- 1. '.repeat(1000) + 'x'],
  ['lists over many lines', Array.from({ length: 200 }, (_, i) => `${'  '.repeat(i)}- x`).join('\n')],
  ['emphasis', `${'*'.repeat(20_000)}x${'*'.repeat(20_000)}`],
  ['emphasis in small steps', '*a **b '.repeat(200) + '** *'.repeat(200)],
  ['addresses of mail', 'a.'.repeat(50_000)],
])('%s in each other without end are shown, not followed', (_name, text) => {
  expect(html(text)).toContain(text.includes('x') ? 'x' : 'a');
});

test('as many lists in each other as somebody writes are lists', () => {
  const text = Array.from({ length: 12 }, (_, i) => `${'  '.repeat(i)}- level ${i}`).join('\n');
  expect(html(text).match(/<ul/g)).toHaveLength(12);
  expect(html(`- one\n- two\n\n${'- '.repeat(100)}\n`)).toContain('<hr/>');
});

test('a hundred thousand blocks are drawn', () => {
  expect(html('***\n'.repeat(130_000)).match(/<hr/g)).toHaveLength(130_000);
});

test('an ordered list begins with its own number, also with zero', () => {
  expect(html('0. none\n1. one')).toContain('<ol start="0"');
});

test('each block runs as its first word does', () => {
  expect(html('שלום\n\nhello').match(/<p dir="auto">/g)).toHaveLength(2);
});
