import { parseSync } from 'vite';

/** What one source file imports: static, re-exported, side-effect and dynamic imports with a literal name. */
export interface SourceImport {
  specifier: string;
  /** 1-based line in the file. */
  line: number;
  /** Erased before the code runs: `import type`, or every name marked `type`. */
  typeOnly: boolean;
}

/** Lists the imports of a TypeScript source. A file that cannot be parsed has none: the type check reports it. */
export function sourceImports(path: string, source: string): SourceImport[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(path, source).module;
  const line = (offset: number) => source.slice(0, offset).split('\n').length;
  return [
    ...staticImports.map(({ start, moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      line: line(start),
      typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...staticExports.flatMap(({ start, entries }) => {
      const [first] = entries;
      if (!first?.moduleRequest) return [];
      const typeOnly = entries.every(({ isType }) => isType);
      return [{ specifier: first.moduleRequest.value, line: line(start), typeOnly }];
    }),
    ...dynamicImports.flatMap(({ start, moduleRequest }) => {
      const literal = /^(['"`])([^$]*)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
      return literal ? [{ specifier: literal[2] ?? '', line: line(start), typeOnly: false }] : [];
    }),
  ];
}
