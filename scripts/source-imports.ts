/** What one source file imports: static, re-exported, side-effect and dynamic imports with a literal name. */
export interface SourceImport {
  specifier: string;
  /** 1-based line in the file. */
  line: number;
  /** Erased before the code runs (`import type`). */
  typeOnly: boolean;
}

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*${},\s]+?\sfrom\s+)?(['"])([^'"\n]+)\2/gm;
const DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1/g;

/**
 * Lists the imports of a TypeScript source. Reads text rather than a syntax tree: TypeScript 7 has no
 * JavaScript parser to call, and an import statement always begins its line here (prettier sees to it).
 */
export function sourceImports(source: string): SourceImport[] {
  const statements = [...source.matchAll(STATEMENT)].map((match) => ({
    specifier: match[3] ?? '',
    line: lineOf(source, match.index),
    typeOnly: match[1] !== undefined,
  }));
  const dynamic = [...source.matchAll(DYNAMIC)].map((match) => ({
    specifier: match[2] ?? '',
    line: lineOf(source, match.index),
    typeOnly: false,
  }));
  return [...statements, ...dynamic];
}

function lineOf(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}
