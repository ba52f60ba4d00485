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
  expect(shown).toContain('<h2>Top</h2>');
  expect(shown).toContain('<td class="align-right">2</td>');
  expect(shown).toContain('aria-label="done"');
  expect(shown).toContain('<ol start="1"><li>inner</li></ol>');
  expect(shown).toContain('AT&amp;T &lt;3');
});

test('highlighting escapes the code, and leaves unknown languages alone', () => {
  expect(highlight('const a = "<img onerror=x>";', 'js')).not.toContain('<img');
  expect(highlight('x', 'no-such-language')).toBeUndefined();
});
