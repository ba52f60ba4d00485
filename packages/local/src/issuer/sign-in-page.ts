import { html } from 'hono/html';

/** What a user may be called: also checked on the server. Browsers compile it with the flag `v`, hence `\\-`. */
export const userNamePattern = '[a-z0-9][a-z0-9._\\-]{0,31}';
/** Group names, separated by commas. */
export const groupsPattern =
  '[A-Za-z0-9][A-Za-z0-9._\\-]{0,62}(\\s*,\\s*[A-Za-z0-9][A-Za-z0-9._\\-]{0,62}){0,9}';

const suggestedUsers = ['alice', 'bob', 'carol'];

/** The page that asks who to sign in as. `hidden` comes back with the answer. */
export function signInPage(hidden: Record<string, string>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Sign in as…</title>
        <link rel="stylesheet" href="/local/page.css" />
      </head>
      <body>
        <main class="card">
          <h1>Sign in as…</h1>
          <p class="hint">
            Local running has no passwords: choose who you are. Each name is a user of its own.
          </p>
          <form method="post">
            ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
            <label>Name <input name="user" pattern="${userNamePattern}" autocomplete="off" /></label>
            <label>
              Groups, separated by commas (optional)
              <input name="groups" pattern="${groupsPattern}" autocomplete="off" />
            </label>
            <button class="primary">Sign in</button>
            <!-- After it: Enter in a field presses the first button of the form. -->
            <fieldset class="people">
              <legend class="hint">Or be one of these</legend>
              ${suggestedUsers.map((user) => html`<button name="suggested" value="${user}">${user}</button> `)}
            </fieldset>
          </form>
        </main>
      </body>
    </html>`;
}

/** A plain page for something that went wrong. */
export function problemPage(message: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Cannot sign in</title>
        <link rel="stylesheet" href="/local/page.css" />
      </head>
      <body>
        <main class="card">
          <h1>Cannot sign in</h1>
          <p>${message}</p>
          <p><a href="/">Back to the start</a></p>
        </main>
      </body>
    </html>`;
}
