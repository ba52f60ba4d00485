/**
 * Preloaded into every child process: ends it when the runner is gone, even by kill -9. The runner holds the
 * other end of the child's standard input and never writes to it. A thread of its own watches, so that code that
 * never yields is ended as well.
 */
import { flushCompileCache } from 'node:module';
import { Worker, isMainThread } from 'node:worker_threads';

const loadedAfterMs = 2000;

const watch = `
  const { Socket } = require('node:net');
  const end = () => process.kill(process.pid, 'SIGKILL');
  const input = new Socket({ fd: 0, readable: true, writable: false });
  input.on('end', end).on('error', end).resume();
`;

if (isMainThread) {
  new Worker(watch, { eval: true, execArgv: [], env: {}, stdin: false }).unref();
  // Compiled code is kept for the next start; by itself Node keeps it only at an orderly exit.
  setTimeout(flushCompileCache, loadedAfterMs).unref();
}
