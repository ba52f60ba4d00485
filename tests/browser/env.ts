import { existsSync } from 'node:fs';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium to test with: `CHROMIUM_PATH`, or where Debian and others put it; undefined when there is none. */
export const chromiumPath = process.env['CHROMIUM_PATH'] ?? usual.find((path) => existsSync(path));

/** Where everything must be tested, a missing browser is a failure, not a reason to skip. */
export const mustTest = process.env['CI'] === 'true';
