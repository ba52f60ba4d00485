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
        <main>
          <h1>Sign in as…</h1>
          <p>Local running has no passwords: choose who you are. Each name is a user of its own.</p>
          <form method="post">
            ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
            <p>
              ${suggestedUsers.map((user) => html`<button name="suggested" value="${user}">${user}</button> `)}
            </p>
            <p>
              <label
                >Another name <input name="user" pattern="${userNamePattern}" autocomplete="off"
              /></label>
            </p>
            <p>
              <label>
                Groups, separated by commas (optional)
                <input name="groups" pattern="${groupsPattern}" autocomplete="off" />
              </label>
            </p>
            <p><button>Sign in</button></p>
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
        <title>Cannot sign in</title>
        <link rel="stylesheet" href="/local/page.css" />
      </head>
      <body>
        <main>
          <h1>Cannot sign in</h1>
          <p>${message}</p>
        </main>
      </body>
    </html>`;
}
