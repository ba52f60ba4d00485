/** Where `pnpm start` listens: what the development and preview servers stand before. Nothing built knows it. */
export const systemUrl = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:4747';
