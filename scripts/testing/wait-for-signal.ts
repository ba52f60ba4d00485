/** Says that it runs, waits, and says which signal ended it: what `run.test.ts` runs. */
const waiting = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  process.stdout.write('ended by SIGTERM\n');
  clearInterval(waiting);
});
process.stdout.write(
  `runs on Node ${process.versions.node.split('.')[0]} with ${process.argv.slice(2).join(' ')}\n`,
);
