import { lexer, type Token } from 'marked';

/** Lists and quotations in each other; nobody writes more, and each level costs the parser and the browser stack. */
const nestingMax = 32;
/** What 32 levels of lists make, with emphasis inside. */
const tokenDepthMax = 100;
/** What costs the parser the square of its length: runs of delimiters, and words that might be addresses of mail. */
const costly = /\*{301}|_{301}|~{301}|[\w.+-]{10001}/;

/** A model's markdown as blocks; undefined when it is built such that drawing it could take the page down. */
export function blocksIn(text: string): Token[] | undefined {
  if (costly.test(text) || nestingOf(text) > nestingMax) return undefined;
  try {
    const blocks = lexer(text, { gfm: true });
    return isDeeper(blocks, tokenDepthMax) ? undefined : blocks;
  } catch {
    // The parser recurses: what else nests without end ends its stack.
    return undefined;
  }
}

/** How many lists and quotations are open at most, by the columns of their markers, in one pass. */
function nestingOf(text: string): number {
  const open: number[] = [];
  let most = 0;
  for (const [line] of text.matchAll(/[^\n]+/g)) {
    if (/^\s*([-*])(?:\s*\1)*\s*$/.test(line)) continue; // a rule, or one empty item
    for (const { index } of line.matchAll(/\s*(?:>|(?:[-*+]|\d{1,9}[.)])(?=\s))/gy)) {
      const column = line.slice(index).search(/\S/) + index;
      while (open.length > 0 && open.at(-1)! >= column) open.pop();
      most = Math.max(most, open.push(column));
      if (most > nestingMax) return most;
    }
  }
  return most;
}

function isDeeper(blocks: readonly Token[], max: number): boolean {
  let level: readonly Token[] = blocks;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > max) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(token: Token): readonly Token[] {
  if (token.type === 'list') return token['items'] as Token[];
  return 'tokens' in token ? (token.tokens ?? []) : [];
}
